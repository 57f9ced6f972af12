import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { en } from './en';
import { fa } from './fa';

const source = join(__dirname, '..');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/.test(file) && !file.endsWith('.spec.ts') && !/^i18n.(en|fa)\.ts$/.test(file),
);
const code = files.map((file) => readFileSync(join(source, file), 'utf8')).join('\n');

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
const calls = callsOf(code);
const named = new Set(
  calls.flatMap((call) => [...call.matchAll(/'([a-z][\w]*(?:\.\w+)+)'/g)].map(([, key]) => key ?? '')),
);
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

it.each(keys)('%s takes the same values in both languages', (key) => {
  const name = key as keyof typeof en;
  expect(placeholders(fa[name])).toEqual(placeholders(en[name]));
});

it('leaves no Persian message untranslated', () => {
  // Names that are the same everywhere.
  const same = new Set(['admin.crm', 'list.capped', 'actor.crm', 'common.comma', 'common.quoted']);
  expect(keys.filter((key) => !same.has(key) && !/[\u0600-\u06ff]/.test(fa[key as keyof typeof en]))).toEqual([]);
});
