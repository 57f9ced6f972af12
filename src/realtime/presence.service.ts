import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { permissionsOf, type Principal, ROLES } from '../identity/principal';
import { SYSTEM } from '../outbox/domain-event';
import { Config } from '../platform/config';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { LOGGER } from '../platform/logger';
import { PresenceStates } from './presence-states';
import {
  type AgentKey,
  type Choice,
  type PresenceChange,
  PresenceRepository,
  type PresenceRow,
} from './presence.repository';
import type { Stance } from './protocol';

export const PRESENCE_TIMES = Symbol('presence-times');

/** Milliseconds. `graceMs` is longer than `refreshMs`: whoever is on another node too has been refreshed by then. */
export interface PresenceTimes {
  /** A node that dies takes its agents offline after this. */
  ttlMs: number;
  refreshMs: number;
  /** From the last socket's end to offline: a reload or a train tunnel is no absence. */
  graceMs: number;
  sweepMs: number;
}

export const USUAL_TIMES: PresenceTimes = { ttlMs: 60_000, refreshMs: 10_000, graceMs: 15_000, sweepMs: 1_000 };

/** The others wait for no work: their sockets make no presence. */
const WORKING_ROLES = ROLES.filter((role) => permissionsOf(role).has('tickets.write'));
const TOGETHER_MS = 200; // a morning's arrivals are a few statements, and a few packets to each screen
const SWEEP = 500;

/** Nothing was seen of the person for so long: gone for coffee, whatever the screen shows. Workspaces may say otherwise. */
export const IDLE_MINUTES = 15;

interface Here extends AgentKey {
  sockets: number;
  /** Last sign of life of the person on this node, by `performance.now()`. */
  actedAt: number;
  leaving?: NodeJS.Timeout;
}

const SOON_IDLE_MS = 60_000; // the least a workspace may allow

const keyOf = (key: AgentKey) => `${key.workspaceId}:${key.agentId}`;
const said = ({ state, takes }: Stance): Stance => (takes === undefined ? { state } : { state, takes });

