import { existsSync, readFileSync } from 'node:fs';
import type { TicketPriority } from '../../src/inbox/tickets/ticket';
import type { SkillLevels } from '../../src/routing/work';
import calmDay from './scenarios/calm-day.json';
import halfLeave from './scenarios/half-leave.json';
import overload110 from './scenarios/overload-110.json';
import silentAgents from './scenarios/silent-agents.json';
import stormX10 from './scenarios/storm-x10.json';
import twoLanguages from './scenarios/two-languages-few-bilinguals.json';
import vipMix from './scenarios/vip-mix.json';

/** A day at a desk. Times of day are `HH:MM`, durations minutes, shares parts of one. */
export interface Scenario {
  name: string;
  /** What to look at, in a sentence. */
  says: string;
  opens: string;
  closes: string;
  /** Work that arrives, of what the staff on shift can do in the whole day: 1.1 is a tenth more. Storms come on top. */
  load: number;
  /** How arrivals spread, by the hour from opening; only their proportions count. */
  arrivals: number[];
  storms: { at: string; minutes: number; times: number; kind?: string }[];
  kinds: WorkKind[];
  languages: { needs: SkillLevels; share: number }[];
  priorities: { priority: TicketPriority; share: number; targetFactor: number }[];
  vip: { share: number; targetFactor: number };
  /** Customers somebody here has answered before. */
  knownShare: number;
  agents: AgentGroup[];
  /** What each further conversation in hand adds to an agent's pace: 0 is a mere change of attention. */
  concurrencyGain: number;
  incidents: Incident[];
}

export interface WorkKind {
  workType: string;
  share: number;
  /** Of an agent's capacity; `all` takes the agent whole. */
  weight: number | 'all';
  handlingMinutes: number;
  /** Deviation of the logarithm of handling times. */
  spread: number;
  targetMinutes: number;
}

export interface AgentGroup {
  count: number;
  skills: SkillLevels;
  capacity: number;
  takes?: string[];
  from: string;
  to: string;
  /** Breaks, each agent's some minutes after the one before's. */
  breaks: { at: string; minutes: number }[];
}

/** `leave`: this share of those here goes for good. `silent`: it stops reacting, still shown as here. */
export interface Incident {
  kind: 'leave' | 'silent';
  at: string;
  share: number;
  minutes?: number;
}

const ALL = [calmDay, overload110, stormX10, twoLanguages, vipMix, halfLeave, silentAgents];

/** Those that ship, in the order they are shown. */
export const shipped = (): Scenario[] => ALL.map((scenario) => scenarioOf(scenario, scenario.name));

/** By its name, or from a file. */
export function findScenario(nameOrFile: string): Scenario {
  const found = shipped().find((scenario) => scenario.name === nameOrFile);
  if (found) return found;
  if (!existsSync(nameOrFile)) {
    const names = ALL.map(({ name }) => name).join(', ');
    throw new Error(`There is no scenario or file ${nameOrFile}. Scenarios: ${names}.`);
  }
  return scenarioOf(JSON.parse(readFileSync(nameOrFile, 'utf8')), nameOrFile);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Says what is wrong with a scenario before a day is lived by it. */
export function scenarioOf(value: unknown, source: string): Scenario {
  const problems: string[] = [];
  if (!isScenario(value, problems)) throw new Error(`${source} is no scenario: ${problems.join('; ')}.`);
  return value;
}

function isScenario(value: unknown, problems: string[]): value is Scenario {
  if (!isRecord(value)) {
    problems.push('it is not an object');
    return false;
  }
  const want = (holder: unknown, where: string, wants: Record<string, (part: unknown) => boolean>) => {
    for (const [key, ok] of Object.entries(wants)) {
      if (!isRecord(holder) || !ok(holder[key])) problems.push(`${where}${key} is missing or wrong`);
    }
  };
  const list = (key: string, least: number, wants: Record<string, (part: unknown) => boolean>) => {
    const items = value[key];
    if (!Array.isArray(items) || items.length < least) problems.push(`${key} is missing or empty`);
    else items.forEach((item, i) => want(item, `${key}[${i}].`, wants));
  };
  want(value, '', {
    name: isText,
    says: isText,
    opens: isTime,
    closes: isTime,
    load: isPositive,
    arrivals: (part) => Array.isArray(part) && part.length > 0 && part.every(isAmount) && part.some(isPositive),
    knownShare: isShare,
    concurrencyGain: isAmount,
  });
  want(value['vip'], 'vip.', { share: isShare, targetFactor: isPositive });
  list('storms', 0, { at: isTime, minutes: isPositive, times: isPositive });
  list('kinds', 1, {
    workType: isText,
    share: isAmount,
    weight: (part) => part === 'all' || isPositive(part),
    handlingMinutes: isPositive,
    spread: isAmount,
    targetMinutes: isPositive,
  });
  list('languages', 1, { needs: isRecord, share: isAmount });
  list('priorities', 1, {
    priority: (part) => ['urgent', 'high', 'normal', 'low'].includes(String(part)),
    share: isAmount,
    targetFactor: isPositive,
  });
  list('agents', 1, {
    count: isPositive,
    skills: isRecord,
    capacity: isPositive,
    from: isTime,
    to: isTime,
    breaks: Array.isArray,
  });
  list('incidents', 0, { kind: (part) => part === 'leave' || part === 'silent', at: isTime, share: isShare });
  return problems.length === 0;
}

const isText = (part: unknown) => typeof part === 'string' && part !== '';
const isTime = (part: unknown) => typeof part === 'string' && /^([01]\d|2[0-4]):[0-5]\d$/.test(part);
const isAmount = (part: unknown) => typeof part === 'number' && Number.isFinite(part) && part >= 0;
const isPositive = (part: unknown) => isAmount(part) && part !== 0;
const isShare = (part: unknown) => isAmount(part) && Number(part) <= 1;
