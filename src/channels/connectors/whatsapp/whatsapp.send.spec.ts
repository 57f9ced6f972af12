import type { ConnectedChannel } from '../../channel';
import type { OutboundAttachment, OutboundMessage } from '../../sending';
import { type MessageTemplate, readTemplate } from './templates';
import { planSend } from './whatsapp.send';

const channel = (settings: object = {}): ConnectedChannel => ({
  id: 'c1',
  workspaceId: 'harbour',
  kind: 'whatsapp',
  externalId: '118834455667788',
  settings: { ...settings },
});
const message = (over: Partial<OutboundMessage> = {}): OutboundMessage => ({
  id: '01JD0001',
  threadKind: 'dm',
  visibility: 'private',
  text: 'سفارش شما فردا می‌رسد 🚚',
  attachments: [],
  recipientExternalId: '971501112233',
  window: 'standard',
  author: 'agent',
  ...over,
});
const body = (over: Partial<OutboundMessage> = {}, settings: object = {}, template?: MessageTemplate) => {
  const plan = planSend(channel(settings), message(over), template);
  return 'status' in plan ? plan : plan.body(plan.file ? { id: 'M1' } : undefined);
};
const file = (over: Partial<OutboundAttachment> = {}): OutboundAttachment => ({
  kind: 'image',
  url: 'https://files.example/a',
  mimeType: 'image/png',
  ...over,
});

describe('text', () => {
  it('goes to a phone number with our id in its callback data', () =>
    expect(body()).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '971501112233',
      biz_opaque_callback_data: 'outbox:01JD0001',
      type: 'text',
      text: { body: 'سفارش شما فردا می‌رسد 🚚', preview_url: true },
    }));

  it.each<[string, object]>([
    ['+971501112233', { to: '971501112233' }],
    ['AE.48213377650912345678', { recipient: 'AE.48213377650912345678' }],
    ['US.ENT.11815799212886844830', { recipient: 'US.ENT.11815799212886844830' }],
    ['group:Y2FwaV9ncm91cDox', { recipient_type: 'group', to: 'Y2FwaV9ncm91cDox' }],
  ])('to %s', (recipientExternalId, expected) => expect(body({ recipientExternalId })).toMatchObject(expected));

  it.each(['', 'group:', 'negar', '12', 'AE.x y'])('not to %j', (recipientExternalId) =>
    expect(body({ recipientExternalId })).toMatchObject({ status: 'failed', code: 'recipient_not_found' }),
  );

  it('quotes what it answers, also what only a placeholder stands for', () => {
    expect(body({ replyToExternalId: 'wamid.1' })).toMatchObject({ context: { message_id: 'wamid.1' } });
    expect(body({ replyToExternalId: 'wamid.1:placeholder' })).toMatchObject({ context: { message_id: 'wamid.1' } });
  });

  it('is measured in characters, not in bytes or halves of emoji', () => {
    expect(body({ text: '🍎'.repeat(4096) })).toHaveProperty('type', 'text');
    expect(body({ text: '🍎'.repeat(4097) })).toMatchObject({ status: 'failed', code: 'text_too_long', fix: 'agent' });
    expect(body({ text: 'abc' }, { textLimit: 2 })).toMatchObject({ code: 'text_too_long' });
  });

  it('shows no preview where the channel says so', () =>
    expect(body({}, { previewLinks: false })).toMatchObject({ text: { preview_url: false } }));
});

describe('refusals before any call', () => {
  it.each<[string, Partial<OutboundMessage>, string]>([
    ['nothing to say', { text: '' }, 'empty'],
    ['in public', { visibility: 'public' }, 'capability_missing'],
    ['a comment', { threadKind: 'comment' }, 'capability_missing'],
    ['past the window', { window: 'human_window' }, 'window_closed'],
    ['two files', { attachments: [file(), file()] }, 'split_required'],
    ['a text beside a voice message', { attachments: [file({ kind: 'audio' })] }, 'split_required'],
    ['a text beside a sticker', { attachments: [file({ kind: 'sticker' })] }, 'split_required'],
    ['a kind there is not', { attachments: [file({ kind: 'location' })] }, 'attachment_refused'],
    ['a file too large', { attachments: [file({ sizeBytes: 5 * 1024 * 1024 + 1 })] }, 'attachment_refused'],
    ['a caption too long', { text: 'x'.repeat(1025), attachments: [file()] }, 'text_too_long'],
  ])('%s', (_, over, code) => expect(body(over)).toMatchObject({ status: 'failed', code }));
});

describe('files', () => {
  it.each<[string, Partial<OutboundAttachment>, string, object]>([
    ['a picture', {}, 'سلام', { type: 'image', image: { id: 'M1', caption: 'سلام' } }],
    ['a film', { kind: 'video', mimeType: 'video/mp4' }, '', { type: 'video', video: { id: 'M1' } }],
    ['a voice message', { kind: 'audio' }, '', { type: 'audio', audio: { id: 'M1' } }],
    ['a sticker', { kind: 'sticker' }, '', { type: 'sticker', sticker: { id: 'M1' } }],
    [
      'a document keeps its name',
      { kind: 'file', name: 'فاکتور.pdf', mimeType: 'application/pdf' },
      'x',
      { type: 'document', document: { id: 'M1', caption: 'x', filename: 'فاکتور.pdf' } },
    ],
    [
      'a picture WhatsApp does not show',
      { mimeType: 'image/webp', name: 'a.webp' },
      '',
      { type: 'document', document: { id: 'M1', filename: 'a.webp' } },
    ],
  ])('%s', (_, over, text, expected) => expect(body({ text, attachments: [file(over)] })).toMatchObject(expected));

  it('can be named by their address', () => {
    const plan = planSend(channel(), message({ text: '', attachments: [file()] }));
    expect('status' in plan ? plan : plan.body({ link: 'https://files.example/a' })).toMatchObject({
      image: { link: 'https://files.example/a' },
    });
  });
});