/** Who is at work: rows with a life that the sockets of each node keep extending, told as `presence.changed`. */
@Injectable()
export class PresenceService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly agents = new Map<string, Here>();
  private readonly arrived = new Map<string, AgentKey>();
  private readonly left = new Map<string, AgentKey>();
  private readonly chosen = new Map<string, Choice>();
  private readonly choosers: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly waiting = new Set<string>();
  private turn: Promise<void> = Promise.resolve();
  private soon?: NodeJS.Timeout;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly repository: PresenceRepository,
    private readonly states: PresenceStates,
    private readonly config: Config,
    @Inject(PRESENCE_TIMES) private readonly times: PresenceTimes,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timers.add(setInterval(() => this.inTurn('refresh', () => this.refresh()), this.times.refreshMs));
    if (this.config.runsJobs) {
      this.timers.add(setInterval(() => this.inTurn('sweep', () => this.sweep()), this.times.sweepMs));
    }
  }

  /** Agents whose sockets this node closes are not absent: they come back to another, or to this one after its restart. */
  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    clearTimeout(this.soon);
    for (const { leaving } of this.agents.values()) clearTimeout(leaving);
    await this.turn;
  }

  connected(who: Principal): void {
    const key = { workspaceId: who.workspaceId, agentId: who.agentId };
    const here: Here = this.agents.get(keyOf(key)) ?? { ...key, sockets: 0, actedAt: 0 };
    here.actedAt = performance.now();
    this.agents.set(keyOf(key), here);
    here.sockets += 1;
    clearTimeout(here.leaving);
    this.left.delete(keyOf(key));
    if (here.sockets > 1) return;
    this.arrived.set(keyOf(key), key);
    this.tellSoon();
  }

  disconnected(who: AgentKey): void {
    const here = this.agents.get(keyOf(who));
    if (!here || here.sockets === 0) return;
    here.sockets -= 1;
    if (here.sockets > 0 || this.stopped) return;
    here.leaving = setTimeout(() => {
      this.agents.delete(keyOf(who));
      this.arrived.delete(keyOf(who));
      this.left.set(keyOf(who), { workspaceId: who.workspaceId, agentId: who.agentId });
      this.tellSoon();
    }, this.times.graceMs);
  }

  /** The person moved: somebody sits before the screen. Whoever was away for want of it is back at once. */
  acted(who: Principal): void {
    const here = this.agents.get(keyOf(who));
    if (!here) return;
    const idleMs = performance.now() - here.actedAt;
    here.actedAt = performance.now();
    if (idleMs < SOON_IDLE_MS) return;
    this.arrived.set(keyOf(who), { workspaceId: who.workspaceId, agentId: who.agentId });
    this.tellSoon();
  }

  /** What the agent says of itself; remembered over reconnects while the row lives. */
  async choose(who: Principal, stance: Stance): Promise<void> {
    if (!WORKING_ROLES.includes(who.role))
      throw new DomainError('forbidden', 'Your role answers no tickets, so it has no presence.');
    const key = { workspaceId: who.workspaceId, agentId: who.agentId };
    await new Promise<void>((resolve, reject) => {
      this.chosen.set(keyOf(key), { ...this.chosen.get(keyOf(key)), ...key, ...said(stance) }); // said twice before it was written: the later word holds
      this.choosers.push({ resolve, reject });
      this.inTurn('choices', () => this.choices()); // those who choose meanwhile go together in the next turn
    });
  }

  list(who: Principal, after: string | null, limit: number): Promise<PresenceRow[]> {
    return this.database.lean({ workspaceId: who.workspaceId }, (tx) =>
      this.repository.list(tx, who.workspaceId, after, limit),
    );
  }

  private tellSoon(): void {
    if (this.soon || this.stopped) return;
    this.soon = setTimeout(() => {
      this.soon = undefined;
      this.inTurn('arrivals', () => this.arrivals());
      this.inTurn('departures', () => this.departures());
    }, TOGETHER_MS);
  }

  /** One statement of ours at a time: they touch the same rows. */
  private inTurn(what: string, work: () => Promise<void>): void {
    if (this.waiting.has(what)) return;
    this.waiting.add(what);
    this.turn = this.turn
      .then(() => {
        this.waiting.delete(what);
        return this.stopped ? undefined : work();
      })
      .catch((error: unknown) =>
        this.log.warn({ event: 'presence.failed', what, err: error }, 'presence is tried again'),
      );
  }

  private async arrivals(): Promise<void> {
    const keys = [...this.arrived.values()];
    if (keys.length === 0) return;
    await this.database.lean('system', async (tx) => {
      await this.repository.know(tx, keys);
      const changes = await this.here(tx, keys);
      this.states.record(tx, changes, (change) => ({ kind: 'agent', id: change.agentId }));
    });
    for (const key of keys) this.arrived.delete(keyOf(key));
  }

  private here(tx: Tx, keys: readonly AgentKey[]): Promise<PresenceChange[]> {
    const now = performance.now();
    const seen = keys.map((key) => ({ ...key, idleMs: now - (this.agents.get(keyOf(key))?.actedAt ?? now) }));
    return this.repository.here(tx, seen, WORKING_ROLES, this.times.ttlMs, IDLE_MINUTES);
  }

  private async choices(): Promise<void> {
    const choices = [...this.chosen.values()];
    const choosers = this.choosers.splice(0);
    this.chosen.clear();
    if (choices.length === 0) return;
    try {
      await this.database.lean('system', async (tx) => {
        await this.repository.know(tx, choices);
        const changes = await this.repository.choose(tx, choices, this.times.ttlMs);
        this.states.record(tx, changes, (change) => ({ kind: 'agent', id: change.agentId }));
      });
      for (const { resolve } of choosers) resolve();
    } catch (error) {
      for (const { reject } of choosers) reject(error); // those who asked say it again
    }
  }

  private async departures(): Promise<void> {
    const keys = [...this.left.values()];
    if (keys.length === 0) return;
    const { ttlMs, graceMs, refreshMs } = this.times;
    await this.database.lean('system', async (tx) => {
      const changes = await this.repository.gone(tx, keys, ttlMs, (graceMs + refreshMs) / 2);
      this.states.record(tx, changes, () => SYSTEM);
    });
    for (const key of keys) this.left.delete(keyOf(key));
  }

  private async refresh(): Promise<void> {
    await this.arrivals(); // those a failure left over
    await this.departures();
    const keys = [...this.agents.values()].filter((here) => here.sockets > 0);
    if (keys.length === 0) return;
    await this.database.lean('system', async (tx) => {
      const changes = await this.here(tx, keys);
      this.states.record(tx, changes, () => SYSTEM);
    });
  }

  private async sweep(): Promise<void> {
    for (let changes = SWEEP; changes === SWEEP;) {
      changes = await this.database.lean('system', async (tx) => {
        const lapsed = await this.repository.lapse(tx, SWEEP);
        this.states.record(tx, lapsed, () => SYSTEM);
        return lapsed.length;
      });
    }
  }
}
