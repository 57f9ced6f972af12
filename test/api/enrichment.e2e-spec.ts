import {
  DESCRIBE_MESSAGE_JOB,
  DESCRIBE_PERSON_JOB,
  DESCRIBE_POST_JOB,
  Enrichment,
} from '../../src/channels/enrichment';
import { LastEvents } from '../../src/channels/ingress/last-events';
import type { TicketView } from '../../src/inbox/tickets/ticket-views.repository';
import { eventually } from '../harness';
import { AMIR, dm, feed, MetaWorld, NEGAR, startMetaWorld } from '../meta-world';
import type { FaultRule } from '../simulators/meta/faults';
import { SEED } from '../simulators/meta/seed';

const CAPTION = 'انار تازه 🍎 | Pomegranates, از فردا';
const PHOTO = 'https://scontent.example/pomegranates.jpg';

interface ContactJson {
  id: string;
  name: string | null;
  identities: { id: string; name: string | null; handle: string | null }[];
}

interface JobRow {
  id: string;
  payload: { id: string };
  state: string;
  attempts: number;
}

const METHODS: Readonly<Record<string, string>> = {
  [DESCRIBE_POST_JOB]: 'describePost',
  [DESCRIBE_PERSON_JOB]: 'describePerson',
  [DESCRIBE_MESSAGE_JOB]: 'describeMessage',
};

let w: MetaWorld;
beforeAll(async () => {
  w = await startMetaWorld();
});
afterEach(() => w.sim.faults.clear());
afterAll(() => w.close());

const reads = (id: string) => w.sim.calls.filter(({ method, path }) => method === 'GET' && path.endsWith(`/${id}`));
const jobs = (name: string, id: string) =>
  w.rows<JobRow>(`SELECT id, payload, state, attempts FROM jobs WHERE name = $1 AND payload->>'id' = $2`, [name, id]);
const failReads = (id: string, rule: Omit<FaultRule, 'when'>) =>
  w.sim.faults.add({ method: 'GET', path: `/${id}$`, when: 'before', ...rule });
const ticketOf = async (conversationId: string) =>
  w.api.get<TicketView>(`/tickets/${(await w.tickets(conversationId))[0]!.id}`);

const newPost = () => w.sim.world.addPost({ accountId: SEED.pageId, text: CAPTION, pictureUrl: PHOTO });
let told = 0;
/** A comment whose webhook names its post by id and nothing else, as Instagram's do. */
async function comments(postId: string, from = { id: NEGAR.author, name: 'نگار رستمی' }) {
  const comment_id = `${postId}_c${(told += 1)}`;
  await w.tell(feed({ comment_id, message: 'قیمت؟', from, post_id: postId, parent_id: postId }));
  const { id } = await w.thread(comment_id);
  const row = await w.one<{ post_id: string }>('SELECT post_id FROM conversations WHERE id = $1', [id]);
  return { conversationId: id, postId: row.post_id };
}

