import * as fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import { parseWhatsapp } from './whatsapp.parser';

const FIXTURES = join(__dirname, '__fixtures__');
const load = (name: string): unknown => JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')) as unknown;

const PHONE_ID = '118834455667788';
const WABA = '104992288117733';
const OUR_NUMBER = '97145550188';
const USER = 'AE.48213377650912345678';
const NEW_USER = 'AE.77120098123400055501';
const PHONE = '971501112233';
const wamid = (number: string) => `wamid.HBgMOTcxNTAxMTEyMjMzFQIAEhgUM0FJTlZFTlRFRE1TR0lE${number}AA==`;
const OURS = 'wamid.HBgMOTcxNTAxMTEyMjMzFQIAERgSOUVJTlZFTlRFRE9VVDAwMDEA';

const NEGAR = { externalId: USER, name: 'نگار رستمی', phone: `+${PHONE}`, aliases: [PHONE] };
const THREAD = { threadKey: `dm:${USER}`, threadAliases: [`dm:${PHONE}`], threadKind: 'dm', accountId: PHONE_ID };

const said = (number: string, over: object) => ({
  ...THREAD,
  type: 'message',
  direction: 'in',
  eventKey: `message:${wamid(number)}`,
  externalId: wamid(number),
  occurredAt: '2026-11-20T08:45:00.000Z',
  author: NEGAR,
  contact: NEGAR,
  attachments: [],
  ...over,
});
const receipt = (name: string, status: string, over: object = {}) => ({
  ...THREAD,
  type: 'receipt',
  eventKey: `status:${OURS}:${name}`,
  status,
  externalIds: [OURS],
  ...over,
});

