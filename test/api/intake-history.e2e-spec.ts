import { answered, at, type IntakeWorld, orders, said, startIntakeWorld } from '../intake-world';

let w: IntakeWorld;
beforeAll(async () => {
  w = await startIntakeWorld();
});
afterAll(() => w.t.close());

const LATER = new Date(Date.UTC(2026, 10, 25)).toISOString(); // three days after the story
const old = (id: string, minute: number, over: Parameters<typeof said>[3] = {}) =>
  said(id, 'u1', id, { opensWork: false, occurredAt: at(minute), ...over });
const oldAnswer = (id: string, minute: number) => answered(id, 'u1', id, { opensWork: false, occurredAt: at(minute) });

describe('history', () => {
  const story = [old('one', 1), oldAnswer('two', 2), old('three', 3), oldAnswer('four', 4), old('five', 5)];
  const live = said('live', 'u1', 'live', { occurredAt: LATER });

  it('is filed in silence: no ticket, nothing to answer, the bot still there', async () => {
    const world = await w.aside();
    await world.take(story, LATER);
    expect(await world.threads()).toEqual([['one', 'two', 'three', 'four', 'five']]);
    expect(await world.tickets()).toEqual([]);
    const told = (await world.events('message.received')).filter(({ data }) => data['direction'] === 'in');
    expect(told.slice(-3).map(({ data }) => data['opensWork'])).toEqual([false, false, false]);
    const [row] = await world.rows<{ handler: string }>('SELECT handler FROM conversations WHERE channel_id = $1');
    expect(row!.handler).toBe('bot');
    await world.take([live], LATER);
    expect(await world.tickets()).toMatchObject([{ status: 'new', preview: 'live' }]);
  });

  it('stands before what was said later, whichever was read first', async () => {
    for (const order of orders([...story, live])) {
      for (const batch of [true, false]) {
        const world = await w.aside();
        if (batch) await world.take(order, LATER);
        else for (const e of order) await world.take([e], LATER);
        expect(await world.threads()).toEqual([['one', 'two', 'three', 'four', 'five', 'live']]);
        expect(await world.tickets()).toHaveLength(1);
      }
    }
  });

  it('that fills a gap stands in the gap, and every page of the thread holds it once', async () => {
    const world = await w.aside();
    await world.take([said('before', 'u1', 'before', { occurredAt: at(0) })], at(0));
    await world.take([live], LATER);
    for (const e of story.toReversed()) await world.take([e], LATER);
    const [conversation] = await world.rows<{ id: string }>('SELECT id FROM conversations WHERE channel_id = $1');
    const read = async (query: string) => {
      const pages: string[][] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: { items: { text: string }[]; nextCursor: string | null } = await world.t.owner.get(
          `/conversations/${conversation!.id}/messages?limit=3${cursor && `&${query}=${cursor}`}${cursor === '' && query === 'after' ? '&after=0' : ''}`,
        );
        pages.push(page.items.map(({ text }) => text));
        cursor = page.nextCursor;
      }
      return pages;
    };
    const whole = ['before', 'one', 'two', 'three', 'four', 'five', 'live'];
    expect((await read('before')).toReversed().flat()).toEqual(whole);
    expect((await read('after')).flat()).toEqual(whole);
  });

  it('answers nothing that was asked after it, and does not end the wait', async () => {
    const world = await w.aside();
    await world.take([live], LATER);
    await world.take([oldAnswer('two', 2)], LATER);
    const [ticket] = await world.rows<{ status: string; waiting: boolean; preview: string }>(
      'SELECT status, waiting_since IS NOT NULL AS waiting, preview FROM tickets WHERE channel_id = $1',
    );
    expect(ticket).toEqual({ status: 'new', waiting: true, preview: 'live' });
  });

  it('is not what an agent is held back for', async () => {
    const world = await w.aside();
    await world.take([live], LATER);
    const [ticket] = await world.tickets();
    const [seen] = await world.rows<{ id: string }>('SELECT id FROM messages WHERE channel_id = $1');
    const reply = async () => {
      const path = `/conversations/${ticket!.conversation_id}/replies`;
      const body = { text: 'hi', visibility: 'private', seenMessageId: seen!.id };
      const answer = await world.t.owner.request<{ error?: { code: string } }>('POST', path, body);
      return answer.body.error?.code;
    };
    await world.take(story, LATER);
    expect(await reply()).not.toBe('stale_reply');
    await world.take([said('news', 'u1', 'news', { occurredAt: LATER })], LATER);
    expect(await reply()).toBe('stale_reply');
  });

  it('that was never answered and is recent is work like any other, in the order it was written', async () => {
    const world = await w.aside();
    const asked = ['first', 'second', 'third'].map((text, i) => said(text, 'u1', text, { occurredAt: at(40 + i) }));
    await world.take(asked.toReversed(), LATER);
    expect(await world.threads()).toEqual([['first', 'second', 'third']]);
    const [ticket] = await world.rows<{ waiting_since: Date }>(
      'SELECT waiting_since FROM tickets WHERE channel_id = $1',
    );
    expect(ticket!.waiting_since.toISOString()).toBe(at(40));
  });
});