/** Somebody new to us writes to the Page. */
let strangers = 0;
function stranger(name = 'Omar Haddad') {
  const key = `stranger-${(strangers += 1)}`;
  w.sim.world.addPerson(key, name, key);
  return { key, psid: w.sim.world.scopedId(SEED.pageId, key) };
}
async function writes(psid: string) {
  await w.tell(dm('person', { message: { mid: `m_enrich_${(told += 1)}`, text: 'سلام' } }, { person: psid }));
  const conversation = await w.conversation(`dm:${psid}`);
  const { identity_id: identityId } = await w.one<{ identity_id: string }>(
    'SELECT identity_id FROM conversations WHERE id = $1',
    [conversation.id],
  );
  return { ...conversation, identityId };
}
const contact = (id: string) => w.api.get<ContactJson>(`/contacts/${id}`);
const named = (id: string, name: string) => eventually(async () => (await contact(id)).name === name, 20_000);
/** Waits until the subscriber has heard everything and each of these jobs has ended; a job that is done leaves no row. */
const ended = (name: string, id: string) =>
  eventually(async () => {
    await w.hurry();
    const [waiting] = await w.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM event_heads h LEFT JOIN event_cursors c
         ON c.workspace_id = h.workspace_id AND c.subscriber = 'channels.enrich'
       WHERE coalesce(c.position, 0) < h.position`,
    );
    const found = await jobs(name, id);
    return waiting!.n === 0 && found.every(({ state }) => state === 'parked') && { parked: found };
  }, 20_000);
/** Runs a finished job once more, as a runner would that lost its lease after the work was done. */
async function runAgain(jobName: string, id: string): Promise<void> {
  const enrichment = w.t.app.get(Enrichment, { strict: false }) as unknown as Record<string, (job: object) => unknown>;
  const method = METHODS[jobName]!;
  const { id: workspaceId } = await w.one<{ id: string }>('SELECT workspace_id AS id FROM channels WHERE id = $1', [
    w.page,
  ]);
  await enrichment[method]!({ id, workspaceId, name: jobName, payload: { id }, attempt: 1, fence: 1, requestId: null });
}

const postEvents = (conversationId: string) =>
  w.rows(`SELECT 1 FROM domain_events WHERE type = 'conversation.post_described' AND conversation_id = $1`, [
    conversationId,
  ]);

describe('the post above its comments', () => {
  it('appears on the ticket, and open screens are told', async () => {
    const post = newPost();
    const { conversationId, postId } = await comments(post.id);
    const ticket = await eventually(async () => {
      const seen = await ticketOf(conversationId);
      return seen.post?.text === CAPTION && seen;
    });
    expect(ticket.post).toEqual({
      id: postId,
      text: CAPTION,
      permalink: post.permalink,
      mediaUrl: PHOTO,
      kind: 'added_photos',
    });
    const event = await w.one<{ ticket_id: string; data: object; audience: string[] }>(
      `SELECT ticket_id, data, audience FROM domain_events WHERE type = 'conversation.post_described' AND conversation_id = $1`,
      [conversationId],
    );
    expect(event).toMatchObject({ ticket_id: ticket.id, data: { postId } });
    expect(event.audience).toEqual(expect.arrayContaining(['leads', `ticket:${ticket.id}`]));
    const { published_at: publishedAt } = await w.one<{ published_at: Date }>(
      'SELECT published_at FROM posts WHERE id = $1',
      [postId],
    );
    expect(publishedAt.getTime()).toBe(Math.floor(post.createdMs / 1000) * 1000);
  });

  it('is read once for all its comments, and told to each of them', async () => {
    const post = newPost();
    failReads(post.id, { answer: 503, times: 1 });
    const first = await comments(post.id);
    const second = await comments(post.id, { id: AMIR.author, name: 'Amir Tavakoli' });
    expect(second.postId).toBe(first.postId);
    expect(await ended(DESCRIBE_POST_JOB, first.postId)).toEqual({ parked: [] });
    for (const { conversationId } of [first, second])
      expect((await ticketOf(conversationId)).post).toMatchObject({ text: CAPTION });
    const events = await w.rows(
      `SELECT 1 FROM domain_events WHERE type = 'conversation.post_described' AND data->>'postId' = $1`,
      [first.postId],
    );
    expect(events).toHaveLength(2);
    const asked = reads(post.id).length;
    await comments(post.id, { id: '7004518833921750', name: 'پریسا' });
    await w.tell(feed({ comment_id: `${post.id}_late`, message: 'و؟', from: { id: AMIR.author }, post_id: post.id }));
    expect(await ended(DESCRIBE_POST_JOB, first.postId)).toEqual({ parked: [] });
    expect(reads(post.id)).toHaveLength(asked); // known by now
  });

  it('is read again after a failure of the network', async () => {
    const post = newPost();
    failReads(post.id, { answer: { error: 'transient' }, times: 2 });
    const { conversationId, postId } = await comments(post.id);
    expect(await ended(DESCRIBE_POST_JOB, postId)).toEqual({ parked: [] });
    expect((await ticketOf(conversationId)).post).toMatchObject({ text: CAPTION });
    expect(reads(post.id)).toHaveLength(3);
  });

  it('stays unknown when Meta refuses, and nothing else suffers', async () => {
    const post = newPost();
    failReads(post.id, { answer: { error: 'policy_block' } });
    const { conversationId, postId } = await comments(post.id);
    expect(await ended(DESCRIBE_POST_JOB, postId)).toEqual({ parked: [] });
    expect(reads(post.id)).toHaveLength(1);
    expect((await ticketOf(conversationId)).post).toEqual({
      id: postId,
      text: null,
      permalink: null,
      mediaUrl: null,
      kind: null,
    });
    expect(await w.messages(conversationId)).toMatchObject([{ text: 'قیمت؟' }]);
    await comments(post.id, { id: AMIR.author, name: 'Amir Tavakoli' });
    expect(await ended(DESCRIBE_POST_JOB, postId)).toEqual({ parked: [] });
    expect(reads(post.id)).toHaveLength(1); // not once more for each commenter
  });

  it('is asked for again when an admin has connected the channel anew', async () => {
    const post = newPost();
    failReads(post.id, { answer: { error: 'token_expired' } });
    const { conversationId, postId } = await comments(post.id);
    expect(await ended(DESCRIBE_POST_JOB, postId)).toEqual({ parked: [] });
    expect((await ticketOf(conversationId)).post).toMatchObject({ text: null });
    w.sim.faults.clear();
    await w.api.ok('PATCH', `/channels/${w.page}`, { credentials: { accessToken: SEED.pageToken } });
    await eventually(async () => (await ticketOf(conversationId)).post?.text === CAPTION);
  });

  it('is left to a person after as many tries as the job has, not more', async () => {
    const post = newPost();
    failReads(post.id, { answer: 503 });
    const { postId } = await comments(post.id);
    expect((await ended(DESCRIBE_POST_JOB, postId)).parked).toMatchObject([{ attempts: 10 }]);
    expect(reads(post.id)).toHaveLength(10);
  });

  it('that is gone leaves the ticket as it was', async () => {
    const { conversationId, postId } = await comments(`${SEED.pageId}_404404`);
    expect(await ended(DESCRIBE_POST_JOB, postId)).toEqual({ parked: [] });
    expect((await ticketOf(conversationId)).post).toMatchObject({ id: postId, text: null });
  });

  it('described by two at once is told once', async () => {
    const post = newPost();
    failReads(post.id, { answer: 'none', delayMs: 500 });
    const { conversationId, postId } = await comments(post.id);
    await eventually(async () => reads(post.id).length === 1);
    await runAgain(DESCRIBE_POST_JOB, postId);
    expect(await ended(DESCRIBE_POST_JOB, postId)).toEqual({ parked: [] });
    expect(reads(post.id)).toHaveLength(2);
    expect(await postEvents(conversationId)).toHaveLength(1);
  });

  it('described twice is the same row and one event', async () => {
    const post = newPost();
    const { conversationId, postId } = await comments(post.id);
    expect(await ended(DESCRIBE_POST_JOB, postId)).toEqual({ parked: [] });
    const before = await w.one('SELECT * FROM posts WHERE id = $1', [postId]);
    w.sim.world.posts.get(post.id)!.text = 'another text';
    await runAgain(DESCRIBE_POST_JOB, postId);
    expect(await w.one('SELECT * FROM posts WHERE id = $1', [postId])).toEqual(before);
    expect(await postEvents(conversationId)).toHaveLength(1);
  });

  it('keeps what it had: only what is empty is filled', async () => {
    const post = newPost();
    failReads(post.id, { answer: 'none', delayMs: 400 });
    const { postId } = await comments(post.id);
    await eventually(async () => reads(post.id).length > 0);
    await w.rows(`UPDATE posts SET kind = 'reel' WHERE id = $1`, [postId]); // a webhook told it while we asked
    expect(await ended(DESCRIBE_POST_JOB, postId)).toEqual({ parked: [] });
    expect(await w.one('SELECT text, kind FROM posts WHERE id = $1', [postId])).toEqual({
      text: CAPTION,
      kind: 'reel',
    });
  });
});

describe('the person who writes', () => {
  it('has a name soon after the first message', async () => {
    const { key, psid } = stranger();
    const { contact_id: contactId, id } = await writes(psid);
    await named(contactId, 'Omar Haddad');
    expect((await ticketOf(id)).contact).toEqual({
      id: contactId,
      name: 'Omar Haddad',
      handle: null,
      avatarUrl: `https://scontent.example/${key}.jpg`,
    });
    const event = await w.one<{ audience: string[]; data: object }>(
      `SELECT audience, data FROM domain_events WHERE type = 'contact.changed' AND contact_id = $1`,
      [contactId],
    );
    expect(event).toEqual({ audience: ['leads', 'lobby'], data: { fields: ['name'] } });
  });

  it('has a handle too where the network has handles', async () => {
    await w.tell(dm('person', { message: { mid: 'm_ig_enrich', text: 'سلام' } }, { object: 'instagram' }));
    const { contact_id: id } = await w.conversation(`dm:${NEGAR.igsid}`, w.instagram);
    await named(id, 'نگار رستمی');
    expect((await contact(id)).identities).toMatchObject([{ handle: 'negar.rostamii' }]);
  });

  it('is named after a failure of the network, without a word lost', async () => {
    const { psid } = stranger();
    failReads(psid, { answer: 500, times: 2 });
    const { contact_id: id, id: conversationId, identityId } = await writes(psid);
    expect(await w.messages(conversationId)).toHaveLength(1);
    expect(await ended(DESCRIBE_PERSON_JOB, identityId)).toEqual({ parked: [] });
    expect(await contact(id)).toMatchObject({ name: 'Omar Haddad' });
    expect(reads(psid)).toHaveLength(3);
  });

  it('who keeps their profile to themselves is asked for once', async () => {
    const { key, psid } = stranger();
    w.sim.world.person(key).profile = 'refused';
    const { contact_id: id, identityId } = await writes(psid);
    expect(await ended(DESCRIBE_PERSON_JOB, identityId)).toEqual({ parked: [] });
    await writes(psid);
    expect(await contact(id)).toMatchObject({ name: null });
    expect(reads(psid)).toHaveLength(1);
  });

  it('is not asked for when the comment names them, or when Meta withholds them', async () => {
    const post = newPost();
    const known = await comments(post.id, { id: '6000000000000001', name: 'Sara' });
    const withheld = `${post.id}_withheld`;
    await w.tell(feed({ comment_id: withheld, message: '؟', post_id: post.id, parent_id: post.id }));
    expect(await ended(DESCRIBE_POST_JOB, known.postId)).toEqual({ parked: [] });
    await w.thread(withheld);
    expect(await ended(DESCRIBE_POST_JOB, known.postId)).toEqual({ parked: [] });
    expect(reads('6000000000000001')).toHaveLength(0);
    expect(w.sim.calls.filter(({ path }) => path.includes('withheld'))).toHaveLength(0);
  });

  it('keeps the name an agent gave meanwhile', async () => {
    const { psid } = stranger('Name at the network');
    failReads(psid, { answer: 'none', delayMs: 800 });
    const { contact_id: id, identityId } = await writes(psid);
    await eventually(async () => reads(psid).length > 0);
    await w.api.ok('PATCH', `/contacts/${id}`, { name: 'خانم رستمی' });
    expect(await ended(DESCRIBE_PERSON_JOB, identityId)).toEqual({ parked: [] });
    expect(await contact(id)).toMatchObject({ name: 'خانم رستمی', identities: [{ name: 'Name at the network' }] });
  });

  it('described twice is the same rows and one event', async () => {
    const { psid } = stranger();
    const { contact_id: id, identityId } = await writes(psid);
    expect(await ended(DESCRIBE_PERSON_JOB, identityId)).toEqual({ parked: [] });
    const rows = () =>
      w.one('SELECT c, i FROM contacts c JOIN contact_identities i ON i.contact_id = c.id WHERE c.id = $1', [id]);
    const before = await rows();
    await runAgain(DESCRIBE_PERSON_JOB, identityId);
    expect(await rows()).toEqual(before);
    expect(
      await w.rows(`SELECT 1 FROM domain_events WHERE type = 'contact.changed' AND contact_id = $1`, [id]),
    ).toHaveLength(1);
  });

  it('of another workspace stays theirs: the job of one cannot fill a row of the other', async () => {
    const { psid } = stranger();
    failReads(psid, { answer: 503 });
    const { contact_id: id, identityId } = await writes(psid);
    const reef = await w.otherWorkspace('reef-enrich');
    w.sim.faults.clear();
    await w.rows(`DELETE FROM jobs WHERE payload->>'id' = $1`, [identityId]);
    await w.rows(
      `INSERT INTO jobs (workspace_id, id, queue, name, payload, state, max_attempts)
       VALUES ($1, gen_random_uuid(), 'maintenance', $2, $3, 'ready', 1)`,
      [reef.id, DESCRIBE_PERSON_JOB, { id: identityId }],
    );
    expect(await ended(DESCRIBE_PERSON_JOB, identityId)).toEqual({ parked: [] });
    expect(await contact(id)).toMatchObject({ name: null });
  });
});