/** Every webhook sample and what a person would expect to see of it; exactly this and nothing more. */
const EXPECTED: Record<string, object[]> = {
  text: [said('0001', { text: 'سلام، سفارش من کِی می‌رسد؟ 🙏' })],
  text_reply_to_our_message: [said('0002', { text: 'بله همین آدرس درست است', replyToExternalId: OURS })],
  text_forwarded_many_times: [
    said('0003', { text: 'پیام بازارسالی 📣', meta: { forwarded: true, frequentlyForwarded: true } }),
  ],
  text_from_ctwa_ad: [
    said('0004', {
      text: 'سلام! اطلاعات بیشتر می‌خواستم',
      meta: {
        referral: {
          url: 'https://fb.me/inventedAd1',
          id: '120210001112220033',
          type: 'ad',
          headline: 'جشنوارهٔ یلدا',
          body: '۳۰٪ تخفیف سبد میوه',
          mediaType: 'image',
          mediaUrl: 'https://scontent.xx.fbcdn.net/v/invented_ad.jpg',
          clickId: 'ARAinventedCtwaClid0001',
          welcome: 'چطور کمک کنیم؟',
        },
      },
    }),
  ],
  image_with_caption: [
    said('0005', {
      text: 'این میوه‌ها له شده‌اند 😔',
      attachments: [
        {
          kind: 'image',
          mimeType: 'image/jpeg',
          meta: {
            mediaId: '1770021133445566',
            sha256: 'abcdef1234567890abcdef1234567890abcdef1234567890abcdef1234567890',
          },
        },
      ],
    }),
  ],
  audio_voice_note: [
    said('0006', {
      text: '',
      attachments: [
        {
          kind: 'audio',
          mimeType: 'audio/ogg; codecs=opus',
          meta: {
            mediaId: '1770021133445567',
            sha256: '1234567890abcdef1234567890abcdef1234567890abcdef1234567890abcdef',
            voice: true,
          },
        },
      ],
    }),
  ],
  document: [
    said('0007', {
      text: 'فاکتور',
      attachments: [
        {
          kind: 'file',
          name: 'فاکتور ۱۲۰۴۵.pdf',
          mimeType: 'application/pdf',
          meta: { mediaId: '1770021133445568', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
        },
      ],
    }),
  ],
  video: [
    said('0008', {
      text: '',
      attachments: [
        {
          kind: 'video',
          mimeType: 'video/mp4',
          meta: { mediaId: '1770021133445569', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
        },
      ],
    }),
  ],
  sticker: [
    said('0009', {
      text: '',
      attachments: [
        {
          kind: 'sticker',
          mimeType: 'image/webp',
          meta: { mediaId: '1770021133445570', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
        },
      ],
    }),
  ],
  location: [
    said('0010', {
      text: 'میدان آزادی\nتهران، میدان آزادی',
      attachments: [
        {
          kind: 'location',
          name: 'میدان آزادی',
          meta: { latitude: 35.6997, longitude: 51.338, address: 'تهران، میدان آزادی' },
        },
      ],
    }),
  ],
  contacts_card: [
    said('0011', {
      text: 'رضا پیک +971 52 999 8877',
      attachments: [
        { kind: 'contact', name: 'رضا پیک', meta: { phones: ['+971 52 999 8877'], waIds: ['971529998877'] } },
      ],
    }),
  ],
  reaction_add: [
    {
      ...THREAD,
      type: 'reaction',
      eventKey: `message:${wamid('0012')}:reaction:1795164300`,
      occurredAt: '2026-11-20T08:45:00.000Z',
      externalId: OURS,
      actorExternalId: USER,
      action: 'add',
      reaction: '👍',
      emoji: '👍',
    },
  ],
  reaction_removed: [
    {
      ...THREAD,
      type: 'reaction',
      eventKey: `message:${wamid('0013')}:reaction:1795164300`,
      occurredAt: '2026-11-20T08:45:00.000Z',
      externalId: OURS,
      actorExternalId: USER,
      action: 'remove',
      reaction: 'other',
    },
  ],
  button_template_quick_reply: [
    said('0014', {
      text: 'تأیید تحویل',
      subtype: 'postback',
      replyToExternalId: OURS,
      meta: { payload: 'CONFIRM_DELIVERY' },
    }),
  ],
  interactive_button_reply: [
    said('0015', {
      text: 'ساعت کاری',
      subtype: 'postback',
      replyToExternalId: OURS,
      meta: { payload: 'faq_hours' },
    }),
  ],
  interactive_list_reply: [
    said('0016', {
      text: 'بازگشت وجه',
      subtype: 'postback',
      replyToExternalId: OURS,
      meta: { payload: 'topic_refund', description: 'مرجوعی و استرداد' },
    }),
  ],
  order: [
    said('0017', {
      text: 'لطفاً بسته‌بندی هدیه\n2 × APPLE-1KG: 185000 IRR',
      subtype: 'order',
      meta: {
        catalogId: '194800000000001',
        items: [{ productId: 'APPLE-1KG', quantity: 2, price: 185000, currency: 'IRR' }],
      },
    }),
  ],
  unsupported_type: [
    said('0018', {
      eventKey: `message:${wamid('0018')}:unsupported`,
      externalId: `${wamid('0018')}:placeholder`,
      text: 'A message WhatsApp could not pass on. Ask the customer to send it again, or another way.',
      subtype: 'placeholder',
      meta: { notice: 'unavailable', code: 131051 },
    }),
  ],
  unsupported_user_edited_message: [
    said('0019', {
      eventKey: `message:${wamid('0019')}:unsupported`,
      externalId: `${wamid('0019')}:placeholder`,
      text: 'The customer edited a message. WhatsApp does not pass the new text on.',
      subtype: 'placeholder',
      meta: { notice: 'edited', kind: 'edit', code: 131051 },
    }),
  ],
  system_user_changed_number: [
    {
      type: 'identity',
      accountId: PHONE_ID,
      eventKey: `message:${wamid('0020')}`,
      threadKey: `dm:${NEW_USER}`,
      threadKind: 'dm',
      threadAliases: [`dm:${PHONE}`, 'dm:971501119999'],
      occurredAt: '2026-11-20T08:45:00.000Z',
      person: { externalId: NEW_USER, phone: '+971501119999', aliases: ['971501119999'] },
      formerExternalId: PHONE,
    },
  ],
  system_user_changed_user_id: [
    {
      type: 'identity',
      accountId: PHONE_ID,
      eventKey: `message:${wamid('0021')}`,
      threadKey: `dm:${NEW_USER}`,
      threadKind: 'dm',
      threadAliases: [`dm:${USER}`],
      occurredAt: '2026-11-20T08:45:00.000Z',
      person: { externalId: NEW_USER },
      formerExternalId: USER,
    },
  ],
  echo_from_business_app: [
    {
      type: 'message',
      direction: 'out',
      accountId: PHONE_ID,
      eventKey: 'message:wamid.HBgMOTcxNTAxMTEyMjMzFQIAERgSSU5WRU5URURFQ0hPMDEA',
      threadKey: `dm:${PHONE}`,
      threadKind: 'dm',
      occurredAt: '2026-11-20T08:50:00.000Z',
      externalId: 'wamid.HBgMOTcxNTAxMTEyMjMzFQIAERgSSU5WRU5URURFQ0hPMDEA',
      author: { externalId: PHONE_ID },
      contact: { externalId: PHONE, phone: `+${PHONE}` },
      text: 'همکار ما از گوشی جواب داد ✅',
      attachments: [],
    },
  ],
  status_sent: [
    receipt('sent', 'sent', {
      occurredAt: '2026-11-20T08:46:40.000Z',
      outboundMessageId: '01JDINVENTEDULID0000000002',
    }),
  ],
  status_delivered: [receipt('delivered', 'delivered', { occurredAt: '2026-11-20T08:46:42.000Z' })],
  status_read: [receipt('read', 'read', { occurredAt: '2026-11-20T08:48:20.000Z' })],
  status_played_voice: [receipt('played', 'read', { occurredAt: '2026-11-20T08:48:40.000Z' })],
  status_failed_window_closed: [
    receipt('failed', 'failed', {
      occurredAt: '2026-11-20T08:46:41.000Z',
      error: { code: 'window_closed', message: expect.stringContaining('131047: Message failed to send') as string },
    }),
  ],
  status_failed_undeliverable: [
    receipt('failed', 'failed', {
      occurredAt: '2026-11-20T08:46:41.000Z',
      error: { code: 'undeliverable', message: expect.stringContaining('131026') as string },
    }),
  ],
  template_status_update: [
    {
      type: 'unsupported',
      accountId: WABA,
      kind: 'message_template_status_update.APPROVED',
      eventKey: expect.stringMatching(/^unsupported:message_template_status_update\.APPROVED:[0-9a-f]{24}$/) as string,
      threadKey: expect.stringMatching(/^unsupported:[0-9a-f]{24}$/) as string,
      threadKind: 'dm',
    },
  ],
};

const webhooks = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.json') && !/^(error|response)_/.test(name))
  .map((name) => name.slice(0, -'.json'.length));

/** A delivery of one change. */
const change = (value: object, field = 'messages') => ({
  object: 'whatsapp_business_account',
  entry: [{ id: WABA, changes: [{ field, value }] }],
});
const metadata = { display_phone_number: OUR_NUMBER, phone_number_id: PHONE_ID };
const parsed = (value: object, field?: string) => parseWhatsapp(change({ metadata, ...value }, field));
const message = (over: object) => ({ from: PHONE, id: 'wamid.X', timestamp: '1795164300', type: 'text', ...over });

describe('samples', () => {
  it('every webhook sample has an expectation', () => expect(Object.keys(EXPECTED).toSorted()).toEqual(webhooks));

  it.each(webhooks)('%s', (name) => {
    expect(parseWhatsapp(load(name))).toEqual(EXPECTED[name]);
    expect(parseWhatsapp(load(name))).toEqual(parseWhatsapp(load(name)));
  });

  it('the bytes on the wire say the same', () => {
    const wire = readFileSync(join(FIXTURES, 'text.wire.txt'), 'utf8');
    expect(parseWhatsapp(JSON.parse(wire))).toEqual(parseWhatsapp(load('text')));
  });

  it('keys are all different, and none depends on when it was delivered', () => {
    const keys = webhooks.flatMap((name) => parseWhatsapp(load(name)).map(({ eventKey }) => eventKey));
    expect(new Set(keys).size).toBe(keys.length - 1); // both failures are of one message: the first tells it
  });
});

describe('who it is', () => {
  const text = { text: { body: 'سلام' } };

  it('a person who hides the number is known by the user id alone', () => {
    const contacts = [{ profile: { name: 'Ava', username: 'ava.k' }, user_id: 'IR.5AbC' }];
    const item = { ...message(text), from: undefined, from_user_id: 'IR.5AbC', from_parent_user_id: 'IR.ENT.9' };
    expect(parsed({ contacts, messages: [item] })).toMatchObject([
      {
        author: { externalId: 'IR.5AbC', name: 'Ava', handle: 'ava.k', aliases: ['IR.ENT.9'] },
        threadKey: 'dm:IR.5AbC',
        threadAliases: ['dm:IR.ENT.9'],
      },
    ]);
    expect(parsed({ contacts, messages: [item] })[0]).not.toHaveProperty('author.phone');
  });

  it('without a user id the phone number names the person', () =>
    expect(
      parsed({ contacts: [{ profile: { name: 'Omar' }, wa_id: PHONE }], messages: [message(text)] }),
    ).toMatchObject([{ author: { externalId: PHONE, name: 'Omar', phone: `+${PHONE}` }, threadKey: `dm:${PHONE}` }]));

  it('of several contacts each message finds its own', () => {
    const contacts = [
      { profile: { name: 'Ada' }, wa_id: '4915100000001' },
      { profile: { name: 'Omar' }, wa_id: PHONE },
    ];
    const other = message({ ...text, id: 'wamid.Y', from: '4915100000001' });
    const stranger = message({ ...text, id: 'wamid.Z', from: '4915100000009' });
    const events = parsed({ contacts, messages: [message(text), other, stranger] });
    expect(events.map((event) => (event.type === 'message' ? event.author.name : null))).toEqual([
      'Omar',
      'Ada',
      undefined,
    ]);
  });

  it('a message without any sender is kept, not guessed at', () =>
    expect(parsed({ messages: [{ ...message(text), from: undefined }] })).toMatchObject([
      { type: 'unsupported', kind: 'messages.no_sender', threadKey: 'message:wamid.X' },
    ]));

  it('a new number takes its old user id along, each id to its successor', () => {
    const system = {
      type: 'user_changed_number',
      body: 'User Negar changed from 971501112233 to 971501119999',
      wa_id: '971501119999',
      user_id: NEW_USER,
      previous_user_id: USER,
    };
    expect(parsed({ messages: [message({ type: 'system', system })] })).toMatchObject([
      {
        eventKey: 'message:wamid.X',
        formerExternalId: USER,
        person: { externalId: NEW_USER, aliases: ['971501119999'], phone: '+971501119999' },
        threadKey: `dm:${NEW_USER}`,
        threadAliases: [`dm:${USER}`, 'dm:971501119999'],
      },
      {
        eventKey: 'message:wamid.X:phone',
        formerExternalId: PHONE,
        person: { externalId: '971501119999', aliases: [NEW_USER] },
      },
    ]);
  });

  it('a name that looks like an id is not taken for one', () => {
    const body = 'User DR.Ali changed from 971501112233 to 971501119999';
    const system = { type: 'user_changed_number', body, wa_id: '971501119999', user_id: NEW_USER };
    expect(parsed({ messages: [message({ type: 'system', system })] })).toMatchObject([
      { formerExternalId: PHONE, person: { externalId: NEW_USER } },
    ]);
  });

  it('the old shape without user ids moves the number', () => {
    const system = { type: 'user_changed_number', body: '', wa_id: '971501119999' };
    expect(parsed({ messages: [message({ type: 'system', system })] })).toMatchObject([
      { type: 'identity', formerExternalId: PHONE, person: { externalId: '971501119999', phone: '+971501119999' } },
    ]);
  });

  it('an id change in the account’s own field', () =>
    expect(
      parsed(
        {
          user_id_update: [
            { wa_id: PHONE, detail: 'x', user_id: { previous: USER, current: NEW_USER }, timestamp: '1795164300' },
          ],
        },
        'user_id_update',
      ),
    ).toMatchObject([
      {
        type: 'identity',
        eventKey: `user_id:${USER}:${NEW_USER}:1795164300`,
        formerExternalId: USER,
        person: { externalId: NEW_USER, aliases: [PHONE], phone: `+${PHONE}` },
      },
    ]));

  it('other system messages are kept', () =>
    expect(
      parsed({ messages: [message({ type: 'system', system: { type: 'customer_identity_changed' } })] }),
    ).toMatchObject([{ type: 'unsupported', kind: 'messages.system.customer_identity_changed' }]));
});

describe('groups', () => {
  const inGroup = (over: object) => message({ group_id: 'Y2FwaV9ncm91cDox', ...over });

  it('the group is the contact, the speaker is told', () =>
    expect(
      parsed({
        contacts: [{ profile: { name: 'Omar' }, wa_id: PHONE }],
        messages: [inGroup({ text: { body: 'hi' } })],
      }),
    ).toEqual([
      expect.objectContaining({
        threadKey: 'dm:group:Y2FwaV9ncm91cDox',
        author: { externalId: 'group:Y2FwaV9ncm91cDox', name: 'Omar' },
        meta: {
          groupId: 'Y2FwaV9ncm91cDox',
          participant: { externalId: PHONE, name: 'Omar', phone: `+${PHONE}` },
        },
      }),
    ]));

  it('a reaction there is the speaker’s', () =>
    expect(
      parsed({ messages: [inGroup({ type: 'reaction', reaction: { message_id: OURS, emoji: '❤️' } })] }),
    ).toMatchObject([{ type: 'reaction', actorExternalId: PHONE, threadKey: 'dm:group:Y2FwaV9ncm91cDox' }]));

  it('each participant’s receipt is its own', () => {
    const status = (participant: string) => ({
      id: OURS,
      status: 'read',
      timestamp: '1795164500',
      recipient_id: 'Y2FwaV9ncm91cDox',
      recipient_type: 'group',
      recipient_participant_id: participant,
    });
    expect(parsed({ statuses: [status('1'), status('2')] })).toMatchObject([
      { eventKey: `status:${OURS}:read:1`, threadKey: 'dm:group:Y2FwaV9ncm91cDox' },
      { eventKey: `status:${OURS}:read:2` },
    ]);
  });

  it('what one participant did not get is not sent again to all', () => {
    const failed = (over: object) =>
      parsed({ statuses: [{ id: OURS, status: 'failed', recipient_id: 'g', errors: [{ code: 131000 }], ...over }] });
    expect(failed({})).toMatchObject([{ error: { remedy: { is: 'again' } } }]);
    const [event] = failed({ recipient_type: 'group', recipient_participant_id: PHONE });
    expect(event).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('131000') as string } });
    expect(event).not.toHaveProperty('error.remedy');
  });
});

