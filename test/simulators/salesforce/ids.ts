const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKSUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const INSTANCE = 'EM0';

/** The 18-character form of a 15-character id: each suffix letter says which of five characters are upper case. */
export function withChecksum(id15: string): string {
  let suffix = '';
  for (let chunk = 0; chunk < 3; chunk += 1) {
    let bits = 0;
    for (let bit = 0; bit < 5; bit += 1) {
      const letter = id15.charAt(chunk * 5 + bit);
      if (letter >= 'A' && letter <= 'Z') bits += 1 << bit;
    }
    suffix += CHECKSUM.charAt(bits);
  }
  return id15 + suffix;
}

/** The 18-character form of a 15- or 18-character id, or undefined when the text is no id (a wrong checksum included). */
export function normalizeId(text: string): string | undefined {
  if (!/^[0-9A-Za-z]+$/.test(text)) return undefined;
  if (text.length === 15) return withChecksum(text);
  return text.length === 18 && withChecksum(text.slice(0, 15)) === text ? text : undefined;
}

/** Hands out ids per key prefix: prefix (3), instance (3), a base-62 counter (9), checksum (3). */
export class IdSequence {
  private readonly next = new Map<string, number>();

  take(keyPrefix: string): string {
    const number = (this.next.get(keyPrefix) ?? 0) + 1;
    this.next.set(keyPrefix, number);
    let counter = '';
    for (let rest = number; rest > 0; rest = Math.floor(rest / 62)) counter = DIGITS.charAt(rest % 62) + counter;
    return withChecksum(keyPrefix + INSTANCE + counter.padStart(9, '0'));
  }

  reset(): void {
    this.next.clear();
  }
}
