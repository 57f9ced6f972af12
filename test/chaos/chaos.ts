import { parseArgs } from 'node:util';
import { exitOnSignals } from '../support/ends-with-us';
import { seededRandom } from '../simulators/meta/faults';
import { killApp } from './kill-app';
import { race } from './race';
import type { Scenario, ScenarioResult } from './scenario';
import { tenants } from './tenants';
import { stopPostgres } from './stop-postgres';
import { killRedis } from './kill-redis';
import { dropSockets } from './drop-sockets';
import { crashSteps } from './crash-steps';
import { forgery } from './forgery';
import { offerDeath } from './offer-death';
import { pullRace } from './pull-race';
import { routingRace } from './routing-race';
import { slaRace } from './sla-race';

const SCENARIOS: readonly Scenario[] = [
  killApp,
  stopPostgres,
  killRedis,
  race,
  dropSockets,
  forgery,
  tenants,
  routingRace,
  pullRace,
  offerDeath,
  slaRace,
  crashSteps,
];

const HELP = `Breaks the product on purpose and checks that nothing was lost, repeated or shown to the wrong people.
Starts its own Postgres, Redis, simulators and app processes on loopback, and ends only those.

  npm run chaos -- [scenario …] [--cut] [--seed N] [--json]

${SCENARIOS.map((s) => `  ${s.name.padEnd(18)} ${s.about} (test ${s.test})`).join('\n')}

  --cut      the size that fits into CI (all together at most 8 minutes on 2 cores; long ones only when named)
  --seed N   plays a run again (default: from the clock, and printed)
  --json     one JSON object on stdout and nothing else

Exit code 1 when an invariant broke.
`;

async function main(): Promise<void> {
  exitOnSignals();
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      cut: { type: 'boolean', default: false },
      seed: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const unknown = positionals.filter((name) => !SCENARIOS.some((s) => s.name === name));
  if (unknown.length > 0) throw new Error(`There is no scenario ${unknown.join(', ')}; --help lists them.`);
  const usual = (s: Scenario) => !(values.cut && s.long);
  const chosen = SCENARIOS.filter((s) => (positionals.length === 0 ? usual(s) : positionals.includes(s.name)));
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  const results: (ScenarioResult & { name: string; test: number; seconds: number })[] = [];
  for (const scenario of chosen) {
    say(`${scenario.name}: ${scenario.about} (seed ${seed}${values.cut ? ', cut' : ''})`);
    const started = Date.now();
    const result = await scenario
      .run({ seed, random: seededRandom(seed), cut: values.cut, say: (text) => say(`  ${text}`) })
      .catch((error: unknown) => ({
        broken: [
          `the scenario itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        ],
        facts: {},
      }));
    const seconds = Math.round((Date.now() - started) / 1000);
    results.push({ name: scenario.name, test: scenario.test, seconds, ...result });
    if (values.json) continue;
    const facts = Object.entries(result.facts).map(([name, value]) => `${name} ${value}`);
    process.stdout.write(
      `${result.broken.length === 0 ? 'held  ' : 'BROKEN'} ${scenario.name}, ${seconds} s: ${facts.join(', ')}\n`,
    );
    for (const line of result.broken) process.stdout.write(`       ${line}\n`);
  }
  const held = results.every((result) => result.broken.length === 0);
  if (values.json) process.stdout.write(`${JSON.stringify({ seed, cut: values.cut, held, scenarios: results })}\n`);
  else process.stdout.write(held ? `all held (seed ${seed})\n` : `broken; play it again with --seed ${seed}\n`);
  process.exitCode = held ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
