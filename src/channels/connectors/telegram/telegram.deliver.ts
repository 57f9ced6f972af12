import type { SendOutcome } from '../../sending';
import { list, record } from '../json';
import { messageName, numericId } from './telegram.addresses';
import type { TelegramClient, TelegramError, TelegramReply, Upload } from './telegram.client';
import { is } from './telegram.errors';
import type { Flavour } from './telegram.flavours';
import { type Failed, paramsOf, type PlannedSend, type Target } from './telegram.send';

const MOST_REPAIRS = 3; // the group moved, the answered message is gone, the post above it as well
const ALL_TRIES_MS = 75_000; // together they must end inside the sender's lease

/** What came of a send: the network's last word, and where it was said. */
export interface Delivered {
  reply: TelegramReply;
  target: Target;
}

/**
 * Makes the call, and once more where the network's refusal says how: a group that moved, a quoted message that is gone.
 * A refusal is certain, so nothing is said twice.
 */
export async function deliver(
  client: TelegramClient,
  flavour: Flavour,
  planned: PlannedSend,
): Promise<Delivered | Failed | Extract<SendOutcome, { status: 'retry' }>> {
  const files = await filesOf(planned);
  if ('status' in files) return files;
  const until = Date.now() + ALL_TRIES_MS;
  let { target } = planned;
  for (let repairs = 0; ; repairs++) {
    const params = paramsOf(flavour, { ...planned, target }, files.sources);
    const atMostMs = until - Date.now();
    const reply = await client.call({ method: planned.method, params, uploads: files.uploads, atMostMs });
    const repaired = reply.kind === 'refused' && repairs < MOST_REPAIRS ? repair(target, reply.error) : undefined;
    if (!repaired) return { reply, target };
    target = repaired;
  }
}

function repair(target: Target, error: TelegramError): Target | undefined {
  if (error.migrateTo !== undefined && error.migrateTo !== target.chat) {
    // Message ids of the old group mean nothing in the new one.
    return { chat: error.migrateTo };
  }
  const gone =
    is(error, 'message to be replied not found') ||
    is(error, 'message to reply not found') ||
    is(error, 'replied message not found');
  if (!gone || target.answered === undefined) return undefined;
  const { answered: _gone, answeredInstead, ...rest } = target;
  return answeredInstead === undefined ? rest : { ...rest, answered: answeredInstead };
}

async function filesOf({
  method,
  files,
}: PlannedSend): Promise<{ sources: string[]; uploads: Upload[] } | Extract<SendOutcome, { status: 'retry' }>> {
  const sources: string[] = [];
  const uploads: Upload[] = [];
  for (const [at, { type, attachment }] of files.entries()) {
    if (!attachment.read) {
      sources.push(attachment.url);
      continue;
    }
    const bytes = await attachment.read().catch(() => undefined);
    if (!bytes) {
      return { status: 'retry', code: 'attachment_unreadable', reason: 'The attached file could not be read here.' };
    }
    // An album names its bytes; a single file's part is the parameter itself, which every server understands.
    const name = method === 'sendMediaGroup' ? `file${at}` : type;
    sources.push(`attach://${name}`);
    uploads.push({ name, bytes, fileName: attachment.name ?? `${type}${at + 1}`, mimeType: attachment.mimeType });
  }
  return { sources, uploads };
}

/** The name of what was sent: a message, or the first of an album. */
export function sentName(result: unknown, target: Target): string | undefined {
  const first = record(list(result)[0]);
  const message = numericId(first?.['message_id']);
  const chat = numericId(record(first?.['chat'])?.['id']) ?? target.chat;
  return message === undefined
    ? undefined
    : messageName({ ...(target.connection === undefined ? {} : { connection: target.connection }), chat, message });
}
