import type { BotAllowance } from '../../src/bot/bot-replies';
import { FaqRepository } from '../../src/bot/faq.repository';
import { Knowledge } from '../../src/bot/knowledge';
import type { FaqMatcher, TrainedFaq } from '../../src/bot/matcher';
import { ticketAudience } from '../../src/outbox/audience';
import { uuidv7 } from '../../src/platform/ids';
import { ada, startBotWorld, type Thread, type World } from '../bot-world';
import { until } from '../jobs-node';

let care: Awaited<ReturnType<typeof startBotWorld>>;
beforeAll(async () => {
  care = await startBotWorld();
});
afterAll(() => care.close());
beforeEach(() => care.replies.reset());

const SHIPPING = {
  locale: 'fa',
  title: 'هزینه ارسال چقدر است؟',
  phrasings: ['کرایه پست چند میشه'],
  answer: 'هزینه ارسال ۴۵ تا ۹۰ هزار تومان است.',
};
const RETURNS = {
  locale: 'en',
  title: 'How do I return an item?',
  phrasings: ['send it back'],
  answer: 'Within 7 days.',
};

describe('a question', () => {
  it('that comes in is answered with a suggestion, once however often the job runs', async () => {
    const w = await care.world();
    const { id: articleId } = await care.article(w, SHIPPING);
    await care.article(w, RETURNS);
    const t = await care.thread(w);
    const messageId = await care.arrives(t, 'سلام هزينه ارسااال چقدر است؟');
    const [answer] = await until('the bot has answered', async () =>
      (await care.answers(t)).length > 0 ? care.answers(t) : null,
    );
    expect(answer).toMatchObject({
      question_message_id: messageId,
      article_id: articleId,
      locale: 'fa',
      mode: 'suggested',
    });
    expect(answer!.score).toBeGreaterThan(0.4);
    expect(await Promise.all([care.bot.answer(t), care.bot.answer(t)])).toEqual(['not_asked', 'not_asked']);
    expect(await care.answers(t)).toHaveLength(1);
    const audience = ticketAudience({ id: t.ticketId, teamId: w.teamId, assigneeId: null });
    expect(await care.events(t)).toEqual([
      {
        type: 'bot.suggested',
        actor: { kind: 'bot' },
        data: { answerId: answer!.id, articleId, score: expect.closeTo(answer!.score, 5), locale: 'fa' },
        audience,
        message_id: messageId,
        ticket_id: t.ticketId,
      },
    ]);
    expect(care.replies.sent).toEqual([]);
  });

  it('is answered once when two runners race', async () => {
    const w = await care.world();
    await care.article(w, { ...SHIPPING, autoSend: true });
    const t = await care.thread(w);
    await care.asks(t, SHIPPING.title);
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => care.bot.answer(t)));
    expect(outcomes.filter((o) => o === 'sent')).toHaveLength(1);
    expect(await care.answers(t)).toHaveLength(1);
    expect(care.replies.sent).toHaveLength(1);
  });

  it('is left alone when nothing is alike, or two articles are alike', async () => {
    const w = await care.world();
    await care.article(w, SHIPPING);
    await care.article(w, RETURNS);
    const [unlike, twin] = [await care.thread(w), await care.thread(w)];
    await care.asks(unlike, 'دیروز با مدیر فروشگاه دعوام شد و خیلی ناراحتم');
    expect(await care.bot.answer(unlike)).toBe('not_sure');
    await care.article(w, { ...SHIPPING, answer: 'یک جواب دیگر' });
    await care.asks(twin, SHIPPING.title);
    expect(await care.bot.answer(twin)).toBe('not_sure');
    expect(await care.answers(w)).toEqual([]);
  });

  it('is judged by the workspace’s own thresholds', async () => {
    const w = await care.world();
    await care.article(w, SHIPPING);
    await care.article(w, RETURNS);
    const t = await care.thread(w);
    await care.asks(t, 'هزینه ارسال به تبریز');
    const set = (settings: object) =>
      care.db.database.lean('system', (tx) =>
        tx.execute('UPDATE workspaces SET settings = $2 WHERE id = $1', [w.workspaceId, JSON.stringify(settings)]),
      );
    await set({ bot: { suggestThreshold: 0.99 } });
    expect(await care.bot.answer(t)).toBe('not_sure');
    await set({ bot: { suggestThreshold: 0.1 } });
    expect(await care.bot.answer(t)).toBe('suggested');
  });

  it('is never answered from another workspace’s articles, nor another brand’s', async () => {
    const [w, other] = [await care.world(), await care.world()];
    await care.article(other, SHIPPING);
    const t = await care.thread(w);
    await care.asks(t, SHIPPING.title);
    expect(await care.bot.answer(t)).toBe('not_sure');
    expect(await care.bot.answer({ ...t, workspaceId: other.workspaceId })).toBe('not_asked');

    const brandId = uuidv7();
    await care.db.database.lean('system', (tx) =>
      tx.execute(`INSERT INTO brands (workspace_id, id, name) VALUES ($1, $2, 'Quay')`, [w.workspaceId, brandId]),
    );
    const { id } = await care.article(w, { ...SHIPPING, brandId });
    expect(await care.bot.answer(t)).toBe('not_sure');
    await care.api(w).patch(`/faq-articles/${id}`, { brandId: w.brandId }).expect(200);
    expect(await care.bot.answer(t)).toBe('suggested');
  });

  it('is answered from the articles as they are now', async () => {
    const w = await care.world();
    const { id } = await care.article(w, { ...RETURNS, autoSend: true });
    const t = await care.thread(w);
    await care.asks(t, SHIPPING.title);
    expect(await care.bot.answer(t)).toBe('not_sure');
    await care
      .api(w)
      .patch(`/faq-articles/${id}`, { ...SHIPPING, enabled: false })
      .expect(200);
    expect(await care.bot.answer(t)).toBe('not_sure');
    await care.api(w).patch(`/faq-articles/${id}`, { enabled: true, answer: 'رایگان' }).expect(200);
    expect(await care.bot.answer(t)).toBe('sent');
    expect(care.replies.sent[0]!.text).toBe('رایگان');
  });
});

