/** One socket's word about the ticket it shows. Nodes pass it on as it is; each keeps its own time. */
export interface Watch {
  workspaceId: string;
  socketId: string;
  agent: { id: string; name: string };
  /** null: no ticket any more. */
  ticketId: string | null;
  /** Without it, as before. */
  typing?: boolean;
}

export interface WatchedTicket {
  ticketId: string;
  agents: { id: string; name: string; typing: boolean }[];
}

/** Said again by a client that still looks; a closed laptop is gone after this. */
export const VIEWING_MS = 30_000;
/** Said again with each burst of keys. */
export const TYPING_MS = 6_000;

interface Viewer {
  agent: Watch['agent'];
  viewingUntil: number;
  typingUntil: number;
}

interface Ticket {
  workspaceId: string;
  ticketId: string;
  viewers: Map<string, Viewer>;
  /** What was last told, to tell changes only. */
  told: string;
}

/** What changed, and where it must be told. */
export type WatchChange = { workspaceId: string } & WatchedTicket;

/** Who looks at which ticket, and who writes: in memory, with short lives. A socket shows one ticket at a time. */
export class Watching {
  private readonly tickets = new Map<string, Ticket>();
  private readonly shown = new Map<string, Ticket>();

  apply(watch: Watch, now: number): WatchChange[] {
    const before = this.shown.get(watch.socketId);
    const changes: WatchChange[] = [];
    if (before && before.ticketId !== watch.ticketId) {
      before.viewers.delete(watch.socketId);
      this.shown.delete(watch.socketId);
      changes.push(...this.tell(before, now));
    }
    if (watch.ticketId === null) return changes;
    const ticket = this.ticket(watch.workspaceId, watch.ticketId);
    const as = ticket.viewers.get(watch.socketId)?.typingUntil ?? 0;
    const typingUntil = watch.typing === undefined ? as : watch.typing ? now + TYPING_MS : 0;
    ticket.viewers.set(watch.socketId, { agent: watch.agent, viewingUntil: now + VIEWING_MS, typingUntil });
    this.shown.set(watch.socketId, ticket);
    return [...changes, ...this.tell(ticket, now)];
  }

  /** Forgets those whose time has passed. */
  expire(now: number): WatchChange[] {
    return [...this.tickets.values()].flatMap((ticket) => {
      for (const [socketId, viewer] of ticket.viewers) {
        if (viewer.viewingUntil > now) continue;
        ticket.viewers.delete(socketId);
        this.shown.delete(socketId);
      }
      return this.tell(ticket, now);
    });
  }

  /** Agents on a ticket, each once however many windows they have open. */
  agents(workspaceId: string, ticketId: string, now: number): WatchedTicket['agents'] {
    const ticket = this.tickets.get(keyOf(workspaceId, ticketId));
    return ticket ? agentsOf(ticket, now) : [];
  }

  /** The ticket a socket shows. */
  shownBy(socketId: string): string | undefined {
    return this.shown.get(socketId)?.ticketId;
  }

  private ticket(workspaceId: string, ticketId: string): Ticket {
    const key = keyOf(workspaceId, ticketId);
    let ticket = this.tickets.get(key);
    if (!ticket) {
      ticket = { workspaceId, ticketId, viewers: new Map(), told: '[]' };
      this.tickets.set(key, ticket);
    }
    return ticket;
  }

  private tell(ticket: Ticket, now: number): WatchChange[] {
    const { workspaceId, ticketId } = ticket;
    const agents = agentsOf(ticket, now);
    if (ticket.viewers.size === 0) this.tickets.delete(keyOf(workspaceId, ticketId));
    const text = JSON.stringify(agents);
    if (text === ticket.told) return [];
    ticket.told = text;
    return [{ workspaceId, ticketId, agents }];
  }
}

const keyOf = (workspaceId: string, ticketId: string) => `${workspaceId}:${ticketId}`;

function agentsOf(ticket: Ticket, now: number): WatchedTicket['agents'] {
  const byId = new Map<string, WatchedTicket['agents'][number]>();
  for (const { agent, viewingUntil, typingUntil } of ticket.viewers.values()) {
    if (viewingUntil <= now) continue;
    const typing = typingUntil > now || (byId.get(agent.id)?.typing ?? false);
    byId.set(agent.id, { id: agent.id, name: agent.name, typing });
  }
  return [...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