describe('kinds beside the samples', () => {
  it('a filled form is readable and kept whole', () => {
    const response = JSON.stringify({
      flow_token: 't',
      شهر: 'تهران',
      amount: 2,
      days: ['شنبه', 'یکشنبه'],
      deep: { a: 1 },
    });
    const interactive = { type: 'nfm_reply', nfm_reply: { name: 'flow', body: 'Sent', response_json: response } };
    expect(parsed({ messages: [message({ type: 'interactive', interactive })] })).toMatchObject([
      {
        text: 'Sent\nشهر: تهران\namount: 2\ndays: شنبه, یکشنبه',
        subtype: 'postback',
        meta: { form: 'flow', response },
      },
    ]);
  });

  it('a place without a name shows its coordinates', () =>
    expect(
      parsed({ messages: [message({ type: 'location', location: { latitude: '35.7', longitude: 51 } })] }),
    ).toMatchObject([{ text: '35.7, 51', attachments: [{ kind: 'location' }] }]));

  it('a question about a product names it', () => {
    const context = { from: OUR_NUMBER, id: OURS, referred_product: { catalog_id: '1', product_retailer_id: 'A' } };
    expect(parsed({ messages: [message({ text: { body: 'قیمت؟' }, context })] })).toMatchObject([
      { replyToExternalId: OURS, meta: { referredProduct: { catalogId: '1', productId: 'A' } } },
    ]);
  });

  it.each(['poll', 'ephemeral', 'constructor', '__proto__'])('an unknown kind of message (%s) stands visibly', (type) =>
    expect(parsed({ messages: [message({ type })] })).toMatchObject([
      { type: 'message', subtype: 'placeholder', eventKey: 'message:wamid.X', text: '', meta: { kind: type } },
    ]),
  );

  it('a known kind without its content stands visibly too', () =>
    expect(parsed({ messages: [message({ type: 'image', image: {} })] })).toMatchObject([
      { subtype: 'placeholder', meta: { kind: 'image' } },
    ]));

  it('a deletion WhatsApp only hints at opens no work', () =>
    expect(parsed({ messages: [message({ type: 'unsupported', unsupported: { type: 'revoke' } })] })).toMatchObject([
      { subtype: 'placeholder', opensWork: false, meta: { notice: 'deleted' } },
    ]));

  it('the message itself, should it come after its placeholder, is another one', () => {
    const [gone] = parsed({ messages: [message({ type: 'unsupported', errors: [{ code: 131060 }] })] });
    const [here] = parsed({ messages: [message({ text: { body: 'hi' } })] });
    expect(gone?.eventKey).not.toBe(here?.eventKey);
    expect(gone).not.toHaveProperty('externalId', 'wamid.X');
  });

  it('a chat opened without a word is nothing to answer', () =>
    expect(parsed({ messages: [message({ type: 'request_welcome' })] })).toMatchObject([{ type: 'ignored' }]));

  it('what another app answers is shown and opens no work', () =>
    expect(parsed({ messages: [message({ text: { body: 'hi' } })] }, 'standby')).toMatchObject([
      { subtype: 'standby', opensWork: false, eventKey: 'message:wamid.X' },
    ]));

  it('an edit and a withdrawal in the phone app', () => {
    const echo = (over: object) => ({ from: OUR_NUMBER, to: PHONE, id: 'wamid.E', timestamp: '1795164700', ...over });
    const edit = { original_message_id: OURS, message: { type: 'text', text: { body: 'درست شد' } } };
    const caption = { original_message_id: OURS, message: { type: 'image', image: { caption: 'new' } } };
    const message_echoes = [
      echo({ type: 'edit', edit }),
      echo({ type: 'edit', edit: caption, timestamp: '1795164701' }),
      echo({ type: 'revoke', revoke: { original_message_id: OURS } }),
      echo({ type: 'reaction', reaction: { message_id: 'wamid.C', emoji: '🙏' } }),
      echo({ type: 'revoke', revoke: {} }),
    ];
    expect(parsed({ message_echoes }, 'smb_message_echoes')).toMatchObject([
      { type: 'edit', externalId: OURS, text: 'درست شد', version: 1795164700, direction: 'out' },
      { type: 'edit', externalId: OURS, text: 'new', version: 1795164701 },
      { type: 'delete', externalId: OURS, by: 'account' },
      { type: 'reaction', externalId: 'wamid.C', actorExternalId: PHONE_ID, action: 'add' },
      { type: 'unsupported', kind: 'revoke.malformed', threadKey: `dm:${PHONE}` },
    ]);
  });

  it.each(['deleted', 'warning', 'constructor'])('an unknown status (%s) is kept with its thread', (status) =>
    expect(parsed({ statuses: [{ id: OURS, status, timestamp: '1795164401', recipient_id: PHONE }] })).toMatchObject([
      { type: 'unsupported', kind: `statuses.${status}`, threadKey: `dm:${PHONE}` },
    ]),
  );

  it('callback data of another program is not taken for ours', () => {
    const status = { id: OURS, status: 'sent', biz_opaque_callback_data: 'campaign 7', recipient_id: PHONE };
    expect(parsed({ statuses: [status] })[0]).not.toHaveProperty('outboundMessageId');
  });

  it('a wish about marketing closes nothing', () => {
    const wish = { wa_id: PHONE, category: 'marketing_messages', value: 'stop', timestamp: 1795164401 };
    expect(parsed({ user_preferences: [wish] }, 'user_preferences')).toMatchObject([
      { type: 'ignored', threadKey: `dm:${PHONE}`, reason: expect.stringContaining('stop') as string },
    ]);
  });

  it('the phone’s address book makes no contacts', () =>
    expect(
      parsed({ state_sync: [{ type: 'contact', contact: { full_name: 'x' } }] }, 'smb_app_state_sync'),
    ).toMatchObject([{ type: 'ignored' }]));
});