describe('sending by itself', () => {
  const setting = async (body: object = {}) => {
    const w = await care.world();
    await care.article(w, { ...SHIPPING, autoSend: true, ...body });
    const t = await care.thread(w);
    return { w, t, messageId: await care.asks(t, SHIPPING.title) };
  };

  it('names the article, the score and the language, and the reply', async () => {
    const { t, messageId } = await setting();
    expect(await care.bot.answer(t)).toBe('sent');
    const [answer] = await care.answers(t);
    expect(answer).toMatchObject({ mode: 'sent', locale: 'fa', question_message_id: messageId });
    expect(answer!.score).toBeCloseTo(1, 3);
    expect(care.replies.sent).toEqual([
      {
        workspaceId: t.workspaceId,
        conversationId: t.conversationId,
        text: SHIPPING.answer,
        answerId: answer!.id,
        questionMessageId: messageId,
      },
    ]);
    const [reply] = await care.db.database.lean({ workspaceId: t.workspaceId }, (tx) =>
      tx.query<{ text: string }>('SELECT text FROM messages WHERE id = $1', [answer!.reply_message_id]),
    );
    expect(reply).toEqual({ text: SHIPPING.answer });
    expect((await care.events(t)).map((e) => e.type)).toEqual(['bot.answered']);
  });

  it.each<[string, object, Partial<BotAllowance>]>([
    ['the article is not for sending', { autoSend: false }, {}],
    ['the channel does not let the bot reply', {}, { mayReply: false }],
    ['the answer is too long for the network', {}, { textLimit: { max: 40, unit: 'utf8_bytes' } }],
  ])('is only suggesting when %s', async (_, body, allowed) => {
    care.replies.allowed = { ...care.replies.allowed, ...allowed };
    const { t } = await setting(body);
    expect(await care.bot.answer(t)).toBe('suggested');
    expect(care.replies.sent).toEqual([]);
  });

  it('happens once: when the customer asks again a person looks', async () => {
    const { t } = await setting();
    expect(await care.bot.answer(t)).toBe('sent');
    await care.asks(t, SHIPPING.phrasings[0]!);
    expect(await care.bot.answer(t)).toBe('suggested');
    expect(care.replies.sent).toHaveLength(1);
  });

  it('is, among letters, for one thread of a person at a time, however many they write in', async () => {
    const { w, t } = await setting();
    care.replies.allowed.amongMachines = true;
    const others = [await care.thread(w), await care.thread(w), await care.thread(w)];
    for (const other of others) await care.asks(other, SHIPPING.title);
    const outcomes = await Promise.all([t, ...others].map((one) => care.bot.answer(one)));
    expect(outcomes.toSorted()).toEqual(['sent', 'suggested', 'suggested', 'suggested']);
    expect(care.replies.sent).toHaveLength(1);
    await care.db.database.lean('system', (tx) =>
      tx.execute(`UPDATE bot_answers SET created_at = created_at - interval '61 minutes' WHERE workspace_id = $1`, [
        w.workspaceId,
      ]),
    );
    const later = await care.thread(w);
    await care.asks(later, SHIPPING.title);
    expect(await care.bot.answer(later)).toBe('sent');
  });

  it('is not for words that come hours late, unless the workspace says so', async () => {
    const { w, t, messageId } = await setting();
    const again = await care.thread(w);
    const late = await care.asks(again, SHIPPING.title);
    await care.db.database.lean('system', async (tx) => {
      await tx.execute(`UPDATE messages SET network_at = network_at - interval '20 hours' WHERE id = ANY($1)`, [
        [messageId, late],
      ]);
    });
    expect(await care.bot.answer(t)).toBe('suggested');
    await care.db.database.lean('system', (tx) =>
      tx.execute(`UPDATE workspaces SET settings = '{"automaticAnswers": {"maxAgeMinutes": 1500}}' WHERE id = $1`, [
        w.workspaceId,
      ]),
    );
    expect(await care.bot.answer(again)).toBe('sent');
  });

  it('leaves nothing behind when the reply fails', async () => {
    const { t } = await setting();
    const reply = jest.spyOn(care.replies, 'reply').mockRejectedValueOnce(new Error('no'));
    await expect(care.bot.answer(t)).rejects.toThrow('no');
    expect([await care.answers(t), await care.events(t)]).toEqual([[], []]);
    reply.mockRestore();
    expect(await care.bot.answer(t)).toBe('sent');
  });
});

