import type { ConnectedChannel, Credentials } from '../../channel';
import { compact, list, record, string, type JsonRecord } from '../json';
import { GraphClient, type GraphReply } from './whatsapp.client';
import { outcomeOf } from './whatsapp.errors';
import { readSettings } from './whatsapp.settings';

/** An approved text of the account. */
export interface MessageTemplate {
  name: string;
  /** WhatsApp's code of the language, `fa`, `en_US`. */
  language: string;
  /** `MARKETING`, `UTILITY`, `AUTHENTICATION`. */
  category?: string;
  header?: string;
  /** The header is a file; it is sent as the message's attachment. */
  headerMedia?: 'image' | 'video' | 'document';
  body: string;
  footer?: string;
  buttons: readonly string[];
  /** Where each value goes, in the order values are given: header, body, buttons. */
  blanks: readonly TemplateBlank[];
}

export interface TemplateBlank {
  in: 'header' | 'body' | 'button';
  /** What stands between the braces: a number, or a name. */
  name: string;
  named: boolean;
  /** Position of the button, from 0, and what it takes. */
  button?: { index: number; kind: 'url' | 'copy_code' };
}

export type TemplateList =
  | { status: 'found'; templates: MessageTemplate[] }
  | { status: 'retry'; reason: string; afterMs?: number }
  | { status: 'refused'; reason: string };

const FIELDS = 'name,language,status,category,parameter_format,components';
const PAGE_SIZE = 100;
const MAX_PAGES = 60; // an account holds at most 6,000 templates

/** The account's approved templates; with `name` only those of that name. */
export async function listTemplates(
  channel: ConnectedChannel,
  credentials: Credentials,
  name?: string,
  client = new GraphClient(channel.settings, credentials),
): Promise<TemplateList> {
  const { wabaId } = readSettings(channel.settings);
  if (wabaId === undefined)
    return {
      status: 'refused',
      reason: 'Enter the WhatsApp Business account’s id (wabaId) in the channel’s settings.',
    };
  const query: Record<string, string> = { fields: FIELDS, status: 'APPROVED', limit: String(PAGE_SIZE) };
  if (name !== undefined) query['name'] = name;
  const templates: MessageTemplate[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    // One page needs the cursor of the one before it.
    const reply = await client.call({ method: 'GET', path: [wabaId, 'message_templates'], query });
    if (reply.kind !== 'ok') return refusalOf(reply);
    templates.push(...list(reply.body['data']).flatMap(readTemplate));
    const paging = record(reply.body['paging']);
    const after = string(record(paging?.['cursors'])?.['after']);
    if (paging?.['next'] === undefined || after === undefined) break;
    query['after'] = after;
  }
  return { status: 'found', templates };
}

function refusalOf(reply: Exclude<GraphReply, { kind: 'ok' }>): Exclude<TemplateList, { status: 'found' }> {
  if (reply.kind === 'no_answer') return { status: 'retry', reason: reply.reason };
  const outcome = outcomeOf(reply.error, reply.regainMs);
  if (outcome.status === 'retry') return { status: 'retry', reason: outcome.reason, afterMs: outcome.afterMs };
  return { status: outcome.status === 'unknown' ? 'retry' : 'refused', reason: outcome.reason };
}

const HEADER_MEDIA = ['image', 'video', 'document'] as const;

