import { decide } from './decide';
import type { Candidate, Decision, RoutingSettings, SkillLevels, Waiting, Why } from './work';

const MINUTE = 60_000;
const now = new Date('2026-03-21T10:00:00Z');
const at = (minutes: number) => new Date(now.getTime() + minutes * MINUTE);

describe('against the same prose done by hand', () => {
  it('decides alike for 10,000 desks', () => {
    for (let seed = 1; seed <= 10_000; seed += 1) {
      const { waiting, agents, with_ } = desk(seed);
      expect({ seed, decisions: decide(waiting, agents, with_, now) }).toEqual({
        seed,
        decisions: decideByHand(waiting, agents, with_, now),
      });
    }
  });

  it('whatever order it is told in, and leaves what it is told alone', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const { waiting, agents, with_ } = desk(seed);
      const before = structuredClone({ waiting, agents });
      const decisions = decide(waiting, agents, with_, now);
      expect({ waiting, agents }).toEqual(before);
      expect(decide([...waiting].reverse(), [...agents].reverse(), with_, now)).toEqual(decisions);
    }
  });
});

/** A desk of few people and little work, small enough for everything to collide. */
function desk(seed: number) {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
  const one = <T>(...of: T[]): T => of[random(of.length)]!;
  const skills = () => Object.fromEntries(['fa', 'en', 'vat'].flatMap((s) => (random(2) ? [[s, 1 + random(3)]] : [])));
  const agents = Array.from({ length: random(6) }, (_, i): Candidate => ({
    id: `agent${i}`,
    queueIds: one(['care'], ['care', 'sales'], ['sales']),
    skills: skills(),
    load: one(0, 0, 0.5, 1, 2, 3),
    capacity: one(0, 1, 2, 3, 4),
    takes: one(null, null, ['dm'], ['dm', 'comment']),
    lastAssignedAt: one(null, at(-5), at(-6), at(-7)),
    inTimeTurns: random(4),
  }));
  const some = (most: number) => Array.from({ length: random(most) }, () => `agent${random(6)}`);
  const waiting = Array.from({ length: random(13) }, (_, i): Waiting => ({
    id: `ticket${String(i).padStart(2, '0')}`,
    dueAt: one(null, ...[-50, -40, 0, 4, 5, 9, 20, 26, 40].map(at)),
    queueId: one('care', 'care', 'sales'),
    workType: one('dm', 'dm', 'comment', 'call'),
    weight: one(1, 1, 0.5, 2, Infinity),
    priority: one('normal', 'normal', 'low', 'high', 'urgent'),
    vip: random(4) === 0,
    waitingSince: at(-one(5, 30, 2000)),
    handlingMs: one(1, 5, 10) * MINUTE,
    needs: one<SkillLevels>({}, {}, { fa: 1 }, { en: 2 }, { fa: 2, vat: 1 }),
    knownBy: one(null, null, ...some(3)),
    declinedBy: one([], [], some(5)),
  }));
  return { waiting, agents, with_: { continuitySlackMs: 15 * MINUTE, lateShare: one(0, 0.1, 0.3, 0.5, 1) } };
}

/**
 * The rule again, the long way and on its own: at each step every ticket is held against every agent, and the pairs that
 * remain are sorted by what is said of them.
 */
function decideByHand(waiting: Waiting[], agents: Candidate[], settings: RoutingSettings, at_: Date): Decision[] {
  const left = new Map(waiting.map((ticket) => [ticket.id, ticket]));
  const staff = agents.map((a) => ({ ...a, turnAt: a.lastAssignedAt?.getTime() ?? -1, kept: false }));
  const decisions: Decision[] = [];
  for (;;) {
    const offers = [...left.values()].flatMap((ticket) => offersOf(ticket, staff, settings, at_));
    const owing = offers.filter(
      (o) => o.behind && settings.lateShare > 0 && o.agent.inTimeTurns >= every(settings) - 1,
    );
    const from = owing.length > 0 ? owing : offers;
    const chosen = from.sort((a, b) =>
      compare([...a.ticketOrder, ...a.agentOrder], [...b.ticketOrder, ...b.agentOrder]),
    )[0];
    if (!chosen) return decisions;
    const { ticket, agent, behind, candidates, slackMs } = chosen;
    left.delete(ticket.id);
    if (!chosen.hasRoom) {
      agent.kept = true;
      continue;
    }
    const rival = from.filter((o) => o.ticket === ticket)[1];
    const rule = (): Why['rule'] => {
      if (candidates === 1) return 'only_one';
      if (owing.length > 0) return 'owed_turn';
      if (chosen.isKnown) return 'knows_customer';
      if (rival!.burden === chosen.burden) return 'waited_longest';
      return shareOf(rival!.agent) > shareOf(agent) ? 'freest' : 'best_skill';
    };
    const why: Why = { slackMs, rule: rule(), load: agent.load, capacity: agent.capacity, candidates };
    if (ticket.vip) why.vip = true;
    if (slackMs !== null && slackMs < 0) why.late = true;
    agent.load = ticket.weight === Infinity ? agent.capacity : agent.load + ticket.weight;
    agent.turnAt = at_.getTime();
    agent.inTimeTurns = behind ? 0 : agent.inTimeTurns + 1;
    decisions.push({ ticketId: ticket.id, agentId: agent.id, why, inTimeTurns: agent.inTimeTurns });
  }
}