describe('a human', () => {
  const setting = async () => {
    const w = await care.world();
    await care.article(w, { ...SHIPPING, autoSend: true });
    const t = await care.thread(w);
    await care.asks(t, SHIPPING.title);
    return t;
  };
  const replying = (t: Thread, meanwhile: () => Promise<void> = () => Promise.resolve()) =>
    care.db.database.lean({ workspaceId: t.workspaceId }, async (tx) => {
      await care.human(tx, t, 'الان می‌پرسم');
      await meanwhile();
    });

  it('who has replied silences the bot, also for later questions', async () => {
    const t = await setting();
    await replying(t);
    await care.asks(t, SHIPPING.title);
    expect(await care.bot.answer(t)).toBe('not_asked');
    expect(await care.answers(t)).toEqual([]);
  });

  it('who replies while the bot chooses wins', async () => {
    const t = await setting();
    let answering: Promise<string> | undefined;
    await replying(t, async () => {
      answering = care.bot.answer(t); // sees the thread without the reply, then waits for the conversation
      await care.someoneWaits();
    });
    expect(await answering).toBe('too_late');
    expect([await care.answers(t), await care.events(t), care.replies.sent]).toEqual([[], [], []]);
  });

  it('who replied and handed back meanwhile has answered the question', async () => {
    const t = await setting();
    let answering: Promise<string> | undefined;
    await care.db.database.lean({ workspaceId: t.workspaceId }, async (tx) => {
      await care.human(tx, t, 'الان می‌پرسم');
      await tx.execute(`UPDATE conversations SET handler = 'bot' WHERE id = $1`, [t.conversationId]);
      answering = care.bot.answer(t);
      await care.someoneWaits();
    });
    expect(await answering).toBe('too_late');
    expect(await care.answers(t)).toEqual([]);
  });

  it('who comes while the bot writes waits, and then sees its reply', async () => {
    const t = await setting();
    let humanReply: Promise<void> | undefined;
    care.replies.hold = async () => {
      humanReply = replying(t);
      await care.someoneWaits();
    };
    expect(await care.bot.answer(t)).toBe('sent');
    await humanReply;
    const thread_ = await care.db.database.lean({ workspaceId: t.workspaceId }, (tx) =>
      tx.query('SELECT author_kind FROM messages WHERE conversation_id = $1 ORDER BY seq', [t.conversationId]),
    );
    expect(thread_).toEqual([{ author_kind: 'contact' }, { author_kind: 'bot' }, { author_kind: 'agent' }]);
  });

  it('who sends the suggested words has accepted the suggestion', async () => {
    const w = await care.world();
    await care.article(w, SHIPPING);
    const [used, unused] = [await care.thread(w), await care.thread(w)];
    for (const t of [used, unused]) {
      await care.asks(t, SHIPPING.title);
      expect(await care.bot.answer(t)).toBe('suggested');
    }
    const send = (t: Thread, text: string) =>
      care.db.database.lean({ workspaceId: w.workspaceId }, (tx) => care.human(tx, t, text));
    await send(unused, 'الان بررسی می‌کنم');
    await send(used, `سلام، ${SHIPPING.answer}`);
    await until('the suggestion is settled', async () => (await care.answers(w)).some((a) => a.outcome !== null));
    expect((await care.answers(w)).map((a) => a.outcome)).toEqual(['accepted', null]);
    expect((await care.events(used)).at(-1)).toMatchObject({
      type: 'bot.suggestion_settled',
      actor: { kind: 'agent', id: ada },
      data: { outcome: 'accepted' },
    });
  });
});

