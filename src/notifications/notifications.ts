import { Injectable } from '@nestjs/common';
import { room } from '../outbox/audience';
import { event, type Actor, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import type { Tx } from '../platform/database';
import { uuidv7 } from '../platform/ids';
import { foldOf, FOLD_SPAN_MS } from './folding';
import { type Foldable, NotificationsRepository, type Receivers } from './notifications.repository';

export interface NewNotification {
  /** Who hears of it; each agent once, whoever they are told as. Disabled agents hear nothing. */
  to: Receivers;
  /** What it is about: `sla.warned`, `call.promised`, `rule.notify` … the console has the words. */
  kind: string;
  ticketId?: string | null;
  /** Facts for its text; ids and names, never a customer's words. */
  data?: Record<string, unknown>;
  /** What made it, unique in the workspace: told twice, it is heard once. */
  cause: string;
  /** Shown at once, but rung only then: quiet hours. */
  ringAt?: Date;
  actor?: Actor;
}

/**
 * Tells agents what they should hear of, in the transaction of what happened. What comes to an agent within moments and is
 * of one kind stands in one row: a storm rings once. Each cause keeps a row of its own beneath, so told twice it is still
 * heard once.
 */
@Injectable()
export class Notifications {
  constructor(
    private readonly repository: NotificationsRepository,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @returns the agents who hear of it now, and had not before */
  async notify(tx: Tx, workspaceId: string, notification: NewNotification): Promise<string[]> {
    const [heard] = await this.notifyEach(tx, workspaceId, [notification]);
    return heard ?? [];
  }

  /** Many at once, in a few statements. @returns for each the agents who hear of it now, and had not before */
  async notifyEach(tx: Tx, workspaceId: string, notifications: readonly NewNotification[]): Promise<string[][]> {
    if (notifications.length === 0) return [];
    const now = this.clock.now();
    const receivers = await this.repository.agentsOf(
      tx,
      workspaceId,
      notifications.map(({ to }) => to),
    );
    const rows = notifications.flatMap(({ kind, ticketId = null, data = {}, cause, ringAt = now }, place) =>
      receivers[place]!.map((agentId) => ({
        place,
        id: uuidv7(now.getTime()),
        agentId,
        kind,
        ticketId,
        data,
        cause,
        ringAt,
        fold: foldOf(kind, ticketId, data),
      })),
    );
    const fresh = await this.repository.insert(tx, workspaceId, rows, now);
    const told = rows.filter(({ id }) => fresh.has(id));
    const rowOf = await this.fold(tx, workspaceId, told, now);
    const heard: string[][] = notifications.map(() => []);
    const rung = new Set<string>();
    for (const { place, id, agentId, kind, ticketId, ringAt } of told) {
      heard[place]!.push(agentId);
      const row = rowOf.get(id) ?? id;
      if (rung.has(row)) continue; // an agent's screen looks again once, however much came
      rung.add(row);
      const { actor = SYSTEM } = notifications[place]!;
      const what = { notificationId: row, kind, ringAt: ringAt.toISOString() };
      this.outbox.record(tx, event(workspaceId, 'agent.notified', actor, { ticketId }, [room.agent(agentId)], what));
    }
    return heard;
  }

  /**
   * What was told for these causes is over: it asks nobody any more and says when it ended. Of kinds that are told by
   * themselves; told again, it changes nothing.
   */
  async settle(tx: Tx, workspaceId: string, causes: readonly string[]): Promise<void> {
    if (causes.length === 0) return;
    for (const { id, agentId, kind } of await this.repository.settle(tx, workspaceId, causes, this.clock.now())) {
      const what = { notificationId: id, kind };
      this.outbox.record(tx, event(workspaceId, 'agent.notice_settled', SYSTEM, {}, [room.agent(agentId)], what));
    }
  }

  /** @returns by notification the row it is told in, where that is not its own */
  private async fold(
    tx: Tx,
    workspaceId: string,
    told: readonly (Omit<Foldable, 'fold'> & { fold: string | null })[],
    now: Date,
  ): Promise<Map<string, string>> {
    const first = new Map<string, Foldable>(); // those of one agent and fold, by the one that may become their row
    const partsOf = new Map<Foldable, string[]>();
    for (const { id, agentId, fold, ringAt } of told) {
      if (fold === null) continue;
      const key = JSON.stringify([agentId, fold, ringAt.getTime()]);
      const proposed = first.get(key) ?? { id, agentId, fold, ringAt };
      first.set(key, proposed);
      partsOf.set(proposed, [...(partsOf.get(proposed) ?? []), id]);
    }
    const parts: { id: string; into: string }[] = [];
    for (const proposed of onceEach([...partsOf.keys()])) {
      const into = await this.repository.rowsToFoldInto(tx, workspaceId, proposed, FOLD_SPAN_MS);
      for (const [row, rowId] of into)
        parts.push(...partsOf.get(row)!.flatMap((id) => (id === rowId ? [] : [{ id, into: rowId }])));
    }
    await this.repository.fold(tx, workspaceId, parts, now);
    return new Map(parts.map(({ id, into }) => [id, into]));
  }
}

/** Rounds in which an agent and fold come once: what is to ring now and what waits for the morning are two rows. */
function onceEach(rows: readonly Foldable[]): Foldable[][] {
  const rounds: Map<string, Foldable>[] = [];
  for (const row of rows.toSorted((a, b) => a.ringAt.getTime() - b.ringAt.getTime())) {
    const key = `${row.agentId} ${row.fold}`;
    const round = rounds.find((each) => !each.has(key)) ?? rounds[rounds.push(new Map()) - 1]!;
    round.set(key, row);
  }
  return rounds.map((round) => [...round.values()]);
}
