import type { OutboundMessage } from '../../../src/channels/sending';
import { SEED } from './seed';
import type { ErrorBody, TelegramFault } from './server';
import { message, nobodysUrl, SpecApp } from './spec-app';

const NEGAR = String(SEED.negarId);
const text = message().text;
let app: SpecApp;

beforeEach(async () => {
  app = await SpecApp.start();
});
afterEach(() => app.close());

const refuse = (error: ErrorBody, over: Partial<TelegramFault> = {}) =>
  app.sim.faults.add({ when: 'before', answer: { error }, ...over });

/** Amir commented under a post of the channel. */
function commented() {
  const { copy } = app.sim.act.channelPost({ text: 'جشنوارهٔ یلدا شروع شد 🍉' });
  const { chatId, messageId } = app.sim.act.comment({ by: 'amir', text: 'ارسال به کرج؟', copy: copy! });
  const reply: Partial<OutboundMessage> = {
    threadKind: 'comment',
    visibility: 'public',
    recipientExternalId: String(SEED.amirId),
    replyToExternalId: `${chatId}:${messageId}`,
    postExternalId: `${copy!.chatId}:${copy!.messageId}`,
  };
  return { copy: copy!, chatId, messageId, reply };
}

describe('sending', () => {
  beforeEach(() => void app.sim.act.start({ by: 'negar' }));

  it('a text arrives byte for byte and is known by chat and number', async () => {
    const outcome = await app.send();
    const [effect] = app.sim.effects.all;
    expect(effect).toMatchObject({ kind: 'message', chatId: SEED.negarId, text, replyTo: null });
    expect(outcome).toEqual({ status: 'sent', externalId: `${NEGAR}:${effect?.messageId}` });
  });

  it('a quoted message', async () => {
    const { messageId } = app.sim.act.dm({ by: 'negar', text: 'کی می‌رسد؟' });
    expect(await app.send({ replyToExternalId: `${NEGAR}:${messageId}` })).toMatchObject({ status: 'sent' });
    expect(app.sim.effects.all[0]).toMatchObject({ replyTo: messageId });
  });

  it('an answer to a message that is gone goes without the quote, once', async () => {
    expect(await app.send({ replyToExternalId: `${NEGAR}:1` })).toMatchObject({ status: 'sent' });
    expect(app.sim.effects.all).toMatchObject([{ text, replyTo: null }]);
    expect(app.sim.calls.map(({ status }) => status)).toEqual([400, 200]);
  });

  it.each([
    ['image', 'image/png', 'photo'],
    ['image', 'image/gif', 'animation'],
    ['video', 'video/mp4', 'video'],
    ['audio', 'audio/ogg', 'voice'],
    ['audio', 'audio/mpeg', 'audio'],
    ['file', 'application/pdf', 'document'],
  ])('an %s of %s is uploaded as %s with its words', async (kind, mimeType, type) => {
    const bytes = Buffer.from(`${kind} ‌ ${mimeType}`);
    const attachment = {
      kind,
      mimeType,
      url: 'https://ours.example/1',
      name: 'فاکتور.bin',
      read: () => Promise.resolve(bytes),
    };
    expect(await app.send({ attachments: [attachment] })).toMatchObject({ status: 'sent' });
    const [effect] = app.sim.effects.all;
    expect(effect).toMatchObject({ text, files: [{ type, name: 'فاکتور.bin' }] });
    expect(effect?.files[0]?.bytes?.equals(bytes)).toBe(true);
  });

  it('a file known only by its address is fetched by the network', async () => {
    await app.send({ text: '', attachments: [{ kind: 'image', url: 'https://ours.example/1.jpg' }] });
    expect(app.sim.effects.all).toMatchObject([
      { text: '', files: [{ type: 'photo', url: 'https://ours.example/1.jpg' }] },
    ]);
  });

  it('an album of uploads and addresses keeps its order, the words under the first', async () => {
    const read = () => Promise.resolve(Buffer.from('one'));
    const outcome = await app.send({
      attachments: [
        { kind: 'image', url: 'https://ours.example/1', read },
        { kind: 'video', url: 'https://ours.example/2.mp4' },
      ],
    });
    expect(app.sim.effects.all).toMatchObject([
      { text, files: [{ type: 'photo', bytes: Buffer.from('one') }] },
      { text: '', files: [{ type: 'video', url: 'https://ours.example/2.mp4' }] },
    ]);
    expect(outcome).toEqual({ status: 'sent', externalId: `${NEGAR}:${app.sim.effects.all[0]?.messageId}` });
  });

  it('a file that cannot be read here is tried later, and nothing was sent', async () => {
    const read = () => Promise.reject(new Error('disk'));
    const attachments = [{ kind: 'file', url: 'https://ours.example/1', read }];
    expect(await app.send({ attachments })).toMatchObject({ status: 'retry', code: 'attachment_unreadable' });
    expect(app.sim.calls).toEqual([]);
  });

  it('a business account’s customer is answered through the account, within its day', async () => {
    const { messageId } = app.sim.act.businessMessage({ by: 'amir', text: 'سلام', connection: SEED.connection });
    const recipientExternalId = `business:${SEED.connection}:${SEED.amirId}`;
    const outcome = await app.send({ recipientExternalId, replyToExternalId: `${recipientExternalId}:${messageId}` });
    expect(app.sim.effects.all).toMatchObject([
      { connection: SEED.connection, chatId: SEED.amirId, replyTo: messageId },
    ]);
    expect(outcome).toMatchObject({ status: 'sent', externalId: expect.stringMatching(/^business:/) as string });
    app.sim.world.advance(25 * 3_600_000);
    expect(await app.send({ recipientExternalId })).toMatchObject({ status: 'failed', code: 'window_closed' });
  });
});

