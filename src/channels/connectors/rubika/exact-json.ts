const LONG_INTEGER = /^-?\d{16,}$/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * JSON in which whole numbers of sixteen digits and more read as texts. Rubika's message ids have eighteen digits and
 * come as text today, in old deliveries as numbers; as numbers their last digits would be lost, and two messages become
 * one. One pass, whatever the body.
 * @throws SyntaxError on anything but JSON
 */
export function parseExactly(json: string): unknown {
  return JSON.parse(/\d{16}/.test(json) ? quoted(json) : json) as unknown;
}

function quoted(json: string): string {
  const parts: string[] = [];
  let kept = 0;
  for (let at = 0; at < json.length;) {
    if (json[at] === '"') {
      at = endOfText(json, at);
      continue;
    }
    NUMBER.lastIndex = at;
    const number = NUMBER.exec(json)?.[0];
    if (number !== undefined && LONG_INTEGER.test(number)) {
      parts.push(json.slice(kept, at), `"${number}"`);
      kept = at + number.length;
    }
    at += number?.length ?? 1;
  }
  return parts.join('') + json.slice(kept);
}

/** @param start of the opening quote @returns the place after the closing one */
function endOfText(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}
