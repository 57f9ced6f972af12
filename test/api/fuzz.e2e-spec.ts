import fc from 'fast-check';
import { eventually, startApp, type TestApp } from '../harness';
import { isSettled } from '../replay/canonical';
import { connectAccounts, replay, SAMPLE_SECRETS } from '../replay/replay-samples';
import { type Network, readSamples, RECORDINGS, type Sample } from '../replay/samples';
import { JSON_DOORS, letterAround, MAIL_DOOR, MAILS, openDoor } from '../support/fuzz-doors';
import { changes, mutated, written } from '../support/mutate-json';
import { mailChanges, mutatedMail } from '../support/mutate-mail';

const { samples } = readSamples(RECORDINGS);
const RUNS = { seed: 20_261_122, numRuns: 250, interruptAfterTimeLimit: 12_000, markInterruptAsFailure: false };

let t: TestApp;
let where: { telegramChannelId?: string };
beforeAll(async () => {
  t = await startApp();
  where = await connectAccounts(t.owner, samples, SAMPLE_SECRETS);
}, 60_000);
afterAll(() => t.close());

/** Posts bytes as their network would, signed. */
async function post(network: Network, bytes: Buffer): Promise<number> {
  const sample: Sample = { file: 'made here', network, accounts: [], bytes };
  const { statuses } = await replay({ url: t.url, samples: [sample], secrets: SAMPLE_SECRETS, ...where });
  return Number(Object.keys(statuses)[0]);
}

const bodyOf = (name: string): unknown =>
  JSON.parse(samples.find(({ file }) => file.endsWith(`/${name}.json`))!.bytes.toString('utf8')) as unknown;

const shown = async (externalIds: readonly string[]) => {
  const rows = await t.database.lean('system', (tx) =>
    tx.query<{ external_id: string }>(`SELECT external_id FROM messages WHERE external_id = ANY($1)`, [externalIds]),
  );
  return new Set(rows.map((row) => row.external_id));
};

const states = (): Promise<{ state: string; type: string; reason: string | null }[]> =>
  t.database.lean('system', (tx) =>
    tx.query(`SELECT state, type, reason FROM inbound_events WHERE state = 'failed' AND type <> 'malformed'`),
  );

const isUnpolluted = () => {
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
};

describe.each(['meta', 'whatsapp', 'telegram', 'x'] as const)('deliveries of %s with anything in them', (network) => {
  const bodies = samples
    .filter((sample) => sample.network === network && sample.file.endsWith('.json'))
    .map(({ bytes }) => JSON.parse(bytes.toString('utf8')) as unknown);

  it('are accepted and stored, or refused for what they are, and never break us', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...bodies), changes, async (body, list) => {
        expect(await post(network, written(mutated(body, list)))).toBe(200);
      }),
      RUNS,
    );
    await eventually(() => isSettled(t.databaseUrl), 30_000);
    isUnpolluted();
    expect(await states()).toEqual([]);
  }, 60_000);
});

/** A delivery with one known message, told by its id, among neighbours. */
interface Batch {
  network: Network;
  /** What stands beside it before anything is changed. */
  neighbour: unknown;
  around(neighbour: unknown, id: string): unknown;
  externalId(id: string): string;
}

const PAGE = '104857213906412';
const US = '1777700011112222333';
const messaging = (mid: string) => ({
  sender: { id: '8123440097715526' },
  recipient: { id: PAGE },
  timestamp: 1_795_171_200_200,
  message: { mid, text: 'این نباید گم شود' },
});
const whatsappMessage = (id: string) => ({
  from: '971501112233',
  id,
  timestamp: '1795164300',
  type: 'text',
  text: { body: 'این نباید گم شود' },
});
const directMessage = (id: string) => ({
  type: 'message_create',
  id,
  created_timestamp: '1795164300000',
  message_create: {
    target: { recipient_id: US },
    sender_id: '1888800022223333444',
    message_data: { text: 'این نباید گم شود' },
  },
});
const metadata = { display_phone_number: '97145550188', phone_number_id: '118834455667788' };
const oneOf = (id: string) => (Number(/\d+$/.exec(id)?.[0]) % 2 === 0 ? 'first' : 'last');
const beside = (known: unknown, neighbour: unknown, id: string) =>
  oneOf(id) === 'first' ? [known, neighbour] : [neighbour, known];

