import type { Principal } from '../../src/identity/principal';
import type { TicketFilter } from '../../src/inbox/tickets/ticket-list';
import { TicketsService } from '../../src/inbox/tickets/tickets.service';
import { rowOf, type Side, timed, told } from './inside';
import type { Hoard } from './many-tickets';
import type { BenchSize, Row } from './rows';

const PAGE = 50;
const quiet = (of: Hoard): TicketFilter => ({ view: 'all', queue: of.teamIds.at(-1), sort: 'recent' });

/** Each list as a lead sees it and as an agent of two teams does; then further down, where a cursor leads. */
export async function listRows(many: Side, few: Side, rounds: number, say: BenchSize['say']): Promise<Row[]> {
  const lists: { what: string; as: 'lead' | 'agent'; filter: (of: Hoard) => TicketFilter; pages?: number }[] = [
    { what: 'mine', as: 'agent', filter: () => ({ view: 'mine' }) },
    { what: 'unassigned', as: 'lead', filter: () => ({ view: 'unassigned' }) },
    { what: 'unassigned', as: 'agent', filter: () => ({ view: 'unassigned' }) },
    { what: 'all', as: 'lead', filter: () => ({ view: 'all' }) },
    { what: 'all', as: 'agent', filter: () => ({ view: 'all' }) },
    { what: 'all by latest message', as: 'agent', filter: () => ({ view: 'all', sort: 'recent' }) },
    { what: 'a team', as: 'lead', filter: (of) => ({ view: 'all', queue: of.teamIds[0] }) },
    { what: 'a queue', as: 'agent', filter: (of) => ({ view: 'all', queueId: of.queueIds[0] }) },
    { what: 'snoozed', as: 'lead', filter: () => ({ view: 'snoozed' }) },
    { what: 'snoozed', as: 'agent', filter: () => ({ view: 'snoozed' }) },
    { what: 'solved', as: 'lead', filter: () => ({ view: 'solved' }) },
    { what: 'solved', as: 'agent', filter: () => ({ view: 'solved' }) },
    { what: 'all by latest message, of a team with few open', as: 'lead', filter: quiet },
    { what: 'all, ninth page', as: 'agent', filter: () => ({ view: 'all' }), pages: 8 },
  ];
  const rows: Row[] = [];
  for (const { what, as, filter, pages = 0 } of lists) {
    const [ours, theirs] = [await page(many, as, filter, pages), await page(few, as, filter, pages)];
    rows.push(await ratioRow(`list: ${what}, ${as}`, 2, ours, theirs, rounds * 10, 3));
    say(told(rows.at(-1)!));
  }
  for (const as of ['lead', 'agent'] as const) {
    const counts =
      ({ app, hoard: of }: Side) =>
      () =>
        app.get(TicketsService).counts(of.principal(as, 0));
    rows.push(await ratioRow(`badge counts, ${as}`, 2, counts(many), counts(few), rounds * 5, 2));
    say(told(rows.at(-1)!));
  }
  return rows;
}

async function page(
  { app, hoard: of }: Side,
  as: 'lead' | 'agent',
  filter: (of: Hoard) => TicketFilter,
  pages: number,
) {
  const tickets = app.get(TicketsService);
  const who: Principal = of.principal(as, 0);
  let cursor: string | undefined;
  for (let i = 0; i < pages; i++) {
    cursor = (await tickets.list(who, filter(of), cursor, PAGE)).nextCursor ?? undefined;
    if (cursor === undefined) throw new Error('A list ended before the page that was to be measured.');
  }
  const first = await tickets.list(who, filter(of), cursor, PAGE);
  if (first.items.length === 0) throw new Error('A list that was to be measured is empty.');
  return () => tickets.list(who, filter(of), cursor, PAGE);
}

/** Medians of both by turns, after as many warm-ups. */
async function ratioRow(
  what: string,
  most: number,
  ours: () => Promise<unknown>,
  theirs: () => Promise<unknown>,
  times: number,
  warmUps: number,
): Promise<Row> {
  const pairs: [number, number][] = [];
  for (let i = 0; i < times + warmUps; i++) {
    const pair: [number, number] = [await timed(ours), await timed(theirs)];
    if (i >= warmUps) pairs.push(pair);
  }
  return rowOf(what, most, pairs);
}