describe('templates', () => {
  const approved = (over: object) =>
    readTemplate({ name: 'order_followup_fa', language: 'fa', status: 'APPROVED', category: 'UTILITY', ...over })[0];
  const send = (values: string[], template?: MessageTemplate, over: Partial<OutboundMessage> = {}) =>
    body({ text: '', template: { name: 'order_followup_fa', language: 'fa', values }, ...over }, {}, template);
  const components = (list: object[]) => ({
    type: 'template',
    template: { name: 'order_followup_fa', language: { code: 'fa' }, components: list },
  });
  const words = (...values: string[]) => values.map((text) => ({ type: 'text', text }));

  it('by position into the body while their text is unknown', () =>
    expect(send(['نگار', '۱۲۰۴۵'])).toMatchObject(components([{ type: 'body', parameters: words('نگار', '۱۲۰۴۵') }])));

  it('without blanks has no components', () =>
    expect(send([], approved({ components: [{ type: 'BODY', text: 'سلام' }] }))).toMatchObject(components([])));

  it('into header, body and button, in the order a person reads them', () => {
    const template = approved({
      components: [
        { type: 'HEADER', format: 'TEXT', text: 'سفارش {{1}}' },
        { type: 'BODY', text: '{{2}} عزیز، {{1}} رسید. {{2}}' },
        { type: 'FOOTER', text: 'سیب‌سرخ' },
        {
          type: 'BUTTONS',
          buttons: [
            { type: 'QUICK_REPLY', text: 'باشه' },
            { type: 'URL', text: 'پیگیری', url: 'https://x.example/{{1}}' },
            { type: 'COPY_CODE', text: 'کد' },
          ],
        },
      ],
    });
    expect(template).toMatchObject({ buttons: ['باشه', 'پیگیری', 'کد'], footer: 'سیب‌سرخ', header: 'سفارش {{1}}' });
    expect(send(['H', 'B1', 'B2', 'U', 'C'], template)).toMatchObject(
      components([
        { type: 'header', parameters: words('H') },
        { type: 'body', parameters: words('B1', 'B2') },
        { type: 'button', sub_type: 'url', index: '1', parameters: words('U') },
        {
          type: 'button',
          sub_type: 'copy_code',
          index: '2',
          parameters: [{ type: 'coupon_code', coupon_code: 'C' }],
        },
      ]),
    );
    expect(send(['H'], template)).toMatchObject({ status: 'failed', code: 'template_refused', fix: 'agent' });
  });

  it('numbered blanks are filled by their number, wherever they stand', () =>
    expect(
      approved({ components: [{ type: 'BODY', text: '{{2}} {{10}} {{1}}' }] })?.blanks.map(({ name }) => name),
    ).toEqual(['1', '2', '10']));

  it('by name where the template’s blanks have names', () =>
    expect(
      send(
        ['نگار', '۵'],
        approved({
          parameter_format: 'NAMED',
          components: [{ type: 'BODY', text: '{{customer}} {{days}} {{customer}}' }],
        }),
      ),
    ).toMatchObject(
      components([
        {
          type: 'body',
          parameters: [
            { type: 'text', parameter_name: 'customer', text: 'نگار' },
            { type: 'text', parameter_name: 'days', text: '۵' },
          ],
        },
      ]),
    ));

  it('that begin with a file need one', () => {
    const template = approved({
      components: [
        { type: 'HEADER', format: 'DOCUMENT' },
        { type: 'BODY', text: 'x' },
      ],
    });
    expect(send([], template)).toMatchObject({ status: 'failed', code: 'template_refused' });
    const attachments = [file({ kind: 'file', name: 'a.pdf' })];
    expect(send([], template, { attachments })).toMatchObject(
      components([{ type: 'header', parameters: [{ type: 'document', document: { id: 'M1', filename: 'a.pdf' } }] }]),
    );
  });

  it('a code stands in the text and on the button', () => {
    const template = approved({
      category: 'AUTHENTICATION',
      components: [
        { type: 'BODY', text: 'کد شما {{1}}' },
        {
          type: 'BUTTONS',
          buttons: [{ type: 'URL', text: 'Copy', url: 'https://www.whatsapp.com/otp/code/?code={{1}}' }],
        },
      ],
    });
    expect(send(['4711'], template)).toMatchObject(
      components([
        { type: 'body', parameters: words('4711') },
        { type: 'button', sub_type: 'url', index: '0', parameters: words('4711') },
      ]),
    );
  });

  it.each<[string, unknown]>([
    ['not approved', { name: 'a', language: 'fa', status: 'PAUSED', components: [{ type: 'BODY', text: 'x' }] }],
    ['without a body', { name: 'a', language: 'fa', status: 'APPROVED', components: [] }],
    ['not a template', 7],
  ])('%s is not offered', (_, value) => expect(readTemplate(value)).toEqual([]));
});
