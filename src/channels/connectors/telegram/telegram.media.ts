import type { Description, PersonFacts } from '../../describing';
import type { MediaSource, MediaWanted } from '../../media';
import { id, integer, record, string } from '../json';
import { personAddress } from './telegram.addresses';
import type { TelegramClient } from './telegram.client';
import { is, outcomeOf } from './telegram.errors';
import type { Flavour } from './telegram.flavours';
import { personOf } from './parse-facts';
import type { TelegramSettings } from './telegram.settings';

/** Where a file's bytes are for the next hour. The address holds the token: it is for our own download only. */
export async function mediaOf(
  client: TelegramClient,
  flavour: Flavour,
  settings: TelegramSettings,
  wanted: MediaWanted,
): Promise<MediaSource> {
  const fileId = id(wanted.meta?.['fileId']);
  if (fileId === undefined) return { status: 'absent', reason: 'This attachment has no file behind it.' };
  const reply = await client.call({ method: 'getFile', params: { file_id: fileId } });
  if (reply.kind === 'no_answer') return { status: 'retry', reason: reply.reason };
  if (reply.kind === 'refused') {
    const { error } = reply;
    const largest = `${Math.floor(settings.largestDownload / 1_048_576)} MB`;
    if (is(error, 'file is too big'))
      return { status: 'refused', reason: `${flavour.name} hands bots files of ${largest} at most.` };
    const outcome = outcomeOf(error, flavour.name, settings.rateWaitMs);
    if (outcome.status === 'retry') return { status: 'retry', reason: outcome.reason, afterMs: outcome.afterMs };
    if (outcome.status === 'unknown') return { status: 'retry', reason: outcome.reason };
    return { status: outcome.status === 'reconnect' ? 'refused' : 'absent', reason: outcome.reason };
  }
  const facts = record(reply.result);
  const path = string(facts?.['file_path']) ?? (flavour.fileIdIsPath ? fileId : undefined);
  if (path === undefined) return { status: 'absent', reason: `${flavour.name} names no place for this file.` };
  // A local server that keeps files on its own disk names them there.
  if (path.startsWith('/') || path.split('/').includes('..'))
    return { status: 'refused', reason: 'The bot API server keeps its files on its own disk, out of reach from here.' };
  if ((integer(facts?.['file_size']) ?? 0) > settings.largestDownload)
    return { status: 'refused', reason: 'The file is larger than "largestDownloadMb" allows.' };
  const url = client.fileUrl(path);
  if (!URL.canParse(url)) return { status: 'refused', reason: 'The channel’s apiBaseUrl is not a URL.' };
  return { status: 'found', url, hosts: [new URL(url).hostname] };
}

/** Who is behind an id. Events carry names already; this is for those that did not. */
export async function personFacts(
  client: TelegramClient,
  flavour: Flavour,
  settings: TelegramSettings,
  personExternalId: string,
): Promise<Description<PersonFacts>> {
  const address = personAddress(personExternalId);
  if (!address) return { status: 'absent' };
  const reply = await client.call({ method: 'getChat', params: { chat_id: address.chat } });
  if (reply.kind === 'no_answer') return { status: 'retry', reason: reply.reason };
  if (reply.kind === 'ok') {
    const person = personOf(reply.result);
    if (!person) return { status: 'absent' };
    const { externalId: _id, ...facts } = person;
    return Object.keys(facts).length > 0 ? { status: 'found', facts } : { status: 'absent' };
  }
  const outcome = outcomeOf(reply.error, flavour.name, settings.rateWaitMs);
  if (outcome.status === 'retry') return { status: 'retry', reason: outcome.reason, afterMs: outcome.afterMs };
  if (outcome.status === 'unknown') return { status: 'retry', reason: outcome.reason };
  return outcome.status === 'reconnect' ? { status: 'refused', reason: outcome.reason } : { status: 'absent' };
}
