import fc from 'fast-check';

/** Written in place of a string that names it, where JSON has a token that JavaScript cannot hold. */
const RAW: Readonly<Record<string, string>> = {
  '@raw:huge': '1e400',
  '@raw:long': '123456789012345678901234567890.12345678901234567890',
  '@raw:minus': '-0.0e-999',
  '@raw:deep': `${'['.repeat(3_000)}${']'.repeat(3_000)}`,
};

/** What no network sends and somebody might: each is one value. */
const HOSTILE: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  '0',
  0,
  -1,
  0.5,
  2 ** 53,
  '99999999999999999999999999',
  [],
  {},
  [[[]]],
  [null],
  'null\u0000byte',
  '\u0000',
  'lone \ud800 high',
  '\udc00 lone low',
  '\u202eright to left\u202c',
  '__proto__',
  'constructor',
  'toString',
  "'; DROP TABLE messages; --",
  '<script>alert(1)</script>',
  '2026-13-45T99:99:99Z',
  'ز'.repeat(70_000),
  JSON.parse('{"__proto__":{"polluted":true}}') as unknown,
  { constructor: { prototype: { polluted: true } } },
  { toString: 1, valueOf: null, hasOwnProperty: 'no' },
  { length: 4_294_967_296, 0: 'array-like' },
  ...Object.keys(RAW),
];

type Json = unknown;
const isContainer = (value: Json): value is Record<string, Json> | Json[] =>
  typeof value === 'object' && value !== null;

/** Where a change is made, and which. Numbers are taken modulo what there is. */
interface Change {
  place: number;
  key: number;
  how: 'replace' | 'remove' | 'add' | 'rename' | 'repeat' | 'bury';
  value: Json;
}

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(10_000),
  key: fc.nat(10_000),
  how: fc.constantFrom<Change['how'][]>('replace', 'replace', 'remove', 'add', 'rename', 'repeat', 'bury'),
  value: fc.oneof(fc.constantFrom(...HOSTILE), fc.jsonValue({ maxDepth: 3 })),
});

/** One to four changes anywhere in a value. */
export const changes = fc.array(change, { minLength: 1, maxLength: 4 });

export function mutated(original: Json, list: readonly Change[]): Json {
  let value = structuredClone(original);
  for (const one of list) value = changed(value, one);
  return value;
}

function changed(root: Json, { place, key, how, value }: Change): Json {
  const containers = containersOf(root);
  const container = containers[place % Math.max(containers.length, 1)];
  if (!container) return value;
  const keys = Object.keys(container);
  const name = keys[key % Math.max(keys.length, 1)] ?? '0';
  const members = container as Record<string, Json>;
  switch (how) {
    case 'replace':
      define(members, name, value);
      break;
    case 'remove':
      if (Array.isArray(container)) container.splice(Number(name), 1);
      else delete members[name];
      break;
    case 'add':
      if (Array.isArray(container)) container.push(value);
      else define(members, ['__proto__', 'constructor', 'surprise', '', '0'][key % 5]!, value);
      break;
    case 'rename':
      define(members, `${name}\u0000`, members[name]);
      delete members[name];
      break;
    case 'repeat':
      if (Array.isArray(container)) container.push(...structuredClone(container).slice(0, 20));
      break;
    case 'bury':
      define(members, name, { [name]: [members[name]] });
      break;
  }
  return root;
}

/** As an own property, whatever its name. */
const define = (into: object, name: string, value: Json) =>
  Object.defineProperty(into, name, { value, enumerable: true, configurable: true, writable: true });

function containersOf(root: Json): (Record<string, Json> | Json[])[] {
  const found: (Record<string, Json> | Json[])[] = [];
  const waiting = [root];
  while (waiting.length > 0 && found.length < 2_000) {
    const next = waiting.pop();
    if (!isContainer(next)) continue;
    found.push(next);
    waiting.push(...Object.values(next));
  }
  return found;
}

/** The bytes of a body, with the tokens that JavaScript cannot hold. */
export function written(value: Json): Buffer {
  const text = JSON.stringify(value).replaceAll(/"(@raw:[a-z]+)"/g, (all, name: string) => RAW[name] ?? all);
  return Buffer.from(text, 'utf8');
}