type Hand = Candidate & { turnAt: number; kept: boolean };

const every = (settings: RoutingSettings) => Math.ceil(1 / settings.lateShare);
const shareOf = (agent: Hand) => agent.load / agent.capacity;

function offersOf(ticket: Waiting, staff: Hand[], settings: RoutingSettings, at_: Date) {
  const able = staff.filter(
    (a) =>
      a.queueIds.includes(ticket.queueId) &&
      (!a.takes || a.takes.includes(ticket.workType)) &&
      Object.keys(ticket.needs).every((skill) => (a.skills[skill] ?? 0) >= ticket.needs[skill]!) &&
      (ticket.weight === Infinity ? a.capacity > 0 : ticket.weight <= a.capacity),
  );
  const open = able.filter((a) => !a.kept && a.load < a.capacity);
  const roomy = open.filter((a) => (ticket.weight === Infinity ? a.load === 0 : a.capacity - a.load >= ticket.weight));
  const slack = ticket.dueAt ? ticket.dueAt.getTime() - at_.getTime() - ticket.handlingMs : null;
  const patience = slack ?? settings.continuitySlackMs * 2 - 1 - (at_.getTime() - ticket.waitingSince.getTime());
  const known = able.find((a) => a.id === ticket.knownBy);
  const worthIt = ticket.priority !== 'urgent' && !ticket.declinedBy.includes(known?.id ?? '');
  if (known && worthIt && !roomy.includes(known) && patience >= settings.continuitySlackMs) return [];

  const pool = roomy.length > 0 ? roomy : open;
  const fresh = pool.filter((a) => !ticket.declinedBy.includes(a.id));
  const candidates = fresh.length > 0 ? fresh : pool;
  const behind = slack === null || slack < 0;
  const head = { urgent: 30, high: 10, normal: 0, low: 0 }[ticket.priority] + (ticket.vip ? 20 : 0);
  const honoured = slack !== null && (ticket.vip || ticket.priority === 'urgent');
  const since = ticket.waitingSince.getTime() + (slack === null ? 1440 * MINUTE : 0);
  const ticketOrder = behind ? [1, honoured ? 0 : 1, since, ticket.id] : [0, 0, slack - head * MINUTE, ticket.id];
  const burdenOf = (agent: Hand) => {
    const spare = Object.keys(agent.skills).filter((skill) => !(skill in ticket.needs));
    const lack = spare.map((skill) => 1 - staff.filter((a) => skill in a.skills).length / staff.length);
    return shareOf(agent) + 0.5 * Math.max(0, ...lack);
  };
  const owes = (a: Hand) => behind && settings.lateShare > 0 && a.inTimeTurns >= every(settings) - 1;
  const rivals = candidates.some(owes) ? candidates.filter(owes) : candidates;
  const least = Math.min(...rivals.map(burdenOf));
  const easy = slack === null || slack >= settings.continuitySlackMs;
  return candidates.map((agent) => {
    const burden = burdenOf(agent);
    const hasRoom = roomy.length > 0;
    const isKnown = hasRoom && agent.id === ticket.knownBy && (easy || burden <= least);
    const agentOrder = [isKnown ? 0 : 1, burden, agent.turnAt, agent.id];
    const all = { ticket, agent, behind, slackMs: slack, burden, hasRoom, isKnown };
    return { ...all, candidates: candidates.length, ticketOrder, agentOrder };
  });
}

function compare(a: (number | string)[], b: (number | string)[]): number {
  const differs = a.findIndex((value, i) => value !== b[i]);
  return differs < 0 ? 0 : a[differs]! < b[differs]! ? -1 : 1;
}