describe('history of a number that lives in the phone app too', () => {
  const thread = {
    id: PHONE,
    messages: [
      { from: PHONE, id: 'wamid.1', timestamp: '1790000000', type: 'text', text: { body: 'قدیمی' } },
      { from: OUR_NUMBER, to: PHONE, id: 'wamid.2', timestamp: '1790000060', type: 'text', text: { body: 'پاسخ' } },
      { from: PHONE, id: 'wamid.3', timestamp: '1790000120', type: 'media_placeholder' },
    ],
  };
  const chunk = { metadata: { phase: 1, chunk_order: 2, progress: 55 }, threads: [thread] };

  it('files both directions silently, under the keys the webhook would have used', () =>
    expect(parsed({ history: [chunk] }, 'history')).toMatchObject([
      { type: 'message', direction: 'in', eventKey: 'message:wamid.1', opensWork: false, meta: { backfilled: true } },
      {
        type: 'message',
        direction: 'out',
        eventKey: 'message:wamid.2',
        author: { externalId: PHONE_ID },
        contact: { externalId: PHONE },
        opensWork: false,
      },
      { type: 'message', subtype: 'placeholder', externalId: 'wamid.3:placeholder', meta: { notice: 'media' } },
    ]));

  it('the file told of later is a message of its own', () => {
    const image = message({ id: 'wamid.3', type: 'image', image: { id: '77', mime_type: 'image/png' } });
    expect(parsed({ messages: [image] }, 'history')).toMatchObject([
      {
        eventKey: 'message:wamid.3',
        externalId: 'wamid.3',
        opensWork: false,
        attachments: [{ meta: { mediaId: '77' } }],
      },
    ]);
  });

  it('a refusal and mere progress are kept', () => {
    const refused = { errors: [{ code: 2593109, title: 'declined' }] };
    const progress = { metadata: { phase: 0, chunk_order: 1, progress: 100 } };
    expect(parsed({ history: [refused, progress] }, 'history')).toMatchObject([
      { type: 'unsupported', kind: 'history.refused' },
      { type: 'ignored', eventKey: 'history:0:1:100' },
    ]);
  });
});

