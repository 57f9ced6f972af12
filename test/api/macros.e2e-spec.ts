import { uuidv7 } from '../../src/platform/ids';
import { ApiClient, eventually, OWNER } from '../harness';
import { type OutboundWorld, startOutboundWorld, type Thread } from '../outbound-world';

interface MacroJson {
  id: string;
  name: string;
  version: number;
  usedCount: number;
}
interface CannedJson {
  id: string;
  shortcut: string;
  usedCount: number;
}
interface ReadyJson {
  text: string;
  language: string;
  missing: string[];
}
interface AppliedJson {
  applied: { do: string; did: object }[];
  refused: { do: string; code: string }[];
  reply: ReadyJson | null;
}
type Page<T> = { items: T[]; nextCursor: string | null };

let world: OutboundWorld;
let owner: ApiClient;
/** Agents of no team. */
let ada: ApiClient;
let omid: ApiClient;

beforeAll(async () => {
  world = await startOutboundWorld();
  owner = world.api;
  [ada, omid] = [await agent('Ada Lovelace'), await agent('امید')];
});
afterAll(() => world.t.close());

async function agent(name: string, teamIds: string[] = []): Promise<ApiClient> {
  const id = uuidv7();
  const email = `${id}@harbour.test`;
  await world.rows(
    `INSERT INTO agents (workspace_id, id, email, name, role, password_hash)
     SELECT workspace_id, $1, $2, $3, 'agent', password_hash FROM agents WHERE email = $4`,
    [id, email, name, OWNER.email],
  );
  for (const teamId of teamIds)
    await world.rows(
      'INSERT INTO team_members (workspace_id, team_id, agent_id) SELECT workspace_id, $1, $2 FROM teams WHERE id = $1',
      [teamId, id],
    );
  return ApiClient.signIn(world.t.url, email, OWNER.password);
}

const ticketOf = async (thread: Thread): Promise<string> =>
  (await world.one<{ id: string }>('SELECT id FROM tickets WHERE conversation_id = $1', [thread.conversationId])).id;

const unique = (word: string) => `${word}-${uuidv7().slice(-8)}`;

const canned = (by: ApiClient, over: object = {}) =>
  by.post<CannedJson>('/canned-replies', {
    shortcut: unique('hi'),
    title: 'Greeting',
    scope: 'everybody',
    texts: {
      fa: 'سلام {{contact.firstName|دوست عزیز}}، {{agent.firstName}} هستم؛ شمارهٔ {{ticket.number}}',
      en: 'Hello {{contact.firstName|there}}, this is {{agent.firstName}}; number {{ticket.number}}',
    },
    ...over,
  });

