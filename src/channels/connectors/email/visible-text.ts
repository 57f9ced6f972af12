/**
 * Parts what a person wrote from the history their mail program put under it. Every rule looks at a line, or three in a
 * row, by its beginning and end, so the work grows with the length of the mail and no letter can be written that
 * stalls it (pattern lists with several wildcards take minutes on 40 kB made for them).
 */

/** Stands above our own mails; what is below it when a reply comes back is ours. */
export const REPLY_LINE = 'لطفاً بالای این خط پاسخ دهید · Please reply above this line';

const LONGEST_LINE = 300; // characters looked at; attributions and header lines are shorter
const MOST_LINES = 20_000;

/** «On … wrote:» as mail programs put it above what they quote: how it begins and how it ends, by language. */
const ATTRIBUTIONS: readonly { starts: readonly string[]; ends: readonly string[] }[] = [
  { starts: ['در تاریخ', 'در ', 'به تاریخ'], ends: ['نوشت:', 'نوشته:', 'نوشته است:', 'نوشتهاست:', 'نوشتند:'] },
  { starts: ['on '], ends: ['wrote:', 'writes:'] },
  { starts: ['في '], ends: ['كتب:', 'کتب:', 'کتبت:'] },
  { starts: ['le '], ends: ['a écrit:'] },
  { starts: ['el '], ends: ['escribió:'] },
  { starts: ['il ', 'in data '], ends: ['ha scritto:'] },
  { starts: ['em '], ends: ['escreveu:'] },
  { starts: ['w dniu', 'dnia '], ends: ['napisał:', 'napisała:', 'napisał(a):', 'pisze:'] },
  { starts: [''], ends: ['пишет:', 'написал:', 'написала:', 'şunu yazdı:', '写道：', '写道:', 'kirjoitti:', '작성:'] },
];
/** Languages that put the writer after the verb. */
const VERB_INSIDE: readonly { starts: string; verb: string }[] = [
  { starts: 'am ', verb: ' schrieb ' },
  { starts: 'op ', verb: ' schreef ' },
  { starts: 'den ', verb: ' skrev ' },
  { starts: 'في ', verb: ' کتب ' },
];

/** Outlook repeats the headers of what it quotes: each language's words for sender, and for what follows it. */
const SENDER = new Set(['from', 'از', 'فرستنده', 'von', 'de', 'da', 'van', 'من', 'от', 'kimden']);
const FOLLOWING = new Set(
  (
    'sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|para|asunto|assunto|inviato|oggetto|' +
    'verzonden|aan|onderwerp|gönderildi|отправлено|тема|الموضوع|إلی|' +
    'ارسالشده|ارسال شده|تاریخ|به|گیرنده|موضوع|رونوشت'
  ).split('|'),
);
const SEPARATORS = (
  'original message|forwarded message|ursprüngliche nachricht|message d’origine|mensaje original|' +
  'پیام اصلی|پیام ارسالشده|پیام بازارسالشده|پیام فورواردشده|پیام هدایتشده'
).split('|');
const SENT_FROM = ['sent from my ', 'get outlook for ', 'ارسال شده از ', 'ارسالشده از ', 'فرستادهشده از '];

/**
 * The visible part of a mail's plain text, unchanged letter for letter. All of it when nothing would be left.
 * @param replyLine what stood above our own mails, if not {@link REPLY_LINE}
 */
export function visibleText(text: string, replyLine?: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const plain = lines.slice(0, MOST_LINES).map(comparable);
  const cut = Math.min(
    historyStart(plain, [REPLY_LINE, replyLine ?? ''].map(comparable).filter(Boolean)),
    lastOwnLine(plain) + 1,
  );
  const visible = lines
    .slice(0, withoutSignature(plain, plain.length < lines.length && cut === plain.length ? lines.length : cut))
    .join('\n')
    .trim();
  return visible === '' ? text.replaceAll('\r\n', '\n').trim() : visible;
}