describe('one body', () => {
  it('of two numbers gives each its own', () => {
    const value = (phone_number_id: string, id: string) => ({
      metadata: { phone_number_id },
      messages: [message({ id, text: { body: 'x' } })],
    });
    const body = {
      object: 'whatsapp_business_account',
      entry: [
        { id: 'w1', changes: [{ field: 'messages', value: value('1', 'a') }] },
        { id: 'w2', changes: [{ field: 'messages', value: value('2', 'b') }] },
      ],
    };
    expect(parseWhatsapp(body).map(({ accountId, eventKey }) => [accountId, eventKey])).toEqual([
      ['1', 'message:a'],
      ['2', 'message:b'],
    ]);
  });

  it('a known message survives unknown and broken neighbours', () => {
    const good = message({ text: { body: 'خوانا' } });
    const body = change({ metadata, messages: [null, { type: 'text' }, good], statuses: [7], novelty: [{ a: 1 }] });
    body.entry[0]!.changes.push({ field: 'calls', value: { metadata, calls: [{}] } }, null as never);
    const events = parseWhatsapp(body);
    expect(events.filter(({ type }) => type === 'message')).toMatchObject([{ text: 'خوانا' }]);
    expect(events.flatMap((event) => (event.type === 'unsupported' ? event.kind : []))).toEqual([
      'messages.malformed',
      'messages.malformed',
      'statuses.malformed',
      'messages.novelty',
      'calls',
      'malformed_change',
    ]);
  });

  it('an event of the whole account belongs to the channel its address names, and its key stays', () => {
    const channel = (wabaId?: string) => ({
      channel: { externalId: PHONE_ID, kind: 'whatsapp' as const, settings: wabaId ? { wabaId } : {} },
    });
    const body = load('template_status_update');
    const [shared] = parseWhatsapp(body);
    const [own] = parseWhatsapp(body, channel(WABA));
    expect(own).toEqual({ ...shared, accountId: PHONE_ID });
    expect(parseWhatsapp(body, channel())).toEqual([own]);
    expect(parseWhatsapp(body, channel('999999'))).toEqual([shared]);
  });

  it('problems of the account are kept by their code', () =>
    expect(parsed({ errors: [{ code: 131042, title: 'payment' }] })).toMatchObject([
      { type: 'unsupported', kind: 'errors.131042', accountId: PHONE_ID },
    ]));

  it('a body of Messenger is not read as WhatsApp’s', () =>
    expect(
      parseWhatsapp({ object: 'page', entry: [{ id: '1', changes: [{ field: 'feed', value: {} }] }] }),
    ).toMatchObject([{ type: 'unsupported', kind: 'object.page' }]));
});

