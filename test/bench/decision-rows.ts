import { seededRandom } from '../simulators/meta/faults';
import { decideFrom } from '../../src/routing/decide';
import { WaitingLine } from '../../src/routing/waiting-line';
import { type Candidate, DEFAULT_ROUTING, type Waiting } from '../../src/routing/work';
import { median, quantile } from './machine';
import type { BenchSize, Row } from './rows';

const WAITING = 100_000;
const AGENTS = 1_000;
const ROOM = 5;
const START = Date.UTC(2026, 2, 21, 6);
const HOUR = 3_600_000;

const id = (n: number) => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** Decisions from a line that is kept, as the router of a busy team would keep it. */
export function decisionRows({ rounds, say }: BenchSize): Promise<Row[]> {
  const random = seededRandom(1);
  const line = new WaitingLine(Array.from({ length: WAITING }, (_, n) => waiting(n, random)));
  const full = Array.from({ length: AGENTS }, (_, n) => agent(n, random));
  const times: number[] = [];
  const count = rounds * 200;
  for (let i = 0; i < count + 50; i++) {
    const free = Math.floor(random() * AGENTS);
    const agents = full.with(free, { ...full[free]!, load: ROOM - 1 });
    const now = new Date(START + i * 100);
    const started = performance.now();
    const decisions = decideFrom(line, agents, DEFAULT_ROUTING, now);
    const ms = performance.now() - started;
    if (decisions.length === 0) throw new Error('A free agent was given nothing.');
    if (i >= 50) times.push(ms);
    line.add(waiting(WAITING + i, random)); // somebody else comes
  }
  const started = performance.now();
  const empty = full.map((a) => ({ ...a, load: 0 }));
  const all = decideFrom(line, empty, DEFAULT_ROUTING, new Date(START + HOUR)).length;
  const each = (performance.now() - started) / all;
  say(`${all} decisions in one run`);
  const row = (what: string, ms: number): Row => ({
    what: `${what}, ${WAITING} waiting x ${AGENTS} agents, in memory`,
    unit: 'ms',
    aim: '<= 1',
    product: Math.round(ms * 1000) / 1000,
    floor: null,
    met: ms <= 1,
  });
  return Promise.resolve([
    row('decision for one who became free, median', median(times)),
    row(
      'decision for one who became free, p99',
      quantile(
        times.toSorted((a, b) => a - b),
        0.99,
      ),
    ),
    row(`each of ${all} decisions when all are free`, each),
  ]);
}

function waiting(n: number, random: () => number): Waiting {
  const since = START - Math.floor(random() * 4 * HOUR);
  const workType = random() < 0.4 ? 'comment' : 'dm';
  return {
    id: id(n),
    queueId: `queue ${Math.floor(random() * 4)}`,
    workType,
    weight: 1,
    priority: random() < 0.02 ? 'urgent' : 'normal',
    vip: random() < 0.02,
    dueAt: random() < 0.05 ? null : new Date(since + 3.5 * HOUR),
    waitingSince: new Date(since),
    handlingMs: workType === 'comment' ? 120_000 : 300_000,
    needs: random() < 0.2 ? { 'lang:en': 2 } : { 'lang:fa': 1 },
    knownBy: random() < 0.3 ? id(Math.floor(random() * AGENTS)) : null,
    declinedBy: [],
  };
}

function agent(n: number, random: () => number): Candidate {
  return {
    id: id(n),
    queueIds: ['queue 0', 'queue 1', 'queue 2', 'queue 3'],
    skills: { 'lang:fa': 4, ...(random() < 0.3 && { 'lang:en': 3 }) },
    load: ROOM,
    capacity: ROOM,
    takes: null,
    lastAssignedAt: new Date(START - Math.floor(random() * HOUR)),
    inTimeTurns: Math.floor(random() * 12),
  };
}