describe('comments', () => {
  it('the answer hangs under the comment in the discussion group, never in the channel', async () => {
    const { reply, chatId, messageId } = commented();
    const asThePost = { ...reply, postExternalId: `${SEED.channelId}:101` };
    expect(await app.send(reply)).toMatchObject({ status: 'sent' });
    expect(await app.send({ ...asThePost, text: 'و دوباره' })).toMatchObject({ status: 'sent' });
    expect(app.sim.effects.all).toMatchObject([
      { chatId, replyTo: messageId },
      { chatId, replyTo: messageId },
    ]);
  });

  it('a comment that is gone is answered under its post', async () => {
    const { reply, copy, chatId, messageId } = commented();
    app.sim.world.find(chatId, messageId)!.deleted = true;
    expect(await app.send(reply)).toMatchObject({ status: 'sent' });
    expect(app.sim.effects.all).toMatchObject([{ chatId, replyTo: copy.messageId }]);
  });

  it('a group that moved is answered at its new id, without a number of the old', async () => {
    const { chatId, messageId } = app.sim.act.groupMessage({ by: 'amir', text: 'سلام' });
    const { to } = app.sim.act.migrate({ in: 'group' });
    const reply = { ...commented().reply, replyToExternalId: `${chatId}:${messageId}`, postExternalId: String(chatId) };
    const outcome = await app.send(reply);
    expect(app.sim.effects.all).toMatchObject([{ chatId: to, replyTo: null, text }]);
    expect(outcome).toEqual({ status: 'sent', externalId: `${to}:${app.sim.effects.all[0]?.messageId}` });
  });

  it('out of the group, an admin has to act', async () => {
    const { reply } = commented();
    app.sim.act.botStanding({ by: 'owner', in: 'discussion', standing: 'kicked' });
    expect(await app.send(reply)).toMatchObject({ status: 'failed', code: 'not_a_member', fix: 'admin' });
  });
});

