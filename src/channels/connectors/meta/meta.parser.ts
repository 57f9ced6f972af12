import type { InboundEvent } from '../../../inbox/conversations/inbound-event';
import type { ParseContext } from '../../door';
import { id, list, record, string, type JsonRecord } from '../json';
import { type EntryFacts, unsupported } from './parse-entry-facts';
import { parseInstagramChange } from './parse-instagram-change';
import { parseMessaging } from './parse-messaging';
import { parsePageChange } from './parse-page-change';
import { parseReading, readingOf } from './parse-reading';

/**
 * Meta's webhook body as inbound events, for `object: page` and `object: instagram`. Total: any JSON value gives events,
 * and every change or messaging object inside gives at least one. Accepts a top-level array, a lone entry, the flat
 * `field`/`value` form of Instagram's documentation and numeric ids. What a channel's own reading brought (`meta.pull`)
 * gives the same events under the same keys.
 */
export function parseMeta(body: unknown, { channel, filedUnder }: ParseContext = {}): InboundEvent[] {
  const reading = channel && readingOf(body);
  if (channel && reading) return parseReading(reading, channel);
  const envelopes = Array.isArray(body) ? (body as unknown[]) : [body];
  return envelopes.flatMap((envelope) => parseEnvelope(envelope, filedUnder ?? channel));
}

function parseEnvelope(body: unknown, known: ParseContext['filedUnder']): InboundEvent[] {
  const envelope = record(body);
  const object = envelope?.['object'];
  const entries = list(envelope?.['entry']);
  if (!envelope || entries.length === 0) return [unsupported({ accountId: '', sentAt: undefined }, 'malformed', body)];
  return entries.flatMap((value) => {
    const entry = record(value);
    const accountId = id(entry?.['id']) ?? '';
    const username = known?.externalId === accountId ? string(known.settings['username']) : undefined;
    const facts = { accountId, sentAt: entry?.['time'], username };
    if (!entry || facts.accountId === '') return [unsupported(facts, 'malformed_entry', value)];
    if (object !== 'page' && object !== 'instagram') {
      return [unsupported(facts, `object.${typeof object === 'string' ? object : 'unknown'}`, entry)];
    }
    return parseEntry({ ...facts, object }, entry);
  });
}

function parseEntry(facts: EntryFacts, entry: JsonRecord): InboundEvent[] {
  const flat = 'field' in entry ? [entry] : [];
  const changes = [...list(entry['changes']), ...flat].flatMap((change) => parseChange(facts, change));
  const messaging = list(entry['messaging']).flatMap((item) => parseMessaging(facts, item, false));
  const standby = list(entry['standby']).flatMap((item) => parseMessaging(facts, item, true));
  const events = [...changes, ...messaging, ...standby];
  return events.length > 0 ? events : [unsupported(facts, 'empty_entry', entry)];
}

function parseChange(facts: EntryFacts, content: unknown): InboundEvent[] {
  const change = record(content);
  const field = change?.['field'];
  const value = record(change?.['value']);
  if (typeof field !== 'string' || !value) return [unsupported(facts, 'malformed_change', content)];
  return facts.object === 'page' ? parsePageChange(facts, field, value) : parseInstagramChange(facts, field, value);
}