const BATCHES: Record<string, Batch> = {
  'an entry of a Page': {
    network: 'meta',
    neighbour: (bodyOf('messenger_text') as { entry: unknown[] }).entry[0],
    around: (neighbour, id) => ({
      object: 'page',
      entry: beside({ id: PAGE, messaging: [messaging(id)] }, neighbour, id),
    }),
    externalId: (id) => id,
  },
  'an event of one entry': {
    network: 'meta',
    neighbour: messaging('m_neighbour'),
    around: (neighbour, id) => ({
      object: 'page',
      entry: [{ id: PAGE, messaging: beside(messaging(id), neighbour, id) }],
    }),
    externalId: (id) => id,
  },
  'a message of WhatsApp': {
    network: 'whatsapp',
    neighbour: whatsappMessage('wamid.neighbour'),
    around: (neighbour, id) => ({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '1',
          changes: [{ field: 'messages', value: { metadata, messages: beside(whatsappMessage(id), neighbour, id) } }],
        },
      ],
    }),
    externalId: (id) => id,
  },
  'a change of WhatsApp': {
    network: 'whatsapp',
    neighbour: (bodyOf('status_delivered') as { entry: { changes: unknown[] }[] }).entry[0]!.changes[0],
    around: (neighbour, id) => {
      const known = { field: 'messages', value: { metadata, messages: [whatsappMessage(id)] } };
      return { object: 'whatsapp_business_account', entry: [{ id: '1', changes: beside(known, neighbour, id) }] };
    },
    externalId: (id) => id,
  },
  'a field of an update of Telegram': {
    network: 'telegram',
    neighbour: (bodyOf('message_reaction_added') as { message_reaction: unknown }).message_reaction,
    around: (neighbour, id) => ({
      update_id: 1,
      message_reaction: neighbour,
      message: {
        message_id: Number(/\d+$/.exec(id)![0]),
        from: { id: 512_345_678, first_name: 'نگار' },
        chat: { id: 512_345_678, type: 'private' },
        date: 1_795_166_000,
        text: 'این نباید گم شود',
      },
    }),
    externalId: (id) => `512345678:${/\d+$/.exec(id)![0]}`,
  },
  'an event of X': {
    network: 'x',
    neighbour: directMessage('2099999999999999999'),
    around: (neighbour, id) => ({
      for_user_id: US,
      direct_message_events: beside(directMessage(`20950000000${/\d+$/.exec(id)![0]}`), neighbour, id),
    }),
    externalId: (id) => `20950000000${/\d+$/.exec(id)![0]}`,
  },
  'an activity of X': {
    network: 'x',
    neighbour: (bodyOf('xaa_like_create_inbound') as { data: unknown }).data,
    around: (neighbour, id) => {
      const payload = { direct_message_events: [directMessage(`20960000000${/\d+$/.exec(id)![0]}`)] };
      const known = { event_type: 'dm.received', filter: { user_id: US }, event_uuid: id, payload };
      return { data: beside(known, neighbour, id) };
    },
    externalId: (id) => `20960000000${/\d+$/.exec(id)![0]}`,
  },
};

