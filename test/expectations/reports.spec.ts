import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { crmWords } from '../../src/refusals/crm-words';
import { patternOf, valuesIn, type Catalogue } from '../../src/refusals/saying';
import { PARTS, REPORTS, SAYINGS } from '../../src/refusals/sayings';
import { LIBRARIES } from '../../src/refusals/words/reports/libraries';
import { SALESFORCE } from '../../src/refusals/words/salesforce';

const root = join(__dirname, '..', '..', 'src');
const HOLE = '\0';

/** Where work is done whose outcome people read: at networks, in the ledger, on the line, in Salesforce. */
const REPORTING =
  /^(channels|outbound|crm|webhooks|media|realtime|calls.voice|jobs|inbox.conversations.intake|handoff.mail)/;
/** Read by an operator at a terminal, by a program, or by a customer; not by whoever looks at the console. */
const READ_ELSEWHERE =
  /^(realtime.(realtime\.metrics|io-adapter)|calls.voice.(voice-webhooks|twilio.twiml)|channels.connectors.(registry|webchat.(widget-pages|visitor-messages))|channels.ingress.webhook-server|jobs.(bull-board|job-handlers)|media.blob-store|channels.connectors.email.(mail-message|mail|smtp\.client|email\.door)|inbox.conversations.intake-threads)\./;
/** What is put around sentences: the brackets with a code, a sentence that goes on. Each part is looked for by itself. */
const AROUND = [
  /^\0 \(/,
  /^\0 [A-Z]/,
  /^\0\.$/,
  /^[\w-]+: \0$/,
  /^\w+ \0$/,
  /of at most \0 \0$/,
  /^(Basic|Bearer) /,
  /^\0[;,]/,
];
/** Words that are no sentence and yet a reason: of the ledger, in the ways it settles an event. */
const WORD = /\b(?:reason: |\? | : )'([a-z]+(?:_[a-z]+)+)'/g;

interface Said {
  sentence: string;
  at: string;
}

const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'),
);
const read = (name: string) => readFileSync(join(root, name), 'utf8');

/** Every sentence of English in a file that no decorator, log or statement of SQL holds. */
function sentencesOf(name: string): Said[] {
  const file = ts.createSourceFile(name, read(name), ts.ScriptTarget.ES2022, true);
  const said: Said[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isDecorator(node) || ts.isImportDeclaration(node)) return;
    if (ts.isPropertyAssignment(node) && /^(en|fa|description|summary)$/.test(node.name.getText())) return;
    if (ts.isCallExpression(node) && /\blog\.|\.(execute|query|raw)$/.test(node.expression.getText())) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const sentence = textOf(node);
      if (isSentence(sentence)) {
        const { line } = file.getLineAndCharacterOfPosition(node.getStart());
        said.push({ sentence, at: `${name}:${line + 1}` });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return said;
}

function textOf(node: ts.StringLiteralLike | ts.TemplateExpression): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  return node.head.text + node.templateSpans.map(({ literal }) => HOLE + literal.text).join('');
}

const isSentence = (text: string): boolean =>
  /^[A-Z\0]/.test(text) && /[a-z]\w* \S/.test(text) && /[.!?)\0]$/.test(text) && !/\n|\$\d|^SELECT /.test(text);

const reporting = names.filter((name) => REPORTING.test(name) && !READ_ELSEWHERE.test(name));
const said = reporting.flatMap(sentencesOf);
const catalogue = Object.assign({}, ...REPORTS) as Catalogue;
const entries = Object.entries(catalogue);

/** Constants that end a sentence of several. */
const GONE = 'is gone or was never there.';
const asSaid = ({ sentence, at }: Said) =>
  at.includes('telegram.errors') ? sentence.replace(/\0$/, GONE) : sentence.replace(/ ?\0$/, '');

it('has words in both languages for whatever becomes of work', () => {
  const without = said.filter(
    (one) =>
      !SAYINGS.tell(asSaid(one)) && !SAYINGS.tell(one.sentence) && !AROUND.some((part) => part.test(one.sentence)),
  );
  expect([...new Set(without.map(({ at, sentence }) => `${at} ${sentence.replaceAll(HOLE, '…')}`))]).toEqual([]);
});