describe('refusals and doubt', () => {
  beforeEach(() => void app.sim.act.start({ by: 'negar' }));

  it.each<[string, (person: { blocked: boolean; deactivated: boolean; started: boolean }) => void, string]>([
    ['blocked', (person) => (person.blocked = true), 'blocked'],
    ['deactivated', (person) => (person.deactivated = true), 'person_unavailable'],
    ['never started', (person) => (person.started = false), 'never_started'],
  ])('%s: nobody can repair it', async (_, change, code) => {
    change(app.sim.world.person('negar'));
    expect(await app.send()).toMatchObject({ status: 'failed', code, fix: 'none' });
  });

  it('a revoked token holds the channel, and a new one works', async () => {
    app.sim.tokenValid = false;
    expect(await app.send()).toMatchObject({ status: 'reconnect', code: 'token_invalid' });
    expect(await app.pull(null)).toMatchObject({ status: 'reconnect' });
    expect((await app.health()).checks).toMatchObject([{ name: 'token', state: 'problem', serious: true }]);
    app.sim.tokenValid = true;
    expect(await app.send()).toMatchObject({ status: 'sent' });
  });

  it('a limited chat waits as long as it is told, without another call', async () => {
    app.sim.limit(SEED.negarId, 14);
    expect(await app.send()).toMatchObject({
      status: 'retry',
      code: 'rate_limited',
      afterMs: 14_000,
      scope: 'message',
    });
    const calls = app.sim.calls.length;
    expect(await app.send()).toMatchObject({ status: 'retry', code: 'rate_limited' });
    expect(app.sim.calls).toHaveLength(calls);
    app.sim.world.advance(14_001);
    expect(await app.send()).toMatchObject({ status: 'sent' });
  });

  it('a second chat limited at the same time means the bot', async () => {
    app.sim.act.start({ by: 'amir' });
    app.sim.limit(0, 5);
    await app.send();
    const outcome = await app.send({ recipientExternalId: String(SEED.amirId) });
    expect(outcome).toMatchObject({ status: 'retry', scope: 'channel', afterMs: 5000 });
  });

  it.each<[string, TelegramFault['answer'], TelegramFault['when'], string]>([
    ['cut off before', 'reset', 'before', 'unknown'],
    ['cut off after', 'reset', 'after', 'unknown'],
    ['a gateway’s 502', 502, 'after', 'unknown'],
    [
      'an error of the server',
      { error: { code: 500, description: 'Internal Server Error: restart' } },
      'after',
      'unknown',
    ],
    ['a 200 that is no answer', 200, 'after', 'unknown'],
  ])('%s is doubt, and reading back cannot end it', async (_, answer, when, status) => {
    app.sim.faults.add({ when, answer });
    expect(await app.send()).toMatchObject({ status });
    expect(await app.connector.lookup()).toMatchObject({ status: 'cannot_tell' });
    expect(app.sim.effects.duplicates()).toEqual([]);
  });

  it('a server that cannot be reached certainly has nothing', async () => {
    app.settings = { apiBaseUrl: await nobodysUrl() };
    const outcome = await app.send();
    expect(outcome).toMatchObject({ status: 'retry' });
    expect(JSON.stringify(outcome)).not.toContain(SEED.token);
  });

  it('no reason shows the token', async () => {
    for (const answer of ['reset', 502, { error: { code: 400, description: 'Bad Request: odd' } }] as const) {
      app.sim.faults.clear();
      app.sim.faults.add({ when: 'before', answer });
      expect(JSON.stringify([await app.send(), await app.health(), await app.pull(null)])).not.toContain(
        'inventedBotToken',
      );
    }
  });

  it('what is too long never leaves', async () => {
    expect(await app.send({ text: 'ا'.repeat(4097) })).toMatchObject({ status: 'failed', code: 'text_too_long' });
    expect(app.sim.calls).toEqual([]);
  });
});