describe.each(Object.entries(BATCHES))('a known message beside %s with anything in it', (_, batch) => {
  it('is never lost', async () => {
    let count = 10_000_000;
    const sent: string[] = [];
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const id = `known_${count++}`;
        const body = batch.around(mutated(batch.neighbour, list), id);
        expect(await post(batch.network, written(body))).toBe(200);
        sent.push(batch.externalId(id));
      }),
      { ...RUNS, numRuns: 120, interruptAfterTimeLimit: 6_000 },
    );
    await eventually(() => isSettled(t.databaseUrl), 30_000);
    const kept = await shown(sent);
    expect(sent.filter((id) => !kept.has(id))).toEqual([]);
    isUnpolluted();
  }, 60_000);

  it('is there beside a hundred thousand levels', async () => {
    const id = 'known_20000000';
    const body = written(batch.around('@deep', id)).toString('utf8');
    const deep = (open: string, close: string) => `${open.repeat(100_000)}${close.repeat(100_000)}`;
    expect(await post(batch.network, Buffer.from(body.replace('"@deep"', deep('[', ']'))))).toBe(200);
    expect(
      await post(batch.network, Buffer.from(body.replace('"@deep"', `${deep('{"a":', '}').replace('}', '1}')}`))),
    ).toBe(200);
    await eventually(() => isSettled(t.databaseUrl), 30_000);
    expect(await shown([batch.externalId(id)])).toEqual(new Set([batch.externalId(id)]));
  }, 60_000);
});

it.each<[Network, string, unknown]>([
  ['x', 'of no account', { for_user_id: '42', 'odd\u0000': [{}] }],
  ['x', 'of an account', { for_user_id: US, 'odd\u0000': [{}] }],
  ['meta', 'of no account', { object: 'page', entry: [{ id: '42', changes: [{ field: 'odd\u0000', value: {} }] }] }],
  ['meta', 'of an account', { object: 'page', entry: [{ id: PAGE, changes: [{ field: 'odd\u0000', value: {} }] }] }],
  ['telegram', 'of an account', { update_id: 5, 'odd\u0000': { date: 1 } }],
])('a kind of %s %s whose name no database holds is kept as unsupported', async (network, _, body) => {
  const kept = () =>
    t.database.lean('system', (tx) =>
      tx.query<{ id: string }>(
        `SELECT id FROM inbound_events WHERE state = 'unsupported' AND reason LIKE '%odd\uFFFD%'`,
      ),
    );
  const before = (await kept()).length;
  expect(await post(network, written(body))).toBe(200);
  await eventually(() => isSettled(t.databaseUrl), 30_000);
  expect(await kept()).toHaveLength(before + 1);
});

const ODD_BODIES: [string, Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['no JSON', Buffer.from('{"object":')],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['a hundred thousand levels', Buffer.from('['.repeat(100_000) + ']'.repeat(100_000))],
  ['a hundred thousand open levels', Buffer.from('[{"entry":'.repeat(50_000))],
  ['null', Buffer.from('null')],
  ['a number', Buffer.from('1e999')],
  ['a byte order mark', Buffer.from('\ufeff{}')],
];

it.each(ODD_BODIES)('a signed body of %s is answered, not choked on', async (_, bytes) => {
  for (const network of ['meta', 'whatsapp', 'telegram', 'x'] as const)
    expect({ network, status: await post(network, bytes) }).toEqual({ network, status: 200 });
  await eventually(() => isSettled(t.databaseUrl), 30_000);
});

/** Each door at most three seconds of it on a slow machine. */
const SHORT = { ...RUNS, numRuns: 120, interruptAfterTimeLimit: 3_000 };
const nothingFailed = async () => {
  await eventually(() => isSettled(t.databaseUrl), 30_000);
  isUnpolluted();
  expect(await states()).toEqual([]);
};
const nested = (open: string, close: string) => `${open.repeat(100_000)}${close.repeat(100_000)}`;
let known = 30_000_000;