describe('what the bot has learned', () => {
  /** Counts what it is asked to learn; trained models claim to be this large. */
  class CountingMatcher implements FaqMatcher {
    trained = 0;
    failing = false;
    constructor(private readonly bytes: number) {}

    async train(): Promise<TrainedFaq> {
      this.trained += 1;
      if (this.failing) throw new Error('no');
      return { match: () => [], bytes: this.bytes };
    }
  }
  const knowing = (bytes = 1) => {
    const matcher = new CountingMatcher(bytes);
    return { matcher, knowledge: new Knowledge(care.db.database, new FaqRepository(), matcher) };
  };

  it('is learned once for all who ask, and anew only after a change', async () => {
    const w = await care.world();
    const { id } = await care.article(w, SHIPPING);
    const { matcher, knowledge } = knowing();
    const learned = await Promise.all(Array.from({ length: 5 }, () => knowledge.of(w.workspaceId, w.brandId)));
    expect(matcher.trained).toBe(1);
    expect(learned[0]!.versions).toEqual(new Map([[id, 1]]));
    await care
      .api(w)
      .patch(`/faq-articles/${id}`, { phrasings: ['تازه'] })
      .expect(200);
    expect((await knowledge.of(w.workspaceId, w.brandId)).versions).toEqual(new Map([[id, 2]]));
    await care.api(w).patch(`/faq-articles/${id}`, { enabled: false }).expect(200);
    expect((await knowledge.of(w.workspaceId, w.brandId)).versions).toEqual(new Map());
    await knowledge.of(w.workspaceId, w.brandId);
    expect(matcher.trained).toBe(3);
  });

  it('is tried again after a failure', async () => {
    const w = await care.world();
    const { matcher, knowledge } = knowing();
    matcher.failing = true;
    await expect(knowledge.of(w.workspaceId, w.brandId)).rejects.toThrow('no');
    matcher.failing = false;
    await knowledge.of(w.workspaceId, w.brandId);
    expect(matcher.trained).toBe(2);
  });

  it('makes room for others, least recently asked first', async () => {
    const [a, b, c] = [await care.world(), await care.world(), await care.world()];
    const { matcher, knowledge } = knowing(30 * 1024 * 1024); // two fit into the 64 MB
    const ask = (w: World) => knowledge.of(w.workspaceId, w.brandId);
    for (const w of [a, b, a, c]) await ask(w);
    expect(matcher.trained).toBe(3);
    await ask(a);
    expect(matcher.trained).toBe(3);
    await ask(b);
    expect(matcher.trained).toBe(4);
  });
});

describe('POST /bot/answers/:id/outcome', () => {
  it('keeps the agent’s word, tells it once, and lets it be changed', async () => {
    const w = await care.world();
    await care.article(w, SHIPPING);
    const t = await care.thread(w);
    await care.asks(t, SHIPPING.title);
    await care.bot.answer(t);
    const [answer] = await care.answers(t);
    const path = `/bot/answers/${answer!.id}/outcome`;
    await care.api(w, 'lead').post(path, { outcome: 'dismissed' }).expect(204);
    await care.api(w, 'lead').post(path, { outcome: 'dismissed' }).expect(204);
    await care.api(w, 'lead').post(path, { outcome: 'accepted' }).expect(204);
    const told = (await care.events(t))
      .filter((e) => e.type === 'bot.suggestion_settled')
      .map((e) => e.data['outcome']);
    expect(told).toEqual(['dismissed', 'accepted']);
    expect((await care.answers(t))[0]!.outcome).toBe('accepted');

    await care.api(w, 'lead').post(path, { outcome: 'maybe' }).expect(422);
    await care.api(w, 'analyst').post(path, { outcome: 'accepted' }).expect(403);
    // another team’s ticket, another workspace’s, none, nonsense: all the same
    await care.api(w, 'agent').post(path, { outcome: 'dismissed' }).expect(404);
    await care
      .api(await care.world())
      .post(path, { outcome: 'dismissed' })
      .expect(404);
    await care.api(w).post(`/bot/answers/${uuidv7()}/outcome`, { outcome: 'dismissed' }).expect(404);
    await care.api(w).post('/bot/answers/nonsense/outcome', { outcome: 'dismissed' }).expect(404);
    expect((await care.answers(t))[0]!.outcome).toBe('accepted');
  });
});