describe('moderation and own edits', () => {
  const moderate = (
    action: 'delete' | 'like' | 'unlike' | 'block' | 'unblock',
    name: string,
    authorExternalId?: string,
  ) =>
    app.connector.moderate(
      app.channel,
      action,
      {
        messageExternalId: name,
        threadKind: 'comment',
        ...(authorExternalId === undefined ? {} : { authorExternalId }),
      },
      app.credentials,
    );

  it('likes, blocks and deletes a comment, however often', async () => {
    const { chatId, messageId } = commented();
    const name = `${chatId}:${messageId}`;
    const amir = String(SEED.amirId);
    for (const action of ['like', 'unlike', 'block', 'block', 'unblock', 'delete', 'delete'] as const)
      expect(await moderate(action, name, amir)).toEqual({ status: 'sent', externalId: name });
    expect(app.sim.effects.all.map(({ kind, text: what }) => [kind, what])).toEqual([
      ['reaction', '👍'],
      ['reaction', null],
      ['ban', amir],
      ['ban', amir],
      ['unban', amir],
      ['delete', null],
    ]);
  });

  it('after 48 hours nothing can be deleted', async () => {
    const { chatId, messageId } = commented();
    app.sim.world.advance(49 * 3_600_000);
    expect(await moderate('delete', `${chatId}:${messageId}`)).toMatchObject({ status: 'failed', code: 'too_old' });
  });

  it('without the right an admin has to act', async () => {
    const { chatId, messageId } = commented();
    app.sim.world.group('discussion').bot = 'member';
    const outcome = await moderate('block', `${chatId}:${messageId}`, String(SEED.amirId));
    expect(outcome).toMatchObject({ status: 'failed', code: 'permission_missing', fix: 'admin' });
  });

  it('doubt is answered by doing it again', async () => {
    const { chatId, messageId } = commented();
    app.sim.faults.add({ when: 'after', answer: 'reset', times: 1 });
    expect(await moderate('delete', `${chatId}:${messageId}`)).toMatchObject({ status: 'retry' });
    expect(await moderate('delete', `${chatId}:${messageId}`)).toMatchObject({ status: 'sent' });
  });

  it('a message of a business account’s chat is deleted there', async () => {
    const { messageId } = app.sim.act.businessMessage({ by: 'amir', text: 'x', connection: SEED.connection });
    const messageExternalId = `business:${SEED.connection}:${SEED.amirId}:${messageId}`;
    const target = { messageExternalId, threadKind: 'dm' as const };
    expect(await app.connector.moderate(app.channel, 'delete', target, app.credentials)).toMatchObject({
      status: 'sent',
    });
    expect(app.sim.effects.all).toMatchObject([{ kind: 'delete', connection: SEED.connection, messageId }]);
    expect(await app.connector.moderate(app.channel, 'block', target, app.credentials)).toMatchObject({
      code: 'capability_missing',
    });
  });

  const edit = (messageExternalId: string, words: string) =>
    app.connector.edit(
      app.channel,
      { messageExternalId, text: words, threadKind: 'dm', recipientExternalId: NEGAR },
      app.credentials,
    );

  it('changes a text and the words beside a picture; the same words again are fine', async () => {
    app.sim.act.start({ by: 'negar' });
    const plain = await app.send();
    const picture = await app.send({ attachments: [{ kind: 'image', url: 'https://ours.example/1.jpg' }] });
    for (const sent of [plain, picture]) {
      const name = sent.status === 'sent' ? sent.externalId : '';
      expect(await edit(name, 'پس‌فردا')).toEqual({ status: 'sent', externalId: name });
      expect(await edit(name, 'پس‌فردا')).toEqual({ status: 'sent', externalId: name });
    }
    const edits = app.sim.effects.all.filter(({ kind }) => kind === 'edit');
    expect(edits.map((effect) => effect.text)).toEqual(['پس‌فردا', 'پس‌فردا']);
  });

  it('what is gone cannot be changed', async () => {
    expect(await edit(`${NEGAR}:1`, 'x')).toMatchObject({ status: 'failed', code: 'object_gone' });
  });
});

describe('files and people', () => {
  const media = (meta: Record<string, unknown>) =>
    app.connector.media(app.channel, { kind: 'file', meta, messageExternalId: 'x' }, app.credentials);

  it('a received file can be fetched from where it is named to be', async () => {
    await app.subscribe();
    app.sim.act.document({ by: 'negar', name: 'فاکتور ۱.txt', text: 'سلام' });
    await app.sim.updates.idle();
    const [event] = app.events;
    const attachment = event?.type === 'message' ? event.attachments[0] : undefined;
    const source = await media(attachment?.meta ?? {});
    expect(source).toMatchObject({ status: 'found', hosts: ['127.0.0.1'] });
    const bytes = await fetch(source.status === 'found' ? source.url : '').then((response) => response.text());
    expect(bytes).toBe('سلام');
  });

  it.each<[string, TelegramFault['answer'], string]>([
    ['too large', { error: { code: 400, description: 'Bad Request: file is too big' } }, 'refused'],
    ['unknown', { error: { code: 400, description: 'Bad Request: wrong file_id' } }, 'absent'],
    ['limited', { error: { code: 429, description: 'Too Many Requests', parameters: { retry_after: 3 } } }, 'retry'],
    ['broken off', 'reset', 'retry'],
  ])('a file that is %s', async (_, answer, status) => {
    app.sim.faults.add({ when: 'before', answer });
    expect(await media({ fileId: 'x' })).toMatchObject({ status });
  });

  it('a file a local server keeps on its own disk is not fetched, nor any path that climbs', async () => {
    for (const path of ['/var/lib/bot/documents/1.pdf', 'documents/../../x']) {
      app.sim.world.files.set('F', { path, bytes: Buffer.from('x') });
      expect(await media({ fileId: 'F' })).toMatchObject({ status: 'refused' });
    }
  });

  it('tells who is behind an id', async () => {
    const person = (id: string) => app.connector.describePerson(app.channel, id, app.credentials);
    expect(await person(NEGAR)).toEqual({
      status: 'found',
      facts: { name: 'نگار رستمی', handle: 'negar_rostami' },
    });
    expect(await person('1')).toEqual({ status: 'absent' });
    refuse({ code: 500, description: 'Internal Server Error' });
    expect(await person(NEGAR)).toMatchObject({ status: 'retry' });
  });
});
