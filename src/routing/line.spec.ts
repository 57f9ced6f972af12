import type { LineFacts } from './line';
import { mostPieces, waitingOf } from './line';
import { USUAL_ROUTING } from './settings';
import type { WaitingRow } from './waiting.repository';

const now = new Date('2026-03-21T10:00:00Z');
const row = (change: Partial<WaitingRow> = {}): WaitingRow => ({
  id: 't1',
  contactId: 'mina',
  teamId: 'team',
  lane: '',
  queueId: null,
  workType: 'dm',
  priority: 'normal',
  vip: false,
  dueAt: null,
  waitingSince: now,
  handlingMs: 300_000,
  ...change,
});
const facts = (change: Partial<LineFacts> = {}): LineFacts => ({
  teamId: 'team',
  queues: new Map([['q', { id: 'q' } as never]]),
  settings: USUAL_ROUTING,
  handling: new Map(),
  knownBy: new Map(),
  passedBy: new Map(),
  ...change,
});

describe('a line as the decision sees it', () => {
  it('calls what waits in none of the team’s queues the team’s own', () => {
    const rows = [row({ id: 'own' }), row({ id: 'queued', queueId: 'q' }), row({ id: 'gone', queueId: 'removed' })];
    expect(waitingOf(rows, facts(), now).map(({ queueId }) => queueId)).toEqual(['team', 'q', 'team']);
    expect(waitingOf([row()], facts({ teamId: null }), now)[0]!.queueId).toBe('lobby');
  });

  it('goes by what was learned of such work, else by what the ticket was begun with', () => {
    const handling = new Map([['q dm', { handlingMs: 60_000, samples: 9 }]]);
    const rows = [row({ queueId: 'q' }), row({ queueId: 'q', workType: 'comment' })];
    expect(waitingOf(rows, facts({ handling }), now).map(({ handlingMs }) => handlingMs)).toEqual([60_000, 300_000]);
  });

  it('carries weight, acquaintance and refusals, and gives a language up in time', () => {
    const known = facts({ knownBy: new Map([['mina', 'ada']]), passedBy: new Map([['t1', ['ben']]]) });
    const long = new Date(now.getTime() - 600_000);
    const [ticket] = waitingOf(
      [row({ workType: 'call', lane: '|call|lang:fa=1|law=2', waitingSince: long })],
      known,
      now,
    );
    expect(ticket).toMatchObject({ weight: Infinity, knownBy: 'ada', declinedBy: ['ben'], needs: { law: 2 } });
  });

  it('finds how many pieces may find room: by the lightest kind of work', () => {
    expect(
      mostPieces(
        [
          { capacity: 5, load: 4.5 },
          { capacity: 2, load: 3 },
        ],
        USUAL_ROUTING,
      ),
    ).toBe(1);
    expect(mostPieces([{ capacity: 5, load: 0 }], USUAL_ROUTING)).toBe(10);
    expect(mostPieces([], USUAL_ROUTING)).toBe(0);
  });
});
