import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adminEn } from './admin/en';
import { adminFa } from './admin/fa';
import { deskEn } from './desk/en';
import { deskFa } from './desk/fa';
import { en as everywhereEn } from './en';
import { fa as everywhereFa } from './fa';

const en = { ...everywhereEn, ...adminEn, ...deskEn };
const fa = { ...everywhereFa, ...adminFa, ...deskFa };

const source = join(__dirname, '..');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/.test(file) && !file.endsWith('.spec.ts') && !/^i18n.((admin|desk).)?(en|fa)\.ts$/.test(file),
);
const codeOf = (wanted: (file: string) => boolean) =>
  files
    .filter(wanted)
    .map((file) => readFileSync(join(source, file), 'utf8'))
    .join('\n');
// Only these are drawn inside AdminTexts.
const inSettings = (file: string) => /^features.(admin|reports|waves)\b/.test(file);
// Only these are drawn inside DeskTexts.
const onDesk = (file: string) =>
  /^features.(bulk-tickets|calls|channel-trouble|contacts|conversation.(event-|ended-file|under-way)|handoff|list-filters|macros|new-ticket|notifications|offers|shift|ticket-work)/.test(
    file,
  );

// t('a.b') and t(yes ? 'a.b' : 'a.c') name keys; t(`a.${x}`) names a family of them.
function callsOf(text: string): string[] {
  return [...text.matchAll(/\bt\(/g)].map(({ index }) => {
    let depth = 0;
    for (let at = index + 1; at < text.length; at += 1) {
      if (text[at] === '(') depth += 1;
      else if (text[at] === ')') depth -= 1;
      if (depth === 0) return text.slice(index, at);
    }
    return '';
  });
}
const namedIn = (calls: readonly string[]) =>
  new Set(calls.flatMap((call) => [...call.matchAll(/'([a-z][\w]*(?:\.\w+)+)'/g)].map(([, key]) => key ?? '')));
const calls = callsOf(codeOf(() => true));
const named = namedIn(calls);
const families = calls.flatMap((call) =>
  [...call.matchAll(/`([a-z][^`]*\$\{[^`]*)`/g)].map(
    ([, template]) => new RegExp(`^${(template ?? '').split(/\$\{[^}]*\}/).join('\\w+')}$`),
  ),
);
const inFamily = (key: string) => families.some((family) => family.test(key));

const keys = Object.keys(en);
const placeholders = (message: string) =>
  [...new Set([...message.matchAll(/\{(\w+)(?=[,}])/g)].map(([, name]) => name))]
    .filter((name) => name !== undefined)
    .toSorted();

it('has the same keys in both languages', () => expect(Object.keys(fa).toSorted()).toEqual(keys.toSorted()));

it('has no key that nothing uses', () => expect(keys.filter((key) => !named.has(key) && !inFamily(key))).toEqual([]));

it('has every key that something uses', () => expect([...named].filter((key) => !keys.includes(key))).toEqual([]));

it('has no key twice', () =>
  expect(
    Object.keys({ ...adminEn, ...deskEn }).filter(
      (key) => [everywhereEn, adminEn, deskEn].filter((words) => Object.hasOwn(words, key)).length > 1,
    ),
  ).toEqual([]));

it('fetches the words of the settings only for the settings', () => {
  const elsewhere = namedIn(callsOf(codeOf((file) => !inSettings(file))));
  expect([...elsewhere].filter((key) => Object.hasOwn(adminEn, key))).toEqual([]);
});

it('fetches the words of the desk only for the desk', () => {
  const elsewhere = namedIn(callsOf(codeOf((file) => !onDesk(file))));
  expect([...elsewhere].filter((key) => Object.hasOwn(deskEn, key))).toEqual([]);
});

it.each(keys)('%s takes the same values in both languages', (key) => {
  const name = key as keyof typeof en;
  expect(placeholders(fa[name])).toEqual(placeholders(en[name]));
});

it('leaves no Persian message untranslated', () => {
  // Names that are the same everywhere.
  const same = new Set(['admin.crm', 'list.capped', 'actor.crm', 'common.comma', 'common.quoted', 'slot.until']);
  expect(keys.filter((key) => !same.has(key) && !/[\u0600-\u06ff]/.test(fa[key as keyof typeof en]))).toEqual([]);
});
