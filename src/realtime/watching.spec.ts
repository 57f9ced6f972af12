import { TYPING_MS, VIEWING_MS, type Watch, Watching } from './watching';

const ada = { id: 'a', name: 'Ada' };
const omar = { id: 'o', name: 'Omar' };
const look = (socketId: string, agent: Watch['agent'], ticketId: string | null, typing?: boolean): Watch => ({
  workspaceId: 'w',
  socketId,
  agent,
  ticketId,
  typing,
});
const on = (ticketId: string, ...agents: unknown[]) => ({ workspaceId: 'w', ticketId, agents });
const viewing = (agent: Watch['agent'], typing = false) => ({ ...agent, typing });

describe('watching', () => {
  it('tells a change once: coming, writing, moving on', () => {
    const watching = new Watching();
    expect(watching.apply(look('1', ada, 't1'), 0)).toEqual([on('t1', viewing(ada))]);
    expect(watching.apply(look('1', ada, 't1'), 10)).toEqual([]);
    expect(watching.apply(look('2', omar, 't1', true), 20)).toEqual([on('t1', viewing(ada), viewing(omar, true))]);
    expect(watching.apply(look('1', ada, 't2'), 30)).toEqual([on('t1', viewing(omar, true)), on('t2', viewing(ada))]);
    expect(watching.apply(look('1', ada, null), 40)).toEqual([on('t2')]);
    expect(watching.shownBy('1')).toBeUndefined();
  });

  it('shows an agent with two windows once, writing when one of them writes', () => {
    const watching = new Watching();
    watching.apply(look('1', ada, 't'), 0);
    watching.apply(look('2', ada, 't', true), 0);
    expect(watching.agents('w', 't', 1)).toEqual([viewing(ada, true)]);
    watching.apply(look('2', ada, null), 2);
    expect(watching.agents('w', 't', 3)).toEqual([viewing(ada)]);
  });

  it('looking on does not stop the writing', () => {
    const watching = new Watching();
    watching.apply(look('1', ada, 't', true), 0);
    watching.apply(look('1', ada, 't'), 1_000);
    expect(watching.agents('w', 't', 1_001)).toEqual([viewing(ada, true)]);
  });

  it('forgets who says nothing more: first the writing, then the looking', () => {
    const watching = new Watching();
    watching.apply(look('1', ada, 't', true), 0);
    expect(watching.expire(TYPING_MS - 1)).toEqual([]);
    expect(watching.expire(TYPING_MS)).toEqual([on('t', viewing(ada))]);
    expect(watching.expire(VIEWING_MS)).toEqual([on('t')]);
    expect(watching.expire(VIEWING_MS + 1)).toEqual([]);
    expect(watching.apply(look('1', ada, 't'), VIEWING_MS + 2)).toEqual([on('t', viewing(ada))]);
  });

  it('keeps workspaces apart', () => {
    const watching = new Watching();
    watching.apply(look('1', ada, 't'), 0);
    expect(watching.agents('other', 't', 1)).toEqual([]);
  });
});
