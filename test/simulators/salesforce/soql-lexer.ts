import { RequestRefused } from './errors';

export interface Token {
  kind: 'word' | 'string' | 'number' | 'date' | 'datetime' | 'symbol' | 'end';
  /** The token's text; of a string, the characters between the quotes as they were written. */
  text: string;
  at: number;
}

const SPACE = /\s+/y;
const TOKENS: readonly [Token['kind'], RegExp][] = [
  ['datetime', /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)/y],
  ['date', /\d{4}-\d\d-\d\d/y],
  ['number', /[+-]?\d+(?:\.\d+)?/y],
  ['word', /[A-Za-z_][\w.]*/y],
  ['symbol', /<=|>=|!=|<>|[=<>(),]/y],
];
const STRING = /'((?:[^'\\]|\\[\s\S])*)'/y;
const MAX_STATEMENT = 100_000;

export function malformed(message: string): RequestRefused {
  return new RequestRefused(400, 'MALFORMED_QUERY', message);
}

export function tokenize(soql: string): Token[] {
  if (soql.length > MAX_STATEMENT)
    throw malformed(`SOQL statements cannot be longer than ${MAX_STATEMENT} characters.`);
  const tokens: Token[] = [];
  let at = 0;
  while (at < soql.length) {
    const space = match(SPACE, soql, at);
    if (space !== undefined) {
      at += space[0].length;
      continue;
    }
    const token = soql[at] === "'" ? readString(soql, at) : readToken(soql, at);
    tokens.push(token.token);
    at += token.length;
  }
  tokens.push({ kind: 'end', text: '<EOF>', at });
  return tokens;
}

function readToken(soql: string, at: number): { token: Token; length: number } {
  for (const [kind, pattern] of TOKENS) {
    const found = match(pattern, soql, at);
    if (found) return { token: { kind, text: found[0], at }, length: found[0].length };
  }
  throw malformed(`${caret(soql, at)}unexpected token: '${soql.charAt(at)}'`);
}

function readString(soql: string, at: number): { token: Token; length: number } {
  const found = match(STRING, soql, at);
  if (!found) throw malformed(`${caret(soql, at)}line 1:${at} mismatched character '<EOF>' expecting '''`);
  return { token: { kind: 'string', text: found[1] ?? '', at }, length: found[0].length };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** The head of Salesforce's query errors: the statement, a caret under the place, the row and column. */
export function caret(soql: string, at: number): string {
  const from = Math.max(0, at - 40);
  return `\n${soql.slice(from, at + 20)}\n${' '.repeat(at - from)}^\nERROR at Row:1:Column:${at + 1}\n`;
}

const ESCAPES: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/** The text a literal stands for. Any backslash sequence Salesforce does not know is an error; `\%`, `\_` are LIKE's. */
export function unescape(written: string, forLike: boolean): string {
  return written.replace(/\\(u[0-9A-Fa-f]{4}|[\s\S])/g, (sequence: string, code: string) => {
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    const known = ESCAPES[code];
    if (known !== undefined) return forLike && code === '\\' ? '\\\\' : known;
    if (forLike && (code === '%' || code === '_')) return sequence;
    throw malformed(`Invalid string literal '${written}'. Illegal character sequence '${sequence}' in string literal.`);
  });
}