/** One letter for the two forms of ye and kaf, no joiners and direction marks, lower case. */
function comparable(line: string): string {
  return line
    .slice(0, LONGEST_LINE)
    .replaceAll('ي', 'ی')
    .replaceAll('ك', 'ک')
    .replaceAll(/[\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g, '')
    .replaceAll(/[\u00A0\t ]+/g, ' ')
    .trim()
    .toLowerCase();
}

/** The line from which everything is history: our reply line, a separator, or a block of repeated headers. */
function historyStart(lines: readonly string[], replyLines: readonly string[]): number {
  for (const [at, line] of lines.entries()) {
    if (replyLines.some((own) => line.includes(own))) return above(lines, at);
    if (isSeparator(line) || isHeaderBlock(lines, at)) return at > 0 && /^_{5,}$/.test(lines[at - 1]!) ? at - 1 : at;
    const length = attributionAt(lines, at);
    if (length > 0 && !nextLine(lines, at + length)?.startsWith('>')) return at;
  }
  return lines.length;
}

/** The attribution above our reply line belongs to the history too. */
function above(lines: readonly string[], at: number): number {
  for (let start = Math.max(0, at - 6); start < at; start++) {
    const length = attributionAt(lines, start);
    if (length > 0 && lines.slice(start + length, at).every((line) => line.replaceAll(/[> ]/g, '') === ''))
      return start;
  }
  return at;
}

/** The last line somebody wrote themselves, so that answers between quoted lines stay with their questions. */
function lastOwnLine(lines: readonly string[]): number {
  let last = -1;
  for (let at = 0; at < lines.length; at++) {
    const length = attributionAt(lines, at);
    if (length > 0) at += length - 1;
    else if (lines[at] !== '' && !lines[at]!.startsWith('>')) last = at;
  }
  return last;
}

/** How many lines from here are an attribution, 0 when none: programs wrap it at 76 characters. */
function attributionAt(lines: readonly string[], at: number): number {
  const first = lines[at]!.replace(/^-+ ?/, '');
  if (first === '' || first.startsWith('>')) return 0;
  let joined = '';
  for (let count = 1; count <= 3 && at + count <= lines.length; count++) {
    const line = count === 1 ? first : lines[at + count - 1]!;
    if (line === '' && count > 1) return 0;
    joined = joined === '' ? line : `${joined} ${line}`;
    if (isAttribution(joined.replace(/ ?-+$/, '').replace(/ ([:：])$/, '$1'))) {
      // A sentence may end like this too: an address, a time or a quote says that it is none.
      if (/@|[\d۰-۹٠-٩][:.][\d۰-۹٠-٩]/.test(joined) || nextLine(lines, at + count)?.startsWith('>')) return count;
    }
  }
  return 0;
}

function isAttribution(line: string): boolean {
  if (!line.endsWith(':') && !line.endsWith('：')) return false;
  const framed = ATTRIBUTIONS.some(
    ({ starts, ends }) => starts.some((start) => line.startsWith(start)) && ends.some((end) => line.endsWith(end)),
  );
  return framed || VERB_INSIDE.some(({ starts, verb }) => line.startsWith(starts) && line.includes(verb));
}

function nextLine(lines: readonly string[], from: number): string | undefined {
  for (let at = from; at < Math.min(lines.length, from + 5); at++) if (lines[at] !== '') return lines[at];
  return undefined;
}

function isSeparator(line: string): boolean {
  if (!line.startsWith('--') || !line.endsWith('--')) return false;
  const words = line.replaceAll('-', ' ').trim();
  return SEPARATORS.some((separator) => words.startsWith(separator));
}

const named = (line: string): string =>
  line
    .replaceAll('*', '')
    .split(/ ?[:：]/, 1)[0]!
    .trim();

function isHeaderBlock(lines: readonly string[], at: number): boolean {
  const line = lines[at]!;
  if (!/[:：]/.test(line) || !SENDER.has(named(line))) return false;
  const next = lines.slice(at + 1, at + 7).filter((other) => /[:：]/.test(other) && FOLLOWING.has(named(other)));
  return next.length >= 2;
}

/** Leaves out a signature under `-- ` (RFC 3676 §4.3) and what a telephone adds. */
function withoutSignature(lines: readonly string[], end: number): number {
  let last = end;
  const mark = lines.slice(0, last).lastIndexOf('--');
  if (mark > 0 && last - mark <= 15 && lines.slice(0, mark).some((line) => line !== '')) last = mark;
  while (last > 1 && (lines[last - 1] === '' || SENT_FROM.some((own) => lines[last - 1]?.startsWith(own)))) last -= 1;
  return last;
}
