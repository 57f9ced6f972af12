import type { ConnectedChannel, Credentials } from '../../channel';
import type { MediaSource, MediaWanted } from '../../media';
import { call as egress } from '../../egress';
import type { CallMeta, MetaReply } from './meta.client';
import { repeatable } from './meta.errors';
import { record, string } from '../json';
import { mediaHosts } from './meta.settings';
import { readComment } from './parse-read-comment';
import { readConversation } from './parse-read-conversation';

const LOOK_MS = 5_000;
const EXPIRED = new Set([403, 404, 410]);

/**
 * Where an attachment is now. Meta's links are signed and short-lived; one that no longer opens is asked for again by
 * reading the message or comment it came with. A story that is over is gone for good.
 */
export async function mediaSource(
  call: CallMeta,
  channel: ConnectedChannel,
  wanted: MediaWanted,
  credentials: Credentials,
  now: number,
): Promise<MediaSource> {
  const hosts = hostsOf(channel);
  const { url } = wanted;
  const trusted = url !== undefined && isTrusted(channel, hosts, url);
  // Other addresses (a shared page, a preview elsewhere) are not Meta's to renew.
  if (url !== undefined && !trusted) return { status: 'found', url };
  if (url !== undefined && !(await isExpired(credentials, url, now))) return { status: 'found', url, hosts };
  const reply = await reread(call, channel, wanted);
  if (reply.kind !== 'ok') return unread(reply);
  const fresh = linksOf(channel, reply).filter(({ kind }) => kind === wanted.kind);
  // Of several of one kind the same file is the one whose address differs in its signature only.
  const same = fresh.find((link) => url !== undefined && pathOf(link.url) === pathOf(url)) ?? fresh[0];
  if (same === undefined) return { status: 'absent', reason: 'Meta does not list this file any more.' };
  return { status: 'found', url: same.url, hosts };
}

/** Meta's own, and that of a server that stands in for it. */
function hostsOf(channel: ConnectedChannel): string[] {
  const { apiBaseUrl = '' } = channel.settings;
  return [...mediaHosts(channel), ...(URL.canParse(apiBaseUrl) ? [new URL(apiBaseUrl).hostname] : [])];
}

function isTrusted({ settings }: ConnectedChannel, hosts: readonly string[], url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, origin, protocol } = new URL(url);
  const { apiBaseUrl } = settings;
  if (apiBaseUrl !== undefined && URL.canParse(apiBaseUrl) && new URL(apiBaseUrl).origin === origin) return true;
  const isOf = (host: string) => (host.startsWith('.') ? hostname.endsWith(host) : hostname === host);
  return protocol === 'https:' && hosts.some(isOf);
}

/** `oe` of a CDN address is its end in hexadecimal seconds; other addresses are tried. */
async function isExpired(credentials: Credentials, url: string, now: number): Promise<boolean> {
  const end = new URL(url).searchParams.get('oe');
  if (end !== null && /^[0-9a-f]{6,12}$/i.test(end)) return Number.parseInt(end, 16) * 1000 <= now;
  const answer = await egress(credentials, { method: 'HEAD', url, timeoutMs: LOOK_MS });
  return answer.kind === 'answer' && EXPIRED.has(answer.status);
}

function reread(call: CallMeta, { kind }: ConnectedChannel, wanted: MediaWanted): Promise<MetaReply> {
  const { messageExternalId } = wanted;
  const comment = kind === 'facebook' && /^\d+_\d+$/.test(messageExternalId);
  const file = comment
    ? 'attachment'
    : `from,to,${kind === 'instagram' && wanted.kind === 'story' ? 'story' : 'attachments'}`;
  return call({ method: 'GET', path: [messageExternalId], query: { fields: `id,message,created_time,${file}` } });
}

function linksOf(channel: ConnectedChannel, { body }: Extract<MetaReply, { kind: 'ok' }>) {
  const facts = {
    accountId: channel.externalId,
    username: string(channel.settings['username']),
    readAt: undefined,
  };
  const events = body['attachment']
    ? readComment(facts, { id: body['id'] }, {}, body)
    : readConversation(facts, { messages: { data: [body] }, participants: record(body['to']) });
  const attachments = events.flatMap((event) => (event.type === 'message' ? event.attachments : []));
  return attachments.flatMap(({ kind, url }) => (url === undefined ? [] : [{ kind, url }]));
}

const pathOf = (url: string) => (URL.canParse(url) ? new URL(url).pathname : url);

/** The old link is dead by now; only a permission that is missing, or patience, can still bring a new one. */
function unread(reply: Exclude<MetaReply, { kind: 'ok' }>): MediaSource {
  const outcome = repeatable(reply);
  if (outcome.status === 'retry') return { status: 'retry', reason: outcome.reason, afterMs: outcome.afterMs };
  if (outcome.status === 'reconnect' || outcome.code === 'permission_missing')
    return { status: 'refused', reason: outcome.reason };
  return { status: 'absent', reason: outcome.reason };
}
