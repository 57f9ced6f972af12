import { parseArgs } from 'node:util';
import { type Measures, type ScenarioResult, simulate } from './measure';
import { findScenario, type Scenario, shipped } from './scenario';

const HELP = `Lives a day at the desk with the product's own routing decision and with what others do: the same arrivals, the
same work, the same people. Shows medians over the seeds. Needs no database and no network.

  npm run simulate:routing -- [--scenario NAME|FILE] [--all] [--seeds N] [--seed N] [--json]

  --scenario S  a shipped scenario, or a JSON file like those in test/simulate/scenarios; may be given again
  --all         every shipped scenario (the default)
  --seeds N     how many days of each (default 10)
  --seed N      the first seed (default 1)
  --json        one JSON object on stdout and nothing else

  late          answered after the due time, or due and not answered by the end of the day
  at least      what would be late whoever decides, though they knew the whole day
  wait          from arrival to the first answer, minutes: mean, 95th percentile and longest
  idle          people here with nothing in hand, of the time they are here
  gini          how unevenly work is spread over people's time here: 0 is even

Policies: pasokh is src/routing/decide.ts; round robin gives what waits longest to the next in turn; least busy gives it to
whoever has least in hand. All three heed skills, capacity and who let an offer pass.

How a day goes: an agent's conversations in hand share their attention equally; each further one adds a little to the pace
(concurrencyGain). Handling times are drawn once and known to no policy; pasokh learns averages by kind of work as the day
goes on. Whoever leaves, for a break too, hands over what they have in hand. Who falls silent still gets work for five
minutes; each offer comes back after one.

Scenarios:
`;

function main(): void {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', multiple: true },
      all: { type: 'boolean', default: false },
      seeds: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    const list = shipped().map(({ name, says }) => `  ${name.padEnd(30)}${says}\n`);
    process.stdout.write(HELP + list.join(''));
    return;
  }
  const first = wholeNumber('seed', values.seed, 0);
  const seeds = Array.from({ length: wholeNumber('seeds', values.seeds, 1) }, (_, i) => first + i);
  const chosen: Scenario[] = values.scenario && !values.all ? values.scenario.map(findScenario) : shipped();
  const results = chosen.map((scenario) => {
    const result = simulate(scenario, seeds);
    if (!values.json) process.stdout.write(`${tableOf(result)}\n`);
    return result;
  });
  if (values.json) process.stdout.write(`${JSON.stringify({ seeds, scenarios: results })}\n`);
}

function wholeNumber(name: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least) throw new Error(`--${name} is a whole number from ${least} up.`);
  return number;
}

const HEADINGS = ['', 'late', 'VIPs late', 'wait', 'p95', 'longest', 'idle', 'gini', 'open at close'];

function tableOf({ scenario, says, seeds, arrived, policies, bound, ofRoundRobin }: ScenarioResult): string {
  const rows = [
    HEADINGS,
    ...Object.entries(policies).map(([name, measures]) => [name, ...cells(measures)]),
    ['at least', percent(bound.lateShare), percent(bound.vipLateShare)],
  ];
  const widths = HEADINGS.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, i) => (i ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  '),
  );
  const against = ofRoundRobin === null ? '' : ` Late tickets: ${percent(ofRoundRobin)} of round robin's.`;
  return `${scenario}: ${says}\n${lines.join('\n')}\n${arrived} arrivals a day, ${seeds.length} days.${against}\n`;
}

const cells = (m: Measures): string[] => [
  percent(m.lateShare),
  percent(m.vipLateShare),
  ...[m.meanWait, m.p95Wait, m.longestWait].map((minutes) => minutes.toFixed(1)),
  percent(m.idleShare),
  m.gini.toFixed(3),
  String(m.openAtClose),
];

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
