import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as validator from 'class-validator';
import { patternOf, valuesIn, type Catalogue } from '../../src/refusals/saying';
import { PARTS, SAYINGS } from '../../src/refusals/sayings';
import { VOCABULARY } from '../../src/refusals/vocabulary';
import { HOLE, SaidInSource } from './said-in-source';

const root = join(__dirname, '..', '..', 'src');
const catalogue = Object.assign({}, ...PARTS) as Catalogue;
const entries = Object.entries(catalogue);
const patterns = entries.map(([code, [says]]) => ({ code, says, pattern: patternOf(says) }));

// What stops a start is read on a terminal by whoever runs the server.
const AT_START = /^platform[\\/](embedded-postgres|config|retention)|^identity[\\/]route-access/;
// The beginning of a list of fields: each field has words of its own.
const ABOUT_FIELDS = /^(Please correct: .*|\0\.)$/;
// Made elsewhere: by networks, or by rules that are called through tables; what a value "must" be is found by its word.
const FOLLOWED_ELSEWHERE: readonly string[] = [
  'channels/care/care.service.ts list.reason',
  'channels/connectors/api-channel/api-channel.schema.ts PLAIN[rule].must',
  'macros/macros.service.ts problem',
  'outbound/moderation-worker.ts end.reason',
  'outbound/moderation.service.ts refusal.reason',
  'platform/validation.ts problem',
  'rules/actions.ts check(rest[key])',
  'rules/conditions.ts value.map((one) => single(field, kind, op, one)).find((problem) => problem !== null)',
  'webhooks/webhooks.service.ts this.call.problemOf(url)',
];

const source = new SaidInSource(root);
const reaching = source.said.filter(({ at }) => !AT_START.test(at));
const anyWord = Object.values(VOCABULARY).flatMap((words) => Object.keys(words));
const standsForValue = (value: string) => value === HOLE || /^\d+$/.test(value) || anyWord.includes(value);

/** The code of a sentence: its words are the catalogue's, and where the catalogue has a value the source has one too. */
function codeOf(sentence: string): string | undefined {
  for (const { code, says, pattern } of patterns) {
    const match = pattern.exec(sentence);
    if (match?.slice(1).every(standsForValue) && (match.length > 1 || sentence === says)) return code;
  }
  return undefined;
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
  .map((name) => readFileSync(join(root, name), 'utf8'));

// What each check wants, and a value it refuses, where "x y" is none.
const WANTS: Record<string, unknown[]> = {
  IsIn: [['a', 'b']],
  Min: [1],
  Max: [9],
  Length: [2, 5],
  Matches: [/a/],
  ArrayMaxSize: [1],
  ArrayMinSize: [1],
  MaxLength: [2],
  MinLength: [9],
  Equals: [true],
};
// Where what is wanted is one, the sentence is another.
const WANTS_ONE: Record<string, unknown[]> = { Length: [1, 5], MinLength: [1] };
const REFUSED: Record<string, unknown[]> = {
  Length: ['', 'abcdef', 5],
  ArrayMaxSize: [[1, 2]],
  ArrayUnique: [[1, 1]],
  ArrayNotEmpty: [[]],
  ArrayMinSize: [[]],
  IsDefined: [undefined],
  IsString: [5],
};
const SILENT = ['IsOptional', 'ValidateIf', 'ValidateBy', 'ValidationError'];

/** What class-validator itself says by the checks that the source uses. */
function saidByValidator(): string[] {
  const checks = { ...validator } as unknown as Record<string, (...wants: unknown[]) => PropertyDecorator>;
  const used = files.flatMap((text) => /import \{([^}]*)\} from 'class-validator'/.exec(text)?.[1]?.split(',') ?? []);
  const names = [...new Set(used.map((name) => name.replace('type ', '').trim()))].filter(
    (name) => /^[A-Z]/.test(name) && !SILENT.includes(name) && typeof checks[name] === 'function',
  );
  return names.flatMap((name) =>
    [WANTS[name] ?? (name === 'IsUUID' ? [undefined] : []), WANTS_ONE[name]].flatMap((wants) =>
      (wants ? (REFUSED[name] ?? ['x y']) : []).flatMap((value) =>
        [{}, { each: true }].flatMap((options) => {
          class Probe {
            field: unknown = 'each' in options ? [value] : value;
          }
          checks[name]!(...(wants ?? []), options)(Probe.prototype, 'field');
          const said = validator.validateSync(new Probe(), { whitelist: true, forbidNonWhitelisted: true });
          return said.flatMap(({ constraints }) => Object.values(constraints ?? {}));
        }),
      ),
    ),
  );
}
const byValidator = [
  ...saidByValidator(),
  'property field should not exist',
  'an unknown value was passed to the validate function',
];

it('follows every sentence to where it is written', () =>
  expect([...source.lost].toSorted()).toEqual([...FOLLOWED_ELSEWHERE].toSorted()));

it('has words in Persian and English for everything the product refuses with', () => {
  const without = reaching.filter(({ sentence }) => codeOf(sentence) === undefined && !ABOUT_FIELDS.test(sentence));
  expect([...new Set(without.map(({ sentence, at }) => `${at} ${sentence.replaceAll(HOLE, '…')}`))].toSorted()).toEqual(
    [],
  );
});

it('has words for what the checks of the edge say', () =>
  expect(byValidator.filter((said) => SAYINGS.tell(said) === undefined)).toEqual([]));

it('has no words that nothing says', () => {
  const used = new Set([
    ...reaching.map(({ sentence }) => codeOf(sentence)),
    ...byValidator.map((said) => SAYINGS.tell(said)?.reason),
    'fields_wrong',
    'field_wrong_because',
  ]);
  expect(entries.flatMap(([code, [says]]) => (used.has(code) ? [] : `${code}: ${says}`))).toEqual([]);
});

it('knows every thing that can be missing', () => {
  const things = files.flatMap((text) => [...text.matchAll(/notFound\('([^']+)'\)/g)].map(([, thing]) => thing ?? ''));
  expect([...new Set(things)].filter((thing) => !Object.hasOwn(VOCABULARY['thing'] ?? {}, thing))).toEqual([]);
});

it('has each code in one part', () => {
  const codes = PARTS.flatMap((part) => Object.keys(part));
  expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([]);
});

const entriesThat = (fail: (saying: (typeof entries)[number][1]) => boolean) =>
  entries.flatMap(([code, saying]) => (fail(saying) ? [`${code}: ${saying[1]}`] : []));

it('says in neither language more than is known', () =>
  expect(
    entriesThat(([says, fa, en = '']) => {
      const known = valuesIn(says);
      return valuesIn(fa + en).some((name) => !known.includes(name));
    }),
  ).toEqual([]));

it.each([
  ['Persian sentences that end', (fa: string) => /[\u0600-\u06ff]/.test(fa) && /[.؟]$/.test(fa)],
  ['the letters, digits and marks of Persian', (fa: string) => !/[يك٠-٩"]|,/.test(fa)],
  ['half-spaces', (fa: string) => !/(^|\s)ن?می\s|\sها(ی|\s|\.|$)|\sتر(ین)?\s/.test(fa)],
])('is written with %s', (_, holds) => expect(entriesThat(([, fa]) => !holds(fa))).toEqual([]));
