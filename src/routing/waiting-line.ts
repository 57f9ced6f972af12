import { Heap } from './heap';
import { behindRank, inTimeRank, latestStart } from './urgency';
import type { SkillLevels, Waiting } from './work';

export interface Entry {
  readonly ticket: Waiting;
  readonly kind: Kind;
  readonly rank: number;
  readonly behind: readonly [number, number];
  readonly latestStart: number;
  late: boolean;
  gone: boolean;
}

/** Work that the same agents can take: what is asked of them is equal. */
export interface Kind {
  readonly queueId: string;
  readonly workType: string;
  readonly weight: number;
  readonly needs: SkillLevels;
  /** What can be in time, by rank; beside it the same by when it stops being so. */
  readonly ahead: Heap<Entry>;
  readonly ending: Heap<Entry>;
  /** What is late or was promised nothing. */
  readonly behind: Heap<Entry>;
}

// ids grow with time: of equals, the older ticket
export const goesBefore = (a: Entry, b: Entry): boolean =>
  a.rank === b.rank ? a.ticket.id < b.ticket.id : a.rank < b.rank;

export function goesBeforeBehind(a: Entry, b: Entry): boolean {
  if (a.behind[0] !== b.behind[0]) return a.behind[0] < b.behind[0];
  return a.behind[1] === b.behind[1] ? a.ticket.id < b.ticket.id : a.behind[1] < b.behind[1];
}

const bySkill = ([a]: [string, number], [b]: [string, number]): number => (a < b ? -1 : 1);

/** Waiting work kept so that the next of each kind is at hand, however many wait. */
export class WaitingLine {
  private readonly byKind = new Map<string, Kind>();
  private readonly entries = new Map<string, Entry>();
  /** Needs, of which many tickets share one object, spelled in one order. */
  private readonly spelled = new WeakMap<SkillLevels, string>();

  constructor(waiting: Iterable<Waiting> = []) {
    for (const ticket of waiting) this.add(ticket);
  }

  get kinds(): Iterable<Kind> {
    return this.byKind.values();
  }

  get size(): number {
    return this.entries.size;
  }

  add(ticket: Waiting): void {
    this.remove(ticket.id);
    const kind = this.kindOf(ticket);
    const entry: Entry = {
      ticket,
      kind,
      rank: inTimeRank(ticket),
      behind: behindRank(ticket),
      latestStart: latestStart(ticket),
      late: false,
      gone: false,
    };
    this.entries.set(ticket.id, entry);
    if (ticket.dueAt !== null) kind.ending.push(entry);
    this.putBack(entry);
  }

  remove(ticketId: string): void {
    const entry = this.entries.get(ticketId);
    if (!entry) return;
    entry.gone = true; // heaps drop it when it comes up
    this.entries.delete(ticketId);
  }

  /** To where it was taken from to look past it. */
  putBack(entry: Entry): void {
    if (entry.ticket.dueAt === null || entry.late) entry.kind.behind.push(entry);
    else entry.kind.ahead.push(entry);
  }

  /** What cannot be in time any more goes behind. */
  age(now: Date): void {
    for (const { ending, behind } of this.byKind.values()) {
      for (
        let top = ending.peek();
        top && (top.gone || top.late || top.latestStart < now.getTime());
        top = ending.peek()
      ) {
        ending.pop();
        if (top.gone || top.late) continue;
        top.late = true;
        behind.push(top);
      }
    }
  }

  private kindOf(ticket: Waiting): Kind {
    const { queueId, workType, weight, needs } = ticket;
    let skills = this.spelled.get(needs);
    if (skills === undefined) this.spelled.set(needs, (skills = JSON.stringify(Object.entries(needs).sort(bySkill))));
    const key = `${queueId}\n${workType}\n${weight}\n${skills}`;
    let kind = this.byKind.get(key);
    if (!kind) {
      kind = {
        queueId,
        workType,
        weight,
        needs,
        ahead: new Heap(goesBefore),
        ending: new Heap<Entry>((a, b) => a.latestStart < b.latestStart),
        behind: new Heap(goesBeforeBehind),
      };
      this.byKind.set(key, kind);
    }
    return kind;
  }
}
