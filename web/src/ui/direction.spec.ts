import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const source = join(__dirname, '..');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(tsx|css)$/.test(file));

// Whatever names a left or a right is wrong in one of the two directions.
const PHYSICAL = [
  /(?<![\w-])-?(?:m|p|scroll-m|scroll-p)[lr]-(?:\[|\d|auto|px)/,
  /(?<![\w-])-?(?:left|right)-(?:\[|\d|auto|px|full)/,
  /(?<![\w-])(?:text|float|clear|object|origin)-(?:left|right)(?![\w-])/,
  /(?<![\w-])(?:border|rounded)-(?:l|r|tl|tr|bl|br)(?![\w])/,
  /(?<![\w-])(?:space|divide)-x(?![\w])/,
  /(?:margin|padding|border)-(?:left|right)\b/,
  /(?:^|[;{]\s*)(?:left|right)\s*:/m,
  /text-align\s*:\s*(?:left|right)/,
  /(?:marginLeft|marginRight|paddingLeft|paddingRight)\b/,
];

it('finds what it looks for', () => {
  for (const sample of [
    'ml-2',
    '-mr-4',
    'pl-[3px]',
    'left-0',
    'text-right',
    'border-l',
    'rounded-tl-md',
    'space-x-2',
    'margin-left: 1px',
    'text-align: right',
  ])
    expect([sample, PHYSICAL.some((pattern) => pattern.test(sample))]).toEqual([sample, true]);
  for (const sample of [
    'ms-2',
    'pe-4',
    'start-0',
    'text-start',
    'border-s',
    'rounded-se-sm',
    'border-line',
    'rounded-lg',
    'due.left.minute',
  ])
    expect([sample, PHYSICAL.some((pattern) => pattern.test(sample))]).toEqual([sample, false]);
});

it.each(files)('%s lays out by reading direction only', (file) => {
  const lines = readFileSync(join(source, file), 'utf8').split('\n');
  expect(lines.filter((line) => PHYSICAL.some((pattern) => pattern.test(line)))).toEqual([]);
});