describe('anything at all', () => {
  const sane = (events: readonly InboundEvent[]) => {
    expect(events.length).toBeGreaterThan(0);
    const text = JSON.stringify(events);
    // Postgres takes neither U+0000 nor half a surrogate pair.
    expect(text).not.toMatch(/\\u0000|\\ud[89a-f]/);
    expect(events.map(({ eventKey, threadKey }) => `${eventKey} ${threadKey}`).join(' ')).not.toContain('undefined');
    for (const { eventKey } of events) expect(eventKey.length).toBeLessThanOrEqual(400);
  };

  it('any JSON value gives events', () => {
    const kept = fc.property(fc.jsonValue(), (value) => {
      sane(parseWhatsapp(value));
      sane(parseWhatsapp(change({ messages: value, statuses: value, history: value, message_echoes: value })));
    });
    expect(fc.check(kept, { numRuns: 300, seed: 20261122 })).toMatchObject({ failed: false, counterexample: null });
  });

  it('every sample with any part of it replaced gives events, the same ones twice', () => {
    const sources = webhooks.map((name) => JSON.stringify(load(name)));
    const junk = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom<unknown>(
        '',
        '\u0000',
        '\ud83d',
        'x'.repeat(5000),
        1e300,
        -1,
        [null],
        JSON.parse('{"__proto__":[{"id":1}]}'),
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.nat(200), junk, (source, place, value) => {
        const parts = source.split('":').length - 1;
        let seen = -1;
        const body: unknown = JSON.parse(source, (_key, item: unknown) => (++seen === place % parts ? value : item));
        const events = parseWhatsapp(body);
        sane(events);
        expect(parseWhatsapp(body)).toEqual(events);
      }),
      { numRuns: 300, seed: 20261122 },
    );
  });

  it('nesting of any depth does not exhaust the stack', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 100_000; level++) deep = level % 2 === 0 ? [deep] : { messages: deep };
    expect(parseWhatsapp(deep)).toHaveLength(1);
    expect(parsed({ messages: [message({ type: 'image', image: deep })], novelty: deep })).toHaveLength(2);
  });

  it('names from a prototype are only names', () => {
    const body = JSON.parse(
      '{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"__proto__":{"messages":[{"id":"m"}]},"constructor":[{"a":1}]}}]}]}',
    ) as unknown;
    expect(parseWhatsapp(body).every(({ type }) => type === 'unsupported')).toBe(true);
    expect(({} as Record<string, unknown>)['messages']).toBeUndefined();
  });
});
