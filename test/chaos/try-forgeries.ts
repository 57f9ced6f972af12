import pg from 'pg';
import { metaSignature } from '../simulators/meta/wire';
import { ApiClient, eventually } from '../support/api-client';
import { comment, type Doors, forgeries, send } from './forgeries';
import { shuffled } from '../simulators/meta/faults';

/** Nobody listens there: the accounts are made up, and what they ask must not leave this machine. */
const NOWHERE = 'http://127.0.0.1:2';
const ACCOUNT = '300100200300';
const OTHER_ACCOUNT = '300100200301';

/**
 * Connects accounts in two workspaces, changes a secret, tries every forgery in random order, and looks at what is
 * stored. An honest webhook at the end shows that the door was there at all.
 * @param apis owners of two workspaces on the same app
 * @returns what did not hold, and how many forgeries were tried
 */
export async function tryForgeries(
  url: string,
  databaseUrl: string,
  [ours, theirs]: readonly [ApiClient, ApiClient],
  random: () => number,
): Promise<{ broken: string[]; tried: number }> {
  const page = { kind: 'facebook', name: 'Page', settings: { apiBaseUrl: NOWHERE } };
  const channel = await ours.post<{ id: string }>('/channels', {
    ...page,
    externalId: ACCOUNT,
    credentials: { accessToken: 't', appSecret: 'the_secret_of_yesterday', verifyToken: 'verify' },
  });
  await theirs.post('/channels', {
    ...page,
    externalId: OTHER_ACCOUNT,
    credentials: { accessToken: 't', appSecret: 'the_secret_of_the_neighbour', verifyToken: 'other' },
  });
  const telegram = await ours.post<{ id: string }>('/channels', {
    kind: 'telegram',
    name: 'Bot',
    externalId: '4242',
    credentials: { accessToken: '4242:t', appSecret: 'telegram_secret_token_0001' },
    settings: { apiBaseUrl: NOWHERE },
  });
  await ours.post('/channels', {
    kind: 'x',
    name: 'X',
    externalId: '1',
    credentials: { accessToken: 't', appSecret: 'the_secret_of_x' },
    settings: { apiBaseUrl: NOWHERE },
  });
  const overlap = { secretOverlapHours: 0 }; // the secret that goes is stolen, so it goes at once
  await ours.ok('PATCH', `/channels/${channel.id}`, { settings: { apiBaseUrl: NOWHERE, ...overlap } });
  await ours.ok('PATCH', `/channels/${channel.id}`, { credentials: { appSecret: 'the_secret_of_today' } });

  const doors: Doors = {
    url,
    account: ACCOUNT,
    secret: 'the_secret_of_today',
    oldSecret: 'the_secret_of_yesterday',
    otherSecret: 'the_secret_of_the_neighbour',
    telegramChannelId: telegram.id,
    telegramSecret: 'telegram_secret_token_0001',
    xSecret: 'the_secret_of_x',
  };
  const before = await stored(databaseUrl);
  const broken: string[] = [];
  const attempts = shuffled(forgeries(doors, 'f'), random);
  for (const forgery of attempts) {
    const status = await forgery.send();
    if (!forgery.allowed.includes(status))
      broken.push(`${forgery.name}: answered ${status}, not ${forgery.allowed.join(' or ')}`);
    const after = await stored(databaseUrl);
    if (after !== before) {
      broken.push(`${forgery.name}: something was stored (${before} before, ${after} after)`);
      return { broken, tried: attempts.length };
    }
  }
  const honest = comment(ACCOUNT, 'honest');
  const status = await send(url, '/webhooks/meta', honest, {
    'x-hub-signature-256': metaSignature(doors.secret, honest),
  });
  if (status !== 200) broken.push(`an honest webhook was answered ${status}`);
  const made = await eventually(async () => (await stored(databaseUrl)) !== before, 10_000).catch(() => false);
  if (!made) broken.push('an honest webhook left nothing');
  return { broken, tried: attempts.length };
}

/** Everything a webhook leaves, counted. The counters of refused requests are meant to grow. */
async function stored(databaseUrl: string): Promise<string> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ stored: string }>(
      `SELECT concat_ws(' ', (SELECT count(*) FROM inbound_deliveries), (SELECT count(*) FROM inbound_events),
         (SELECT count(*) FROM event_keys), (SELECT count(*) FROM messages), (SELECT count(*) FROM contacts),
         (SELECT count(*) FROM tickets), (SELECT count(*) FROM message_keys)) AS stored`,
    );
    return rows[0]!.stored;
  } finally {
    await client.end();
  }
}
