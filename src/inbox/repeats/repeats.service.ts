import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal';
import { Clock } from '../../platform/clock';
import { Database, type Tx } from '../../platform/database';
import { fingerprintOf } from './fingerprint';
import { DAY_MS, groupsOf, type Repeats, repeatsOf, type RepeatSettings } from './repeat';
import {
  type LatelySaid,
  RepeatViewsRepository,
  type SaidElsewhere,
  type Wave,
  type WaveView,
} from './repeat-views.repository';
import { RepeatsRepository } from './repeats.repository';

/** What a reader of a thread is told about one message. */
export interface MessageRepeats {
  repeats: Repeats | null;
  wave: Wave | null;
}

/** Another thread in which the customer of a ticket says what they say in it, by their latest such word there. */
export type TicketRepeat = Pick<
  SaidElsewhere,
  | 'ticketId'
  | 'number'
  | 'status'
  | 'conversationId'
  | 'threadKind'
  | 'channel'
  | 'post'
  | 'messageId'
  | 'at'
  | 'answered'
> & {
  /** How often they said it there. */
  count: number;
};

/**
 * What a message repeats, for rules: a word of the same thread; one whose ticket, another one, is under work; one that was
 * answered; a text many people write.
 */
export type RepeatKind = 'same_thread' | 'open' | 'answered' | 'wave';

const UNDER_WORK = new Set(['new', 'open', 'pending', 'on_hold']);
const HOUR_MS = 3_600_000;

/** Tells what was said before. */
@Injectable()
export class RepeatsService {
  constructor(
    private readonly database: Database,
    private readonly repository: RepeatsRepository,
    private readonly views: RepeatViewsRepository,
    private readonly clock: Clock,
  ) {}

  settings(who: Principal): Promise<RepeatSettings> {
    return this.database.lean(who, (tx) => this.repository.settings(tx, who.workspaceId));
  }

  saveSettings(who: Principal, settings: RepeatSettings): Promise<RepeatSettings> {
    return this.database.lean(who, async (tx) => {
      await this.repository.saveSettings(tx, who.workspaceId, settings);
      return this.repository.settings(tx, who.workspaceId);
    });
  }

  /** Texts many people wrote within the last `hours`. */
  waves(who: Principal, hours: number): Promise<WaveView[]> {
    return this.database.lean(who, async (tx) => {
      const settings = await this.repository.settings(tx, who.workspaceId);
      return this.views.waveList(tx, who, new Date(this.clock.now().getTime() - hours * HOUR_MS), settings);
    });
  }

  /** By message; of messages that repeat nothing, nothing. */
  async ofMessages(tx: Tx, who: Principal, messageIds: readonly string[]): Promise<Map<string, MessageRepeats>> {
    const found = new Map<string, MessageRepeats>();
    const words = messageIds.length > 0 ? await this.views.alike(tx, who, messageIds) : [];
    if (words.length === 0) return found;
    const settings = await this.repository.settings(tx, who.workspaceId);
    const repeats = repeatsOf(words, settings.spanDays * DAY_MS);
    const telling = words.some((word) => word.telling);
    const waves = telling ? await this.views.waves(tx, who.workspaceId, messageIds, settings) : new Map<string, Wave>();
    for (const id of messageIds) {
      const told = { repeats: repeats.get(id) ?? null, wave: waves.get(id) ?? null };
      if (told.repeats ?? told.wave) found.set(id, told);
    }
    return found;
  }

  /** @param conversationId the ticket's own thread; others that joined it are told, too: each wants its answer */
  async ofTicket(tx: Tx, who: Principal, ticketId: string, conversationId: string): Promise<TicketRepeat[]> {
    const words = await this.views.ofTicket(tx, who, ticketId);
    if (words.length === 0) return [];
    const { spanDays } = await this.repository.settings(tx, who.workspaceId);
    const byId = new Map(words.map((word) => [word.messageId, word]));
    const threads = new Map<string, TicketRepeat>();
    for (const group of groupsOf(words, spanDays * DAY_MS)) {
      if (!group.some((word) => byId.get(word.messageId)!.ticketId === ticketId)) continue;
      for (const { messageId } of group) {
        const word = byId.get(messageId)!;
        if (word.conversationId === conversationId) continue;
        const { contactId: _who, fingerprint: _text, telling: _telling, ...shown } = word;
        const known = threads.get(word.conversationId);
        const latest = known && known.at > word.at ? known : shown;
        threads.set(word.conversationId, { ...latest, count: (known?.count ?? 0) + 1 });
      }
    }
    return [...threads.values()].toSorted((a, b) => b.at.getTime() - a.at.getTime());
  }

  /**
   * By message: what it repeats. Read from the messages themselves, so it is right before the rows are; a wave is as far
   * as it is known by then.
   */
  async kindsOf(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<Map<string, RepeatKind[]>> {
    if (messageIds.length === 0) return new Map();
    const settings = await this.repository.settings(tx, workspaceId);
    const spanMs = settings.spanDays * DAY_MS;
    const lately = await this.views.lately(tx, workspaceId, messageIds, spanMs);
    const waves = await this.views.waves(tx, workspaceId, messageIds, settings);
    return new Map(
      messageIds.map((id) => {
        const kinds = kindsAmong(
          id,
          lately.filter((word) => word.asked === id),
          spanMs,
        );
        return [id, waves.has(id) ? [...kinds, 'wave'] : kinds];
      }),
    );
  }
}

function kindsAmong(asked: string, words: readonly LatelySaid[], spanMs: number): RepeatKind[] {
  const own = words.find((word) => word.messageId === asked);
  const said = words.flatMap((word) => {
    const fingerprint = fingerprintOf(word.text);
    return fingerprint ? [{ ...word, fingerprint: fingerprint.hash, telling: fingerprint.telling }] : [];
  });
  const group = groupsOf(said, spanMs).find((words) => words.some((word) => word.messageId === asked));
  if (!own || !group) return [];
  const before = group
    .map((word) => words.find(({ messageId }) => messageId === word.messageId)!)
    .filter((word) => word.messageId !== asked);
  const kinds: RepeatKind[] = [];
  if (before.some((word) => word.conversationId === own.conversationId)) kinds.push('same_thread');
  if (before.some((word) => word.ticketId !== own.ticketId && UNDER_WORK.has(word.status ?? ''))) kinds.push('open');
  if (before.some((word) => word.answered)) kinds.push('answered');
  return kinds;
}
