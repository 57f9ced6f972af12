import type { FetchMessageObject, ImapFlow, SearchObject } from 'imapflow';
import type { Credentials } from '../../channel';
import type { PullOutcome, PullRequest } from '../../pulling';
import { integer, record, string } from '../json';
import type { EmailSettings } from './email.settings';
import { type OpenMailbox, withMailbox } from './imap.client';
import { LARGEST_MAIL } from './mail';

const MOST_MAILS = 25;
const MOST_BYTES = 30 * 1024 * 1024; // one step's bodies are held in memory and stored in one go
const HEAD_BYTES = 64 * 1024;
const DAY_MS = 86_400_000;

/** How far a folder is read. UIDs only grow while `uidValidity` stays (RFC 3501 §2.3.1.1). */
interface Cursor {
  uidValidity: string;
  lastUid: number;
  /** ISO day from which mail is wanted: where a new numbering starts to be read. */
  from: string;
}

function cursorOf(value: unknown): Cursor | undefined {
  const facts = record(value);
  const uidValidity = string(facts?.['uidValidity']);
  const lastUid = integer(facts?.['lastUid']);
  const from = string(facts?.['from']);
  if (uidValidity === undefined || lastUid === undefined || from === undefined) return undefined;
  return { uidValidity, lastUid, from };
}

/**
 * The next mails of the folder, oldest first, whole, as `parse` reads them. Never marks a mail as read and never moves
 * one: other programs and people use the mailbox too. A folder numbered anew is read again from where reading once
 * began; what was known already is known again by its Message-ID.
 */
export async function pullMail(
  settings: EmailSettings,
  credentials: Credentials,
  request: PullRequest,
): Promise<PullOutcome> {
  const { importSince, mailbox: folder } = settings;
  const since = importSince && importSince > request.since ? importSince : request.since;
  const work = async (mailbox: OpenMailbox) => {
    const last = cursorOf(request.cursor);
    const cursor =
      last?.uidValidity === mailbox.uidValidity ? last : await begin(mailbox, last ? new Date(last.from) : since);
    return step(mailbox, cursor, folder);
  };
  const answer = await withMailbox(settings, credentials, folder, work, request.signal);
  return answer.ok ? answer.value : answer.failure;
}

/** Servers search by whole days of their own time zone, so a day earlier is asked for. */
async function begin({ client, uidValidity, uidNext }: OpenMailbox, from: Date): Promise<Cursor> {
  const since = new Date((Number.isNaN(from.getTime()) ? Date.now() : from.getTime()) - DAY_MS);
  const found = await searched(client, { since });
  return { uidValidity, lastUid: (found[0] ?? (await following(client, uidNext))) - 1, from: from.toISOString() };
}

/** The UID the next mail will have; some servers do not tell it. */
const following = async (client: ImapFlow, uidNext: number): Promise<number> =>
  uidNext > 0 ? uidNext : ((await searched(client, { uid: '*' })).at(-1) ?? 0) + 1;

/** UIDs in their order. A search that fails is an error here: an empty answer would move the cursor on. */
async function searched(client: ImapFlow, query: SearchObject): Promise<number[]> {
  const found = await client.search(query, { uid: true });
  if (found === false) throw new Error('The server did not answer the search.');
  return found.toSorted((a, b) => a - b);
}

async function step({ client }: OpenMailbox, cursor: Cursor, folder: string): Promise<PullOutcome> {
  // `n:*` names the newest mail even when its UID is below n.
  const waiting = (await searched(client, { uid: `${cursor.lastUid + 1}:*` })).filter((uid) => uid > cursor.lastUid);
  const next = waiting.slice(0, MOST_MAILS);
  const facts =
    next.length === 0
      ? []
      : await client.fetchAll(next.join(','), { uid: true, size: true, internalDate: true }, { uid: true });
  const factsOf = new Map(facts.map((one) => [one.uid, one]));
  const bodies: unknown[] = [];
  let { lastUid } = cursor;
  let bytes = 0;
  for (const uid of next) {
    if (bytes >= MOST_BYTES) break;
    const known = factsOf.get(uid);
    const mime = known && (await sourceOf(client, known).catch(unless(bodies.length === 0)));
    if (mime === null) break; // what came before the connection broke is kept; the next step goes on from there
    lastUid = uid;
    if (!known || !mime) continue; // somebody removed it meanwhile
    const { internalDate, size = 0 } = known;
    bodies.push({
      uid,
      uidValidity: cursor.uidValidity,
      mailbox: folder,
      ...(internalDate === undefined ? {} : { internalDate: new Date(internalDate).toISOString() }),
      ...(size > LARGEST_MAIL ? { leftThere: size } : {}),
      mime: mime.toString('base64'),
    });
    bytes += mime.length;
  }
  return { status: 'pulled', bodies, cursor: { ...cursor, lastUid }, more: waiting.some((uid) => uid > lastUid) };
}

const unless =
  (fatal: boolean) =>
  (error: unknown): null => {
    if (fatal) throw error;
    return null;
  };

/** The mail's bytes; of one beyond the limit only the headers. */
async function sourceOf(client: ImapFlow, { uid, size = 0 }: FetchMessageObject): Promise<Buffer | undefined> {
  const large = size > LARGEST_MAIL;
  const query = { uid: true, ...(large ? { headers: true } : { source: true }) };
  const mail = await client.fetchOne(String(uid), query, { uid: true });
  if (!mail) return undefined;
  return large ? mail.headers?.subarray(0, HEAD_BYTES) : mail.source;
}