it('has words for every code that settles an event', () => {
  const settling = names.filter((name) => /^inbox.conversations.intake|^channels.connectors.email.parse/.test(name));
  const codes = settling.flatMap((name) =>
    [...read(name).matchAll(/state: '(?:ignored|applied)'[^\n]*|type: 'ignored'[^\n]*/g)].flatMap(([line]) =>
      [...line.matchAll(WORD)].map(([, code]) => code!),
    ),
  );
  expect(codes.length).toBeGreaterThan(10);
  expect([...new Set(codes)].filter((code) => SAYINGS.tell(code) === undefined)).toEqual([]);
});

it('has no words that nothing says', () => {
  const all = names.map(read).join('\n');
  const sentences = said.map(asSaid);
  const longest = (says: string) =>
    says
      .split(/\$\w+/)
      .toSorted((a, b) => b.length - a.length)[0]!
      .trim();
  const unused = entries.filter(
    ([, [says]]) => !all.includes(longest(says)) && !sentences.some((one) => patternOf(says).test(one)),
  );
  expect(unused.map(([code, [says]]) => `${code}: ${says}`)).toEqual([]);
});

it('has each code once', () => {
  const codes = [...PARTS, ...REPORTS, LIBRARIES].flatMap((part) => Object.keys(part));
  expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([]);
});

it('has words for every code of Salesforce that is told apart', () => {
  const kinds = read(join('crm', 'salesforce', 'errors.ts'));
  const table = kinds.slice(kinds.indexOf('const KINDS'), kinds.indexOf('const KIND_OF'));
  const codes = [...table.matchAll(/'([A-Za-z_]{4,})'/g)].map(([, code]) => code!);
  expect(codes.length).toBeGreaterThan(60);
  const ours = [...read(join('crm', 'crm.sync.ts')).matchAll(/(?:pause|needsAttention)\([^)]*'(\w+)'/g)].map(
    ([, code]) => code!,
  );
  expect(ours).toContain('daily_share');
  expect([...codes, ...ours, 'misconfigured'].filter((code) => !Object.hasOwn(SALESFORCE, code))).toEqual([]);
});

const all = [...entries, ...Object.entries<Catalogue[string]>(LIBRARIES)];
const failing = (fails: (saying: Catalogue[string]) => boolean) =>
  all.flatMap(([code, saying]) => (fails(saying) ? [`${code}: ${saying[1]}`] : []));

it('says in neither language more than is known', () =>
  expect(failing(([says, fa, en = '']) => valuesIn(fa + en).some((name) => !valuesIn(says).includes(name)))).toEqual(
    [],
  ));

it('loses no value that was told', () =>
  expect(
    failing(([says, fa]) => valuesIn(says).some((name) => name !== 'duration' && !valuesIn(fa).includes(name))),
  ).toEqual([]));

it.each([
  ['Persian sentences that end', (fa: string) => /[\u0600-\u06ff]/.test(fa) && /([.؟)⁩]|\$\w+)$/.test(fa)],
  ['the letters, digits and marks of Persian', (fa: string) => !/[يك٠-٩"]|,/.test(fa)],
  ['half-spaces', (fa: string) => !/(^|\s)ن?می\s|\sها(ی|\s|\.|$)|\sتر(ین)?\s/.test(fa)],
])('is written with %s', (_, holds) => {
  const salesforce = Object.values(SALESFORCE).map(({ fa }) => fa);
  expect(failing(([, fa]) => !holds(fa))).toEqual([]);
  expect(salesforce.filter((fa) => !holds(fa))).toEqual([]);
});

it('begins no Persian sentence with a Latin word that would turn it', () =>
  expect(failing(([, fa]) => /^[A-Za-z]/.test(fa))).toEqual([]));

it.each([
  ['a code nobody has seen', 'MADE_UP', 'odd wording', 'با کدی که نمی‌شناسیم'],
  ['a duplicate', 'DUPLICATES_DETECTED', 'Use one of these records?', 'تکراری'],
  ['a code that is nobody’s property', 'constructor', 'x', 'با کدی که نمی‌شناسیم'],
])('keeps %s with its own words', (_, code, own, fa) => {
  const words = crmWords(code, own);
  expect(words.fa).toContain(fa);
  for (const text of Object.values(words)) expect(text).toContain(`(${code}: ${own})`);
});