describe('/faq-articles', () => {
  it('makes, lists and edits articles, each edit a version', async () => {
    const w = await care.world();
    const made = await care
      .api(w, 'lead')
      .post('/faq-articles', { ...SHIPPING, phrasings: [' کتاب ', 'كتاب', 'کرایه'] })
      .expect(201);
    expect(made.body).toEqual({
      ...SHIPPING,
      id: expect.any(String),
      brandId: null,
      phrasings: ['کتاب', 'کرایه'],
      autoSend: false,
      enabled: true,
      version: 1,
      updatedAt: expect.any(String),
    });
    const path = `/faq-articles/${made.body.id}`;
    const edited = await care.api(w).patch(path, { title: 'هزینه پست', version: 1 }).expect(200);
    expect(edited.body).toMatchObject({ title: 'هزینه پست', version: 2, answer: SHIPPING.answer });
    expect((await care.api(w).patch(path, { title: 'هزینه پست' }).expect(200)).body.version).toBe(2);
    const stale = await care.api(w).patch(path, { title: 'x', version: 1 }).expect(409);
    expect(stale.body.error).toMatchObject({ code: 'conflict', details: { version: 2 } });
    const log_ = await care.db.database.lean({ workspaceId: w.workspaceId }, (tx) =>
      tx.query<{ action: string }>('SELECT action FROM audit_log WHERE workspace_id = $1 ORDER BY id', [w.workspaceId]),
    );
    expect(log_.map((entry) => entry.action)).toEqual(['faq_article.created', 'faq_article.changed']);
  });

  it('pages and filters', async () => {
    const w = await care.world();
    for (let n = 1; n <= 5; n++) await care.article(w, { ...SHIPPING, title: `پرسش ${n}`, enabled: n !== 2 });
    await care.article(w, { ...RETURNS });
    const titles = async (query: string) =>
      (await care.api(w, 'agent').get(`/faq-articles?${query}`).expect(200)).body.items.map(
        (a: { title: string }) => a.title,
      );
    const first = (await care.api(w, 'agent').get('/faq-articles?limit=4').expect(200)).body;
    expect(first.items).toHaveLength(4);
    expect(await titles(`limit=4&cursor=${first.nextCursor}`)).toEqual(['پرسش 5', RETURNS.title]);
    expect(await titles('enabled=false')).toEqual(['پرسش 2']);
    expect(await titles('locale=en')).toEqual([RETURNS.title]);
    expect(await titles('q=RETURN')).toEqual([RETURNS.title]);
    expect(await titles('q=%25')).toEqual([]);
    await care.api(w).get('/faq-articles?enabled=perhaps').expect(422);
  });

  it.each<[string, object, string[]]>([
    ['nothing given', {}, ['locale', 'title', 'answer']],
    ['blank', { ...SHIPPING, title: '  ', answer: '\n' }, ['title', 'answer']],
    ['null where it must be something', { ...SHIPPING, phrasings: null, enabled: null }, ['phrasings', 'enabled']],
    ['other types', { ...SHIPPING, phrasings: ['x', 7], autoSend: 'yes' }, ['phrasings', 'autoSend']],
    ['a NUL', { ...SHIPPING, answer: 'a\u0000b', phrasings: ['a\u0000'] }, ['answer', 'phrasings']],
    ['a language we do not have', { ...SHIPPING, locale: 'ar' }, ['locale']],
    ['fields of our own', { ...SHIPPING, workspaceId: uuidv7(), version: 9 }, ['workspaceId', 'version']],
  ])('refuses %s', async (_, body, fields) => {
    const w = await care.world();
    const { body: answer } = await care.api(w).post('/faq-articles', body).expect(422);
    expect(answer.error.details.fields.toSorted()).toEqual(fields.toSorted());
  });

  it('refuses null in an edit, another workspace’s brand, and those who may not', async () => {
    const [w, other] = [await care.world(), await care.world()];
    const { id } = await care.article(w, SHIPPING);
    await care.api(w).patch(`/faq-articles/${id}`, { title: null }).expect(422);
    await care.api(w).patch(`/faq-articles/${id}`, { brandId: other.brandId }).expect(422);
    await care
      .api(w)
      .post('/faq-articles', { ...SHIPPING, brandId: other.brandId })
      .expect(422);
    await care.api(w, 'agent').post('/faq-articles', SHIPPING).expect(403);
    await care.api(w, 'agent').patch(`/faq-articles/${id}`, { title: 'x' }).expect(403);
    await care.api(other).patch(`/faq-articles/${id}`, { title: 'x' }).expect(404);
    expect((await care.api(other).get('/faq-articles').expect(200)).body).toEqual({ items: [], nextCursor: null });
  });
});