/** @returns nothing when it is not approved or has no body */
export function readTemplate(content: unknown): MessageTemplate[] {
  const item = record(content);
  const [name, language] = [string(item?.['name']), string(item?.['language'])];
  if (!item || name === undefined || language === undefined || item['status'] !== 'APPROVED') return [];
  const parts = list(item['components']).map(record);
  const part = (type: string) => parts.find((component) => upper(component?.['type']) === type);
  const body = string(part('BODY')?.['text']);
  if (body === undefined) return [];
  const named = upper(item['parameter_format']) === 'NAMED';
  const header = part('HEADER');
  const format = upper(header?.['format']);
  const headerText = format === 'TEXT' || format === '' ? string(header?.['text']) : undefined;
  const buttons = list(part('BUTTONS')?.['buttons']).map(record);
  return [
    compact({
      name,
      language,
      category: string(item['category']),
      header: headerText,
      headerMedia: HEADER_MEDIA.find((media) => media === format.toLowerCase()),
      body,
      footer: string(part('FOOTER')?.['text']),
      buttons: buttons.map((button) => string(button?.['text']) ?? ''),
      blanks: [
        ...blanksOf(headerText ?? '').map((blank) => ({ in: 'header' as const, name: blank, named })),
        ...blanksOf(body).map((blank) => ({ in: 'body' as const, name: blank, named })),
        ...buttons.flatMap(buttonBlank),
      ],
    }),
  ];
}

const upper = (value: unknown): string => string(value)?.toUpperCase() ?? '';

/** Names between double braces, each once: numbers in their own order, words as they first appear. */
function blanksOf(text: string): string[] {
  const names = [...new Set([...text.matchAll(/\{\{\s*(\w{1,60})\s*\}\}/g)].map(([, name]) => name ?? ''))];
  return names.every((name) => /^\d+$/.test(name)) ? names.toSorted((a, b) => Number(a) - Number(b)) : names;
}

function buttonBlank(button: JsonRecord | undefined, index: number): TemplateBlank[] {
  const type = upper(button?.['type']);
  if (type === 'COPY_CODE') return [{ in: 'button', name: 'code', named: false, button: { index, kind: 'copy_code' } }];
  if (type !== 'URL' || blanksOf(string(button?.['url']) ?? '').length === 0) return [];
  return [{ in: 'button', name: '1', named: false, button: { index, kind: 'url' } }];
}

/** How many values a template wants: the code of an authentication template stands in its text and on its button. */
export function valuesWanted(template: MessageTemplate): number {
  return isCode(template) ? template.blanks.filter((blank) => blank.in !== 'button').length : template.blanks.length;
}

const isCode = ({ category }: MessageTemplate) => upper(category) === 'AUTHENTICATION';

export type MediaReference = { id: string } | { link: string };

/**
 * The `components` of a template message. Without the template's own text at hand all values go into the body, by
 * position: most templates are like that, and WhatsApp refuses what does not fit before anything is sent.
 */
export function templateComponents(
  template: MessageTemplate | undefined,
  values: readonly string[],
  media?: { type: 'image' | 'video' | 'document'; reference: MediaReference; name?: string },
): Record<string, unknown>[] {
  const blanks =
    template?.blanks ?? values.map((_, at) => ({ in: 'body' as const, name: String(at + 1), named: false }));
  const filled = blanks.map((blank, at) => ({
    blank,
    text: (template && isCode(template) && blank.in === 'button' ? values[0] : values[at]) ?? '',
  }));
  const textsIn = (where: TemplateBlank['in']) =>
    filled
      .filter(({ blank }) => blank.in === where)
      .map(({ blank, text }) => ({ type: 'text', ...(blank.named ? { parameter_name: blank.name } : {}), text }));
  const header = media ? [{ type: media.type, [media.type]: mediaBody(media) }] : textsIn('header');
  const body = textsIn('body');
  const buttons = filled.flatMap(({ blank, text }) => {
    const button = 'button' in blank ? blank.button : undefined;
    if (!button) return [];
    const parameter = button.kind === 'copy_code' ? { type: 'coupon_code', coupon_code: text } : { type: 'text', text };
    return [{ type: 'button', sub_type: button.kind, index: String(button.index), parameters: [parameter] }];
  });
  return [
    ...(header.length > 0 ? [{ type: 'header', parameters: header }] : []),
    ...(body.length > 0 ? [{ type: 'body', parameters: body }] : []),
    ...buttons,
  ];
}

const mediaBody = ({ type, reference, name }: { type: string; reference: MediaReference; name?: string }) => ({
  ...reference,
  ...(type === 'document' && name !== undefined ? { filename: name } : {}),
});
