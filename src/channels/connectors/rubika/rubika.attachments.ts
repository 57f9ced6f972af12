import type { InboundAttachment } from '../../../inbox/conversations/inbound-event';
import { compact, id, integer, list, record, string, type JsonRecord } from '../json';

const KINDS: readonly (readonly [InboundAttachment['kind'], RegExp])[] = [
  ['image', /\.(jpe?g|png|webp|gif|bmp|heic)$/i],
  ['video', /\.(mp4|mov|mkv|webm|avi|3gp)$/i],
  ['audio', /\.(mp3|ogg|oga|m4a|wav|aac|flac|opus|amr)$/i],
];
const MOST_OPTIONS = 20;

/** Rubika tells a file's name, not its kind. */
const kindOf = (name: string | undefined): InboundAttachment['kind'] =>
  KINDS.find(([, ending]) => ending.test(name ?? ''))?.[0] ?? 'file';

/** Coordinates come as text. */
function degrees(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function fileOf(value: unknown, over: Partial<InboundAttachment> = {}): InboundAttachment | undefined {
  const file = record(value);
  const fileId = id(file?.['file_id']);
  if (!file || fileId === undefined) return undefined;
  const name = string(file['file_name']);
  return compact({
    kind: kindOf(name),
    name,
    sizeBytes: integer(file['size']),
    ...over,
    meta: { fileId, ...over.meta },
  });
}

const place = (value: JsonRecord | undefined, live: boolean): InboundAttachment | undefined =>
  value && {
    kind: 'location',
    meta: compact({
      latitude: degrees(value['latitude']),
      longitude: degrees(value['longitude']),
      live: live || undefined,
    }),
  };

function sticker(value: JsonRecord | undefined): InboundAttachment | undefined {
  const stickerId = id(value?.['sticker_id']);
  if (!value || stickerId === undefined) return undefined;
  const meta = compact({ stickerId, emoji: string(value['emoji_character']) });
  return fileOf(value['file'], { kind: 'sticker', meta }) ?? { kind: 'sticker', meta };
}

/** Whose number it is, is not told: it is shown, and taken for nobody's. */
function contact(value: JsonRecord | undefined): InboundAttachment | undefined {
  if (!value) return undefined;
  const name = [string(value['first_name']), string(value['last_name'])].filter(Boolean).join(' ');
  const phone = string(value['phone_number']);
  return compact({ kind: 'contact' as const, name: name === '' ? phone : name, meta: compact({ phone }) });
}

function poll(value: JsonRecord | undefined): InboundAttachment | undefined {
  const question = string(value?.['question']);
  if (question === undefined) return undefined;
  const options = list(value?.['options'])
    .slice(0, MOST_OPTIONS)
    .flatMap((option) => string(option) ?? []);
  return { kind: 'unknown', name: question, meta: { type: 'poll', options } };
}

/** Everything in a message that is not its text. Source: rubpy, bot/models.py. */
export function attachmentsOf(message: JsonRecord): InboundAttachment[] {
  return [
    fileOf(message['file']),
    place(record(message['location']), false),
    place(record(record(message['live_location'])?.['current_location']), true),
    sticker(record(message['sticker'])),
    contact(record(message['contact_message'])),
    poll(record(message['poll'])),
  ].filter((attachment) => attachment !== undefined);
}