describe('a macro', () => {
  it('does what it says in one go, tells what refused, and writes a draft that is not sent', async () => {
    const macro = await owner.post<MacroJson>('/macros', {
      name: unique('Wrap up'),
      scope: 'everybody',
      actions: [
        { do: 'tag', add: ['wrapped'] },
        { do: 'status', status: 'closed' },
        { do: 'note', text: 'Wrapped up.' },
        { do: 'status', status: 'pending' },
      ],
      texts: { en: 'Thank you, {{contact.name}}.', fa: 'ممنون، {{contact.name}}.' },
    });
    const ticketId = await ticketOf(await world.writes('hello'));
    const done = await ada.post<AppliedJson>(`/tickets/${ticketId}/macros/${macro.id}`, { language: 'en' });
    expect(done).toMatchObject({
      applied: [{ do: 'tag' }, { do: 'note' }, { do: 'status', did: { status: { from: 'new', to: 'pending' } } }],
      refused: [{ do: 'status', code: 'invalid_transition' }],
      reply: { text: 'Thank you, Omar.', language: 'en', missing: [] },
    });
    const events = await world.rows<{ type: string; actor: { kind: string } }>(
      `SELECT type, actor FROM domain_events WHERE ticket_id = $1 AND type IN ('ticket.tags_changed', 'ticket.status_changed',
         'message.noted', 'message.sent') ORDER BY position`,
      [ticketId],
    );
    expect(events.map(({ type, actor }) => [type, actor.kind])).toEqual([
      ['ticket.tags_changed', 'agent'],
      ['message.noted', 'agent'],
      ['ticket.status_changed', 'agent'],
    ]);
    const [counted] = (await ada.get<Page<MacroJson>>('/macros')).items.filter(({ id }) => id === macro.id);
    expect(counted!.usedCount).toBe(1);
  });

  it('applied by two at once is applied twice, each in whole', async () => {
    const macro = await owner.post<MacroJson>('/macros', {
      name: unique('Note'),
      scope: 'everybody',
      actions: [
        { do: 'note', text: 'Looked.' },
        { do: 'tag', add: ['looked'] },
      ],
    });
    const ticketId = await ticketOf(await world.writes('hello'));
    const both = await Promise.all(
      [ada, omid].map((by) => by.post<AppliedJson>(`/tickets/${ticketId}/macros/${macro.id}`)),
    );
    expect(both.flatMap(({ refused }) => refused)).toEqual([]);
    expect(both.flatMap(({ applied }) => applied.map((one) => one.do)).toSorted()).toEqual(['note', 'note', 'tag']);
  });

  it('may give the ticket to whoever applies it, within their capacity; a rule that runs it cannot', async () => {
    const macro = await owner.post<MacroJson>('/macros', {
      name: unique('Mine'),
      scope: 'everybody',
      actions: [{ do: 'take' }],
    });
    const busy = await agent('Busy');
    await world.rows(`UPDATE agents SET capacity = 1 WHERE name = 'Busy'`);
    const tickets = [await ticketOf(await world.writes('one')), await ticketOf(await world.writes('two'))];
    const both = await Promise.all(tickets.map((id) => busy.post<AppliedJson>(`/tickets/${id}/macros/${macro.id}`)));
    expect(both.flatMap(({ applied }) => applied)).toMatchObject([{ do: 'take' }]);
    expect(both.flatMap(({ refused }) => refused)).toMatchObject([{ do: 'take', code: 'capacity_full' }]);
    const rule = await owner.post<{ id: string }>('/rules', {
      name: 'Takes',
      when: [{ on: 'message.received' }],
      actions: [{ do: 'macro', macroId: macro.id }],
    });
    const ticketId = await ticketOf(await world.writes('three'));
    const receipt = await eventually(
      async () => (await owner.get<Page<{ refused: object[] }>>(`/tickets/${ticketId}/rule-receipts`)).items[0],
    );
    expect(receipt.refused).toMatchObject([{ do: 'take', code: 'conflict' }]);
    await owner.request('DELETE', `/rules/${rule.id}`);
  });

  it('is seen by those it is for, and changed by those who may', async () => {
    const team = await owner.post<{ id: string }>('/teams', { name: unique('Team') });
    const member = await agent('Member', [team.id]);
    const actions = [{ do: 'priority', priority: 'low' }];
    const shared = await owner.post<MacroJson>('/macros', { name: unique('Shared'), scope: 'everybody', actions });
    const teams = await owner.post<MacroJson>('/macros', {
      name: unique('Team'),
      scope: 'team',
      teamId: team.id,
      actions,
    });
    const own = await ada.post<MacroJson>('/macros', { name: unique('Own'), scope: 'me', actions });
    const idsOf = async (by: ApiClient) =>
      (await by.get<Page<MacroJson>>('/macros?limit=200')).items.map(({ id }) => id);
    const seen = async (by: ApiClient) => {
      const ids = await idsOf(by);
      return [shared, teams, own].map(({ id }) => ids.includes(id));
    };
    expect(await seen(ada)).toEqual([true, false, true]);
    expect(await seen(member)).toEqual([true, true, false]);
    expect(await seen(owner)).toEqual([true, true, false]);
    expect((await ada.request('POST', '/macros', { name: 'Mine for all', scope: 'everybody', actions })).status).toBe(
      403,
    );
    expect((await ada.request('PUT', `/macros/${shared.id}`, { name: 'Taken', scope: 'me', actions })).status).toBe(
      403,
    );
    expect((await ada.request('DELETE', `/macros/${shared.id}`)).status).toBe(403);
    expect((await omid.request('DELETE', `/macros/${own.id}`)).status).toBe(404);
    const ticketId = await ticketOf(await world.writes('hello'));
    expect((await omid.request('POST', `/tickets/${ticketId}/macros/${own.id}`, {})).status).toBe(404);
    const again = await owner.request('POST', '/macros', {
      name: shared.name.toUpperCase(),
      scope: 'everybody',
      actions,
    });
    expect(again.status).toBe(409);
    const renamed = await ada.ok<MacroJson>('PUT', `/macros/${own.id}`, {
      name: unique('Own'),
      scope: 'me',
      actions,
      version: 1,
    });
    expect(renamed.version).toBe(2);
    expect(
      (await ada.request('PUT', `/macros/${own.id}`, { name: 'Late', scope: 'me', actions, version: 1 })).status,
    ).toBe(409);
    expect((await ada.request('DELETE', `/macros/${own.id}`)).status).toBe(204);
    expect((await ada.request('POST', `/tickets/${ticketId}/macros/${own.id}`, {})).status).toBe(404);
  });

  it('names what is wrong with it, and what is not of this workspace', async () => {
    const stranger = await world.stranger(unique('macros'));
    const theirs = await stranger.post<{ id: string }>('/teams', { name: 'Theirs' });
    const wrong = async (body: object) => {
      const answer = await owner.request<{ error: { details: { fields: { path: string }[] } } }>(
        'POST',
        '/macros',
        body,
      );
      expect(answer.status).toBe(422);
      return answer.body.error.details.fields.map(({ path }) => path);
    };
    const name = unique('Wrong');
    expect(await wrong({ name, scope: 'everybody', actions: [{ do: 'move', teamId: theirs.id }] })).toEqual([
      'actions.0.teamId',
    ]);
    expect(await wrong({ name, scope: 'everybody', actions: [{ do: 'reply', cannedReplyId: uuidv7() }] })).toEqual([
      'actions.0.do',
    ]);
    expect(await wrong({ name, scope: 'everybody', actions: [], texts: { en: '{{contact.salary}}' } })).toEqual([
      'texts.en',
    ]);
    expect(await wrong({ name, scope: 'everybody', actions: [] })).toEqual(['actions']);
    expect(await wrong({ name, scope: 'team', teamId: theirs.id, actions: [{ do: 'note', text: 'x' }] })).toEqual([
      'teamId',
    ]);
    expect(await wrong({ name, scope: 'team', actions: [{ do: 'note', text: 'x' }] })).toEqual(['teamId']);
    const macro = await owner.post<MacroJson>('/macros', {
      name,
      scope: 'everybody',
      actions: [{ do: 'note', text: 'x' }],
    });
    expect(
      (
        await stranger.request('PUT', `/macros/${macro.id}`, {
          name,
          scope: 'everybody',
          actions: [{ do: 'note', text: 'x' }],
        })
      ).status,
    ).toBe(404);
    const ticketId = await ticketOf(await world.writes('hello'));
    expect((await stranger.request('POST', `/tickets/${ticketId}/macros/${macro.id}`, {})).status).toBe(404);
    expect((await stranger.get<Page<MacroJson>>('/macros')).items).toEqual([]);
  });
});

