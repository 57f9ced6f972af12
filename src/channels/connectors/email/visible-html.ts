import sanitizeHtml, { type IOptions } from 'sanitize-html';
import type { MailPart } from './mail';

const LONGEST_INPUT = 1_000_000; // characters; more is a newsletter, and its plain text is there
const LONGEST_HTML = 200_000; // bytes kept for reading
const DEEPEST = 60; // nested elements that are shown as such
const DEEPEST_READ = 1_000; // beyond it no person's mail goes; the parser's work grows with the square of it

const TAGS = (
  'p br div span b strong i em u s sub sup small a ul ol li blockquote pre code h1 h2 h3 h4 h5 h6 hr img bdo bdi ' +
  'table thead tbody tfoot tr td th caption'
).split(' ');
const DROPPED_WITH_TEXT = [
  'style',
  'script',
  'textarea',
  'option',
  'noscript',
  'title',
  'head',
  'svg',
  'math',
  'iframe',
];

/**
 * A mail's HTML made safe to show: no scripts, styles or forms, no pictures from elsewhere (they tell the sender that
 * the mail was read), links that leak nothing. Pictures the mail carries become `<img data-attachment="<index>">`.
 * @returns at most 200 kB
 */
export function cleanHtml(html: string, parts: readonly MailPart[]): string {
  const byCid = new Map(parts.flatMap(({ cid, index }) => (cid === undefined ? [] : [[cid, String(index)] as const])));
  for (let length = Math.min(html.length, LONGEST_INPUT); length > 0; length = Math.floor(length / 2)) {
    const clean = sanitized(html.slice(0, length), byCid);
    if (Buffer.byteLength(clean) <= LONGEST_HTML) return clean;
  }
  return '';
}

/** Of what is nested too deeply only the beginning is read. */
function sanitizedSafely(html: string, options: IOptions): string {
  for (let length = html.length; length > 0; length = Math.floor(length / 2)) {
    let depth = 0;
    try {
      return sanitizeHtml(html.slice(0, length), {
        ...options,
        onOpenTag: () => {
          depth += 1;
          if (depth > DEEPEST_READ) throw new TooDeep();
        },
        onCloseTag: () => (depth -= 1),
      });
    } catch (error) {
      if (!(error instanceof TooDeep)) throw error;
    }
  }
  return '';
}

class TooDeep extends Error {}

function sanitized(html: string, byCid: ReadonlyMap<string, string>): string {
  return sanitizedSafely(html, {
    allowedTags: TAGS,
    nonTextTags: DROPPED_WITH_TEXT,
    allowedAttributes: {
      '*': ['dir', 'lang'],
      a: ['href', 'rel', 'target'],
      img: ['data-attachment', 'alt', 'width', 'height'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan'],
    },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowProtocolRelative: false,
    nestingLimit: DEEPEST,
    transformTags: {
      a: (tagName, attribs) => ({
        tagName,
        attribs: { ...attribs, rel: 'noopener noreferrer nofollow', target: '_blank' },
      }),
      img: (tagName, { src = '', alt = '', width = '', height = '' }) => {
        const attachment = src.startsWith('cid:') ? byCid.get(decoded(src.slice(4))) : undefined;
        return {
          tagName,
          attribs: { alt, width, height, ...(attachment === undefined ? {} : { 'data-attachment': attachment }) },
        };
      },
    },
    exclusiveFilter: ({ tag, attribs }) => tag === 'img' && attribs['data-attachment'] === undefined,
  });
}

function decoded(cid: string): string {
  try {
    return decodeURIComponent(cid);
  } catch {
    return cid;
  }
}

/** Where mail programs begin the history: everything after these is quoted. */
const FROM_HERE = /<[a-z][^<>]*?\bid\s*=\s*["']?(?:x_)*(?:appendonsend|divRplyFwdMsg|OLK_SRC_BODY_SECTION)\b/i;
/** Elements that hold the history. */
const HOLDERS = /^(?:x_)*(?:gmail_quote(?:_container)?|yahoo_quoted|protonmail_quote|moz-cite-prefix|gmail_attr)$/;

/** What of an HTML mail its sender wrote, as plain text with its line breaks. */
export function textOfHtml(html: string): string {
  const input = html.slice(0, LONGEST_INPUT);
  const history = input.search(FROM_HERE);
  const own = asText(history > 0 ? input.slice(0, history) : input, true);
  return own === '' ? fullTextOfHtml(html) : own;
}

export const fullTextOfHtml = (html: string): string => asText(html.slice(0, LONGEST_INPUT), false);

function asText(html: string, fold: boolean): string {
  const flat = sanitizedSafely(html, {
    allowedTags: TAGS.filter((tag) => tag !== 'img'),
    nonTextTags: DROPPED_WITH_TEXT,
    allowedAttributes: {},
    nestingLimit: DEEPEST,
    exclusiveFilter: ({ tag, attribs }) => fold && holdsHistory(tag, attribs),
  });
  return unescaped(
    flat
      .replaceAll(/[\s\u00A0]+/g, ' ')
      .replaceAll(/ ?<br[^>]*> ?/g, '\n')
      .replaceAll(/ ?<li> ?/g, '\n- ')
      .replaceAll(/ ?<\/?(?:p|div|ul|ol|blockquote|pre|h[1-6]|hr|table|tr)(?: \/)?> ?/g, '\n')
      .replaceAll(/<\/t[dh]>/g, ' ')
      .replaceAll(/<[^<>]*>/g, ''),
  )
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

function holdsHistory(tag: string, attribs: Readonly<Record<string, string>>): boolean {
  if (tag === 'blockquote' && attribs['type'] === 'cite') return true;
  return [...(attribs['class'] ?? '').split(/\s+/), attribs['id'] ?? ''].some((name) => HOLDERS.test(name));
}

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