describe.each(Object.entries(JSON_DOORS))('the door of %s', (_, door) => {
  let deliver: (bytes: Buffer) => Promise<number>;
  beforeAll(async () => {
    deliver = await openDoor(t.owner, t.url, door);
  });

  it('stores whatever is signed, and never breaks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...door.bodies), changes, async (body, list) => {
        expect(await deliver(written(mutated(body, list)))).toBe(200);
      }),
      SHORT,
    );
    await nothingFailed();
  }, 60_000);

  it('never loses a known message for what stands beside it, however deep that is', async () => {
    const sent: string[] = [];
    const post = async (body: Buffer | string, id: string) => {
      expect(await deliver(Buffer.from(body))).toBe(200);
      sent.push(door.externalId(id));
    };
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const id = `known_${known++}`;
        await post(written(door.around(mutated(door.neighbour, list), id)), id);
      }),
      SHORT,
    );
    for (const deep of [nested('[', ']'), nested('{"a":', '}').replace('}', '1}')]) {
      const id = `known_${known++}`;
      await post(written(door.around('@deep', id)).toString('utf8').replace('"@deep"', deep), id);
    }
    await nothingFailed();
    const kept = await shown(sent);
    expect(sent.filter((id) => !kept.has(id))).toEqual([]);
  }, 60_000);

  it.each(ODD_BODIES)('answers a signed body of %s', async (_what, bytes) => {
    expect(await deliver(bytes)).toBe(200);
    await eventually(() => isSettled(t.databaseUrl), 30_000);
  });
});

describe('the door of e-mail', () => {
  let deliver: (bytes: Buffer) => Promise<number>;
  beforeAll(async () => {
    deliver = await openDoor(t.owner, t.url, MAIL_DOOR);
  });
  const asJson = (mime: Buffer) => Buffer.from(JSON.stringify({ mime: mime.toString('base64') }));

  it('stores whatever is signed, raw or in JSON, and never breaks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...MAILS), mailChanges, fc.boolean(), async (mail, list, wrapped) => {
        const bytes = mutatedMail(mail, list);
        expect(await deliver(wrapped ? asJson(bytes) : bytes)).toBe(200);
      }),
      SHORT,
    );
    await nothingFailed();
  }, 60_000);

  it('never loses the words of a letter for what is enclosed, however deep that is', async () => {
    const sent: string[] = [];
    const post = async (part: string) => {
      const id = `known_${known++}`;
      expect(await deliver(letterAround(part, id))).toBe(200);
      sent.push(id);
    };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...MAILS), mailChanges, (mail, list) =>
        post(`Content-Type: message/rfc822\r\n\r\n${mutatedMail(mail, list).toString('latin1')}`),
      ),
      SHORT,
    );
    const level = (n: number) => `Content-Type: multipart/mixed; boundary="b${n}"\r\n\r\n--b${n}\r\n`;
    await post(Array.from({ length: 3_000 }, (_, n) => level(n)).join(''));
    await post('Content-Type: message/rfc822\r\n\r\n'.repeat(3_000));
    await post(`Content-Type: text/html\r\n\r\n${'<b>'.repeat(160_000)}`);
    await nothingFailed();
    const rows = await t.database.lean('system', (tx) =>
      tx.query<{ told: string; text: string; problem: string | null }>(
        `SELECT meta->>'messageId' AS told, text, meta->>'problem' AS problem FROM messages
         WHERE meta->>'messageId' LIKE '%known\\_%'`,
      ),
    );
    // what cannot be taken apart is there with its headers, and says so
    const kept = rows
      .filter(({ text, problem }) => text.includes('این نباید گم شود') || problem !== null)
      .map(({ told }) => /known_\d+/.exec(told)![0]);
    expect(rows.filter(({ problem }) => problem !== null).length).toBeLessThan(sent.length / 10);
    expect(sent.filter((id) => !kept.includes(id))).toEqual([]);
  }, 60_000);

  it.each(ODD_BODIES)('answers a signed body of %s', async (_what, bytes) => {
    expect(await deliver(bytes)).toBe(200);
    await eventually(() => isSettled(t.databaseUrl), 30_000);
  });
});