describe('a canned reply', () => {
  it('reads in the customer’s language or the one asked for, with what is known of them', async () => {
    const { id } = await canned(owner);
    const thread = await world.writes('سلام، سفارشم کجاست؟');
    const ticketId = await ticketOf(thread);
    const { number } = await world.one<{ number: string }>('SELECT number FROM tickets WHERE id = $1', [ticketId]);
    const asked = await ada.post<ReadyJson>(`/canned-replies/${id}/render`, { ticketId, language: 'en' });
    expect(asked).toEqual({ text: `Hello Omar, this is Ada; number ${number}`, language: 'en', missing: [] });
    const persian = await omid.post<ReadyJson>(`/canned-replies/${id}/render`, { ticketId, language: 'fa' });
    expect(persian.text).toBe(`سلام \u2068Omar\u2069، امید هستم؛ شمارهٔ ${number}`);
    await world.rows(`UPDATE contacts SET name = NULL WHERE id = (SELECT contact_id FROM tickets WHERE id = $1)`, [
      ticketId,
    ]);
    await world.rows(`UPDATE tickets SET language = 'fa' WHERE id = $1`, [ticketId]);
    const nameless = await omid.post<ReadyJson>(`/canned-replies/${id}/render`, { ticketId });
    expect(nameless).toMatchObject({ text: `سلام دوست عزیز، امید هستم؛ شمارهٔ ${number}`, language: 'fa' });
    const [counted] = (await ada.get<Page<CannedJson>>('/canned-replies?limit=200')).items.filter(
      (one) => one.id === id,
    );
    expect(counted!.usedCount).toBe(3);
  });

  it('is found by the beginning of its shortcut first, then by words however they are typed', async () => {
    const texts = { fa: 'لطفاً شمارهٔ كارت خود را بفرستید' };
    const byText = await canned(owner, { shortcut: unique('card'), title: 'پرسش', texts });
    const byShortcut = await canned(owner, { shortcut: '/کارت-بانکی', title: 'Bank', texts: { en: 'Your bank' } });
    expect(byShortcut.shortcut).toBe('کارت-بانکی');
    const found = await ada.get<Page<CannedJson>>(`/canned-replies?q=${encodeURIComponent('/كارت')}`);
    expect(found.items.map(({ id }) => id)).toEqual([byShortcut.id]);
    const words = await ada.get<Page<CannedJson>>(`/canned-replies?q=${encodeURIComponent('کارت')}`);
    expect(words.items.map(({ id }) => id)).toEqual([byShortcut.id, byText.id]);
    expect((await ada.get<Page<CannedJson>>('/canned-replies?q=100%25_')).items).toEqual([]);
    const twice = await owner.request('POST', '/canned-replies', {
      shortcut: 'كارت بانكي',
      title: 'x',
      scope: 'everybody',
      texts,
    });
    expect(twice.status).toBe(409);
  });

  it('refuses a variable that is not known before anybody uses it', async () => {
    const body = {
      shortcut: unique('x'),
      title: 'x',
      scope: 'me',
      texts: { en: 'Hi {{customer.name}} {{', fa: 'سلام' },
    };
    const answer = await ada.request<{ error: { details: { fields: { path: string }[] } } }>(
      'POST',
      '/canned-replies',
      body,
    );
    expect(answer.status).toBe(422);
    expect(answer.body.error.details.fields.map(({ path }) => path)).toEqual(['texts.en', 'texts.en']);
    expect((await ada.request('POST', '/canned-replies', { ...body, texts: {} })).status).toBe(422);
    expect((await ada.request('POST', '/canned-replies', { ...body, texts: { en: 1 } })).status).toBe(422);
  });

  it('pages, and keeps one’s own and other workspaces’ apart', async () => {
    const own = await canned(ada, { scope: 'me' });
    const same = await canned(omid, { scope: 'me', shortcut: own.shortcut }); // each may call theirs so
    expect(same.shortcut).toBe(own.shortcut);
    const shared = await canned(owner);
    const stranger = await world.stranger(unique('canned'));
    const ticketId = await ticketOf(await world.writes('hello'));
    for (const by of [omid, stranger]) {
      expect((await by.request('POST', `/canned-replies/${own.id}/render`, { ticketId })).status).toBe(404);
      expect((await by.request('DELETE', `/canned-replies/${own.id}`)).status).toBe(404);
    }
    expect((await stranger.request('POST', `/canned-replies/${shared.id}/render`, { ticketId })).status).toBe(404);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<CannedJson> = await ada.get(`/canned-replies?limit=1${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining([own.id, shared.id]));
    expect(seen).not.toContain(same.id);
    expect((await ada.request('DELETE', `/canned-replies/${own.id}`)).status).toBe(204);
    await eventually(async () => (await ada.request('DELETE', `/canned-replies/${own.id}`)).status === 404);
  });
});