describe('the words of a mention, which Instagram announces by ids only', () => {
  const ELSEWHERE = '17841400000000099';
  beforeAll(() => {
    w.sim.world.addAccount({ platform: 'instagram', id: ELSEWHERE, name: 'دیگری', username: 'someone.else' });
  });
  const mentionOf = (externalId: string) =>
    w.one<{ id: string; conversation_id: string; contact_id: string; text: string; meta: Record<string, unknown> }>(
      `SELECT m.id, m.conversation_id, c.contact_id, m.text, m.meta FROM messages m
       JOIN conversations c ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id WHERE m.external_id = $1`,
      [externalId],
    );
  const edits = (messageId: string) =>
    w.rows(`SELECT 1 FROM domain_events WHERE type = 'message.edited' AND message_id = $1`, [messageId]);
  async function mentions(mediaId: string, commentId?: string) {
    w.sim.act.mention({ accountId: SEED.instagramId, mediaId, commentId });
    await w.sim.deliveries.idle();
    await w.applied();
    return mentionOf(`mention:${mediaId}${commentId ? `:${commentId}` : ''}`);
  }

  it('a caption is read with the name of whoever wrote it; lists show it', async () => {
    const post = w.sim.world.addPost({ accountId: ELSEWHERE, text: 'بهترین انار از @sib_sorkh 🍎' });
    const { id, conversation_id: conversationId, contact_id: contactId } = await mentions(post.id);
    expect(await ended(DESCRIBE_MESSAGE_JOB, id)).toEqual({ parked: [] });
    expect(await mentionOf(`mention:${post.id}`)).toMatchObject({
      text: 'بهترین انار از @sib_sorkh 🍎',
      meta: { mentionedIn: 'caption' },
    });
    expect(await ticketOf(conversationId)).toMatchObject({
      preview: 'بهترین انار از @sib_sorkh 🍎',
      subject: 'بهترین انار از @sib_sorkh 🍎',
      language: 'fa',
    });
    expect(await contact(contactId)).toMatchObject({ name: 'someone.else' });
    expect(await edits(id)).toHaveLength(1);
  });

  it('a comment is read after a failure of the network; doing it once more changes nothing', async () => {
    const post = w.sim.world.addPost({ accountId: ELSEWHERE, text: 'یلدا' });
    const comment = w.sim.world.addComment({
      postId: post.id,
      parentId: null,
      personKey: 'negar',
      text: '@sib_sorkh do you deliver?',
    });
    failReads(SEED.instagramId, { answer: { error: 'transient' }, times: 1 });
    const { id } = await mentions(post.id, comment.id);
    expect(await ended(DESCRIBE_MESSAGE_JOB, id)).toEqual({ parked: [] });
    const told = await mentionOf(`mention:${post.id}:${comment.id}`);
    expect(told).toMatchObject({ text: '@sib_sorkh do you deliver?' });
    expect(told.meta).not.toHaveProperty('textUntold');
    await runAgain(DESCRIBE_MESSAGE_JOB, id);
    expect(await mentionOf(`mention:${post.id}:${comment.id}`)).toEqual(told);
    expect(await edits(id)).toHaveLength(1);
  });

  it('what the network keeps to itself stays a mention without words, and is no trouble', async () => {
    const { id } = await mentions('18000000000000404', '17900000000000404');
    expect(await ended(DESCRIBE_MESSAGE_JOB, id)).toEqual({ parked: [] });
    expect(await mentionOf('mention:18000000000000404:17900000000000404')).toMatchObject({
      text: '',
      meta: { textUntold: true },
    });
    expect(await edits(id)).toEqual([]);
  });
});

describe('when a channel was last heard of', () => {
  const lastEventAt = async () =>
    (await w.one<{ at: Date | null }>('SELECT last_event_at AS at FROM channels WHERE id = $1', [w.page])).at;
  const channels = async () =>
    w.rows<{ id: string; workspaceId: string }>(
      'SELECT id, workspace_id AS "workspaceId" FROM channels WHERE id = $1',
      [w.page],
    );

  it('is written with its events, and again only after a minute', async () => {
    await writes(stranger().psid);
    const first = await lastEventAt();
    expect(Date.now() - first!.getTime()).toBeLessThan(90_000);
    const other = new LastEvents(); // another node
    const note = async (afterMs: number) => {
      const rows = await channels();
      const at = new Date(first!.getTime() + afterMs);
      await w.t.database.lean('system', (tx) => other.note(tx, rows, at));
    };
    await note(59_000);
    expect(await lastEventAt()).toEqual(first);
    await note(119_500);
    expect(await lastEventAt()).toEqual(new Date(first!.getTime() + 119_500));
    await note(150_000);
    expect(await lastEventAt()).toEqual(new Date(first!.getTime() + 119_500));
  });
});