describe('an answer of another tool that is read late', () => {
  it('counts as any other: it answers what it followed, stands where it was written, and silences the bot', async () => {
    const world = await w.aside();
    await world.take([said('asked', 'u1', 'asked', { occurredAt: at(0) })], at(0));
    await world.take([said('again', 'u1', 'again', { occurredAt: at(50) })], at(50));
    await world.take([answered('answer', 'u1', 'answer', { occurredAt: at(10) })], LATER);
    expect(await world.threads()).toEqual([['asked', 'answer', 'again']]);
    const [row] = await world.rows<{ handler: string; status: string }>(
      'SELECT c.handler, t.status FROM conversations c JOIN tickets t ON t.conversation_id = c.id WHERE c.channel_id = $1',
    );
    expect(row).toEqual({ handler: 'human', status: 'open' });
  });
});

describe('a word that comes a little late', () => {
  const reply = async (world: IntakeWorld, seen: string) => {
    const [row] = await world.rows<{ id: string; conversation_id: string }>(
      'SELECT id, conversation_id FROM messages WHERE channel_id = $1 AND external_id = $2',
      [seen],
    );
    const body = { text: 'hi', visibility: 'private', seenMessageId: row!.id };
    const path = `/conversations/${row!.conversation_id}/replies`;
    const answer = await world.t.owner.request<{ error?: { code: string; details: { newer?: { text: string }[] } } }>(
      'POST',
      path,
      body,
    );
    return answer.body.error?.code === 'stale_reply' ? answer.body.error.details.newer!.map(({ text }) => text) : [];
  };
  const words = ['one', 'two', 'three', 'four'].map((text, i) => said(text, 'u1', text, { occurredAt: at(i) }));

  it('stands where it was written, in whatever order words come, and is news all the same', async () => {
    for (const order of orders(words)) {
      const world = await w.aside();
      for (const e of order) await world.take([e], at(5));
      expect(await world.threads()).toEqual([['one', 'two', 'three', 'four']]);
      expect(await world.tickets()).toMatchObject([{ preview: 'four' }]);
    }
    const world = await w.aside();
    for (const e of [words[0]!, words[1]!, words[3]!]) await world.take([e], at(5));
    await world.take([words[2]!], at(6));
    expect(await reply(world, 'four')).toEqual(['three']);
    const { items } = await world.t.owner.get<{ items: { text: string; arrival: number }[] }>(
      `/conversations/${(await world.tickets())[0]!.conversation_id}/messages`,
    );
    expect(items.map(({ text, arrival }) => [text, arrival])).toEqual([
      ['one', 1],
      ['two', 2],
      ['three', 4],
      ['four', 3],
    ]);
    expect(await reply(world, 'three')).toEqual([]);
  });

  it('of one second with others it is read all the same, however long the pages are', async () => {
    const world = await w.aside();
    for (const e of [words[0]!, words[3]!]) await world.take([e], at(5));
    const twins = ['a', 'b', 'c'].map((text) => said(text, 'u1', text, { occurredAt: at(1) }));
    await world.take(twins.slice(0, 2), at(5));
    await world.take(twins.slice(2), at(5));
    const path = `/conversations/${(await world.tickets())[0]!.conversation_id}/messages?limit=1`;
    const read: string[] = [];
    for (let before = ''; read.length < 9;) {
      const page = await world.t.owner.get<{ items: { text: string; seq: number }[] }>(path + before);
      if (page.items.length === 0) break;
      read.unshift(page.items[0]!.text);
      before = `&before=${page.items[0]!.seq}`;
    }
    expect(read).toEqual(['one', 'a', 'b', 'c', 'four']);
  });

  it('never stands above a word of ours that did not know of it', async () => {
    const story = [
      said('one', 'u1', 'one', { occurredAt: at(0) }),
      answered('ours', 'u1', 'ours', { occurredAt: at(3) }),
    ];
    const late = [1, 2, 4].map((n) => said(`late ${n}`, 'u1', `late ${n}`, { occurredAt: at(n) }));
    for (const order of orders(late)) {
      const world = await w.aside();
      await world.tell(...story);
      for (const e of order) await world.take([e], at(5));
      expect(await world.threads()).toEqual([['one', 'ours', 'late 1', 'late 2', 'late 4']]);
    }
  });

  it('read an hour late and more it is work of today, and stands where it came', async () => {
    const world = await w.aside();
    for (const e of [words[0]!, words[3]!]) await world.take([e], at(5));
    await world.take([words[1]!], at(90));
    expect(await world.threads()).toEqual([['one', 'four', 'two']]);
  });
});

describe('a word from another tool to somebody we never heard of', () => {
  it('makes the person and the thread, and asks nobody to work', async () => {
    const world = await w.aside();
    const contact = { externalId: 'u7', aliases: ['+99'], name: 'سارا' };
    await world.take([answered('o1', 'u7', 'سلام', { contact, threadAliases: ['dm:+99'] })]);
    expect(await world.people()).toEqual(['+99 u7']);
    expect(await world.tickets()).toEqual([]);
    await world.take([said('m1', '+99', 'سلام، بله؟', { occurredAt: at(1) })]);
    expect(await world.threads()).toEqual([['سلام', 'سلام، بله؟']]);
    expect(await world.tickets()).toHaveLength(1);
  });
});
