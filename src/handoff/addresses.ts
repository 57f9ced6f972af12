const INVISIBLE = /[\u{200B}-\u{200F}\u{202A}-\u{202E}\u{2060}-\u{2069}\u{FEFF}\u{061C}\u{00AD}]/gu;
const DIGITS = /[۰-۹٠-٩]/g;
// Strangers write the text: every run below is bounded and begins where a word does, and runs of spaces are one space
// by then, so that the time they take grows with the text and not with its square.
const SPACES = /\s+/gu;
// spelled out on purpose, where both signs are: one alone is an ordinary word
const BRACKETED_AT = / ?[[({] ?(?:at|@|ات|اد ساین|ادساین) ?[\])}] ?/giu;
const BRACKETED_DOT = / ?[[({] ?(?:dot|\.|دات|نقطه) ?[\])}] ?/giu;
const SPELLED =
  /(?<![a-z0-9._-])([a-z0-9][a-z0-9._-]{0,63}) (?:at|ات|اد ساین|ادساین) ([a-z0-9-]{1,63})((?: (?:dot|دات|نقطه) [a-z0-9-]{1,63}){1,8})(?![a-z0-9])/giu;
const SPELLED_DOT = / (?:dot|دات|نقطه) /giu;
// RFC 5321 allows far more; people's own addresses are these letters
const ADDRESS =
  /(?<![a-z0-9._%+@-])[a-z0-9](?:[a-z0-9._%+'-]{0,62}[a-z0-9_+-])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:xn--[a-z0-9-]{2,59}|[a-z]{2,24})(?![a-z0-9@-])/gi;

/**
 * The e-mail addresses in what somebody wrote, in lower case and in order: with Persian digits, direction marks and wide
 * signs as keyboards leave them, and spelled out (`negar at example dot com`, `negar [at] example.com`).
 */
export function findAddresses(text: string): string[] {
  const plain = text
    .normalize('NFKC')
    .replaceAll(INVISIBLE, '')
    .replaceAll(SPACES, ' ')
    .replaceAll(DIGITS, (digit) => String((digit.codePointAt(0) ?? 0) & 15))
    .replaceAll(BRACKETED_AT, '@')
    .replaceAll(BRACKETED_DOT, '.')
    .replaceAll(
      SPELLED,
      (_, local: string, host: string, rest: string) => `${local}@${host}${rest.replaceAll(SPELLED_DOT, '.')}`,
    );
  const found = plain.match(ADDRESS) ?? [];
  return [...new Set(found.map((address) => address.toLowerCase()).filter((address) => !address.includes('..')))];
}

/** What shows whose address it is without telling it: `n***@e***.com`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  const dot = domain.lastIndexOf('.');
  return `${address.slice(0, 1)}***@${domain.slice(0, 1)}***${dot < 0 ? '' : domain.slice(dot)}`;
}

const YES = new Set(
  words(
    'بله بلی آره اره اری آری درسته درست صحیح صحیحه تایید تأیید اوکی باشه حتما خودشه yes yep yeah correct right ok okay sure bale are areh dorost doroste',
  ),
);
const NO = new Set(words('نه خیر اشتباه اشتباهه غلط غلطه نیست نمیشه no nope wrong incorrect not na nah eshtebah'));
const FILLERS = new Set(
  words('است هست همین همینه این لطفا ممنون مرسی سلام که و آن it is that this please thanks hi the'),
);

function words(text: string): string[] {
  return text.split(' ');
}

/** Whether somebody who was asked "is this right?" says yes or no; null when they say something else. */
export function confirms(text: string): 'yes' | 'no' | null {
  const said = (
    text
      .replaceAll(INVISIBLE, ' ')
      .toLowerCase()
      .match(/[\p{L}\p{M}']+/gu) ?? []
  ).filter((word) => !FILLERS.has(word));
  if (said.length === 0) return /^\s*(?:👍|👌|✅)\p{Emoji_Modifier}?\s*$/u.test(text) ? 'yes' : null;
  if (said.length > 4) return null;
  if (said.some((word) => NO.has(word))) return 'no';
  return said.every((word) => YES.has(word)) ? 'yes' : null;
}
