import { HandoffProgress } from '../../src/handoff/handoff-progress';
import { eventually } from '../harness';
import { type ErrorJson, HandoffWorld, wordsOf } from './handoff-world';

let h: HandoffWorld;
beforeAll(async () => {
  h = await HandoffWorld.start();
});
afterAll(() => h.close());
afterEach(() => h.reset());

const NOW = { sendAfterSeconds: 0 };
let people = 0;
/** Somebody new with a mailbox of their own. */
function someone(): { by: string; address: string } {
  const by = `person${++people}`;
  h.mail.people.cast[by] = { name: 'Negar', address: `${by}@example.com` };
  return { by, address: `${by}@example.com` };
}

describe('going on by e-mail', () => {
  it('asks for the address, mails only what was chosen, and the answers are work of the same ticket', async () => {
    const { by, address } = someone();
    const first = await h.w.writes('سلام، سفارش من نرسیده. رمز کارتم ۱۲۳۴ است');
    const ticket = await h.ticketOf(first);
    const asked = await h.handoff(first, { ask: true });
    expect(asked).toMatchObject({ status: 200, body: { state: 'asking', addressState: 'asked' } });
    await eventually(() => Promise.resolve(h.shown.length === 1));
    expect(h.shown[0]).toContain('ایمیل');

    const chosen = await h.w.says({ threadKey: first.threadKey, text: `ایمیلم ${address} هست` });
    await h.becomes(first, { addressState: 'offered', address });
    await eventually(() => Promise.resolve(h.shown.some((text) => text.includes(address))));
    await h.w.says({ threadKey: first.threadKey, text: 'بله درسته' });
    await h.becomes(first, { addressState: 'confirmed', confirmedBy: 'thread' });
    await h.w.api.post(`/conversations/${first.conversationId}/notes`, { text: 'a secret note' });

    const went = await h.handoff(first, { ...NOW, text: 'پیگیری سفارش شما', include: [chosen.messageId] });
    expect(went).toMatchObject({ status: 200, body: { state: 'queued', address, addressState: 'confirmed' } });
    const { subject, text } = await wordsOf(await h.mailTo(address));
    expect(subject).not.toContain('Re:');
    expect(text).toContain('پیگیری سفارش شما');
    expect(text).toContain(`> ایمیلم ${address} هست`);
    for (const hidden of ['رمز کارتم', 'a secret note', 'بله درسته']) expect(subject + text).not.toContain(hidden);

    const { mailConversationId } = await h.becomes(first, { state: 'continued' });
    await eventually(() => Promise.resolve(h.shown.some((said) => said.includes('ادامه می‌دهیم'))));
    expect(h.shown.filter((said) => said.includes('ادامه می‌دهیم'))).toHaveLength(1);
    const { workspace_id: workspaceId, id } = await h.w.one<{ workspace_id: string; id: string }>(
      'SELECT workspace_id, id FROM email_handoffs WHERE mail_conversation_id = $1',
      [mailConversationId],
    );
    const progress = h.w.t.app.get(HandoffProgress);
    await Promise.all([1, 2].map(() => progress.moved(workspaceId, id, first.conversationId)));
    expect((await h.said(first.conversationId)).filter((m) => m.text.includes('ادامه می‌دهیم'))).toHaveLength(1);
    expect(await h.w.events('conversation.continued')).toContainEqual(
      expect.objectContaining({ data: { by: 'email', inConversationId: mailConversationId } }),
    );

    await h.mail.act.reply({ by, text: 'ممنون، منتظرم' });
    const answer = await eventually(async () => {
      const last = (await h.said(mailConversationId!)).at(-1);
      return last?.direction === 'in' && last;
    }, 30_000);
    expect(answer).toMatchObject({ text: 'ممنون، منتظرم', ticketId: ticket.id });
    expect(await h.ticketOf({ conversationId: mailConversationId! })).toMatchObject({ id: ticket.id });
    expect(await h.w.rows(`SELECT 1 FROM tickets WHERE contact_id = $1`, [ticket.contact_id])).toHaveLength(1);

    const { conversations } = await h.w.api.get<{
      conversations: { id: string; capabilities: { textLimit: { max: number }; attachments: { kind: string }[] } }[];
    }>(`/tickets/${ticket.id}`);
    const byMail = conversations.find((thread) => thread.id === mailConversationId)!.capabilities;
    expect(byMail).toMatchObject({ reply: ['private'], textLimit: { max: 100_000 } });
    expect(byMail.attachments.map(({ kind }) => kind)).toContain('file');
    const seen = (await h.said(mailConversationId!)).at(-1)!;
    await h.w.api.post(`/conversations/${mailConversationId}/replies`, {
      text: 'فردا می‌رسد',
      visibility: 'private',
      seenMessageId: seen.id,
    });
    const second = await h.mailTo(address, 1);
    expect((await wordsOf(second)).subject).toBe(`Re: ${subject}`);
    expect(second).toMatch(/^In-Reply-To: </im);
  });

  it('sends nothing but a request to confirm to an address nobody has confirmed; answering it confirms', async () => {
    const { by, address } = someone();
    const thread = await h.w.writes('My card was charged twice');
    for (const body of [{ text: 'Your card …' }, { include: [thread.messageId] }]) {
      const refused = await h.handoff(thread, { ...NOW, address, ...body });
      expect(refused).toMatchObject({ status: 422, body: { error: { code: 'send_refused' } } });
      expect(refused.body.error.details).toMatchObject({ reason: 'address_unconfirmed' });
    }
    expect(await h.handoffs(thread)).toEqual([]);
    expect(await h.handoff(thread, { ...NOW, address })).toMatchObject({
      status: 200,
      body: { addressState: 'offered' },
    });
    const { subject, text } = await wordsOf(await h.mailTo(address));
    expect(subject + text).not.toContain('charged');
    expect(subject + text).not.toContain('Omar'); // what a stranger calls themselves is not ours to send to another
    const { mailConversationId, mailMessageId } = await h.becomes(thread, { state: 'continued' });
    const reply = { text: 'Your card …', visibility: 'private', seenMessageId: mailMessageId };
    const early = await h.w.api.request<ErrorJson>('POST', `/conversations/${mailConversationId}/replies`, reply);
    expect(early.body.error).toMatchObject({ code: 'send_refused', details: { reason: 'recipient_unconfirmed' } });

    await h.mail.act.reply({ by, text: 'It is me' });
    await h.becomes(thread, { addressState: 'confirmed', confirmedBy: 'mail' });
    const contact = await h.w.one<{ email: string; verified: boolean }>(
      `SELECT p.email, p.email_verified_at IS NOT NULL AS verified FROM contacts p JOIN conversations c ON c.contact_id = p.id WHERE c.id = $1`,
      [thread.conversationId],
    );
    expect(contact).toEqual({ email: address, verified: true });
  });

  it('an out-of-office answer confirms nothing', async () => {
    const { by, address } = someone();
    const thread = await h.w.writes('Hello there');
    const { body } = await h.handoff(thread, { ...NOW, address });
    await h.mailTo(address);
    await h.becomes(thread, { state: 'continued' });
    await h.mail.act.outOfOffice({ by });
    await eventually(async () => (await h.said(body.mailConversationId!)).length === 2, 30_000);
    await h.w.quiet('handoff.heard');
    expect(await h.handoffs(thread)).toMatchObject([{ addressState: 'offered' }]);
  });

  it('asked twice, at once or with one key, makes one mail', async () => {
    const { address } = someone();
    const thread = await h.w.writes('Hello');
    const same = await Promise.all([1, 2, 3].map(() => h.handoff(thread, { ...NOW, address }, 'k1')));
    const again = await h.handoff(thread, { ...NOW, address });
    expect(new Set([...same, again].map(({ body }) => body.id)).size).toBe(1);
    await h.becomes(thread, { state: 'continued' });
    expect((await h.handoff(thread, { ...NOW, address })).body.id).toBe(again.body.id);
    expect(h.mailsTo(address)).toBe(1);
    expect(
      await h.w.rows(
        `SELECT 1 FROM conversations WHERE thread_key LIKE 'handoff:%' AND channel_id = $1 AND contact_id = (
      SELECT contact_id FROM conversations WHERE id = $2)`,
        [h.mailbox, thread.conversationId],
      ),
    ).toHaveLength(1);
  });

  it('is called off before the mail leaves, and not after', async () => {
    const { address } = someone();
    const thread = await h.w.writes('Hello');
    const { body } = await h.handoff(thread, { address, sendAfterSeconds: 300 });
    const undo = (id: string) => h.w.api.request('DELETE', `/conversations/${thread.conversationId}/handoffs/${id}`);
    expect(await undo(body.id)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect(await undo(body.id)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    await h.w.hurry();
    const { body: second } = await h.handoff(thread, { ...NOW, address });
    expect(second.id).not.toBe(body.id);
    await h.becomes(thread, { id: second.id, state: 'continued' });
    expect(await undo(second.id)).toMatchObject({ status: 409 });
    expect(h.mailsTo(address)).toBe(1);
  });

  it('a mail that comes back opens the ticket again and tells the agent', async () => {
    const { by, address } = someone();
    const thread = await h.w.writes('Hello');
    await h.handoff(thread, { ...NOW, address });
    await h.becomes(thread, { state: 'continued' });
    const ticket = await h.ticketOf(thread);
    await h.w.api.request('PUT', `/tickets/${ticket.id}/status`, { status: 'pending' });
    h.mail.act.bounce({ by });
    await h.becomes(thread, { state: 'bounced' });
    await eventually(async () => (await h.ticketOf(thread)).status === 'open');
    expect(
      await h.w.rows(`SELECT 1 FROM notifications WHERE kind = 'handoff.bounced' AND ticket_id = $1`, [ticket.id]),
    ).toHaveLength(1);
  });

  it('a server that knows no such address bounces it as well, and the thread is not told', async () => {
    const thread = await h.w.writes('Hello');
    await h.handoff(thread, { ...NOW, address: 'ghost@example.com' });
    await h.becomes(thread, { state: 'bounced' });
    expect(h.shown).toEqual([]);
  });

  it('a public thread is closed courteously in public, once, without the address', async () => {
    const { address } = someone();
    const thread = await h.w.writes('سفارشم نرسید', 'post1');
    const refused = await h.handoff(thread, { ...NOW, address, closing: `write to ${address}` });
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'validation_failed' } } });
    await h.handoff(thread, { ...NOW, address });
    await h.becomes(thread, { state: 'continued' });
    await eventually(() => Promise.resolve(h.w.network.arrived.length === 1));
    expect(h.w.network.arrived[0]!.message).toMatchObject({ visibility: 'public' });
    expect(h.shown[0]).not.toContain('@');
  });

  it('under a public comment the question goes in private, or asks for a private message', async () => {
    const inPublic = await h.w.writes('قیمت؟', 'post2');
    await h.handoff(inPublic, { ask: true, text: 'ایمیل؟' });
    await eventually(() => Promise.resolve(h.w.network.arrived.length === 1));
    expect(h.w.network.arrived[0]!.message).toMatchObject({ visibility: 'public' });
    expect(h.shown[0]).toContain('پیام مستقیم');

    h.w.network.thread = { ...h.w.network.thread, privateReply: { perComment: 1, withinMs: 86_400_000 } };
    const inPrivate = await h.w.writes('قیمت؟', 'post3');
    await h.handoff(inPrivate, { ask: true });
    await eventually(() => Promise.resolve(h.w.network.arrived.length === 2));
    expect(h.w.network.arrived[1]!.message).toMatchObject({ visibility: 'private' });
  });

  it('an address of another contact is neither taken nor written to', async () => {
    const { by, address } = someone();
    await h.mail.act.mail({ by, text: 'I am somebody else' });
    await eventually(
      () => h.w.rows(`SELECT 1 FROM contact_identities WHERE external_id = $1`, [address]).then((r) => r.length === 1),
      30_000,
    );
    const thread = await h.w.writes('Hello');
    const refused = await h.handoff(thread, { ...NOW, address });
    expect(refused).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'address_of_another_contact' } } },
    });
    expect(h.mailsTo(address)).toBe(0);
  });

  it('quotes no note, no other person, nothing of another ticket; and says which', async () => {
    const { address } = someone();
    const thread = await h.w.writes('Hello');
    const other = await h.w.writes('Not yours');
    const note = await h.w.api.post<{ id: string }>(`/conversations/${thread.conversationId}/notes`, {
      text: 'secret',
    });
    await h.w.api.request('PUT', `/conversations/${thread.conversationId}/email-handoff/address`, {
      address,
      proof: 'told by phone',
    });
    const refused = await h.handoff(thread, {
      ...NOW,
      text: 'x',
      include: [thread.messageId, note.id, other.messageId],
    });
    expect(refused.status).toBe(422);
    expect(refused.body.error.details).toMatchObject({
      fields: [
        { path: 'include.1', problem: 'is a note' },
        { path: 'include.2', problem: 'is not a message of this ticket' },
      ],
    });
    expect(await h.handoff(thread, { ...NOW, text: 'x', include: [thread.messageId] })).toMatchObject({
      status: 200,
      body: { confirmedBy: 'agent' },
    });

    const asked = await h.w.writes('Hello again');
    const elsewhere = someone().address;
    const { body } = await h.handoff(asked, { ...NOW, address: elsewhere });
    const vouched = { address: elsewhere, proof: 'read to us on the phone' };
    await h.w.api.ok('PUT', `/conversations/${asked.conversationId}/email-handoff/address`, vouched);
    expect(await h.handoffs(asked)).toMatchObject([{ id: body.id, addressState: 'confirmed', confirmedBy: 'agent' }]);
  });

  it('says what can be done now', async () => {
    const thread = await h.w.writes('hello, I need help');
    const options = await h.w.api.get(`/conversations/${thread.conversationId}/email-handoff`);
    expect(options).toMatchObject({
      channels: [{ id: h.mailbox, address: 'support@shop.example' }],
      asks: 'private',
      known: null,
      asking: null,
      identity: { required: false, checkedUntil: null },
      locale: 'en',
    });
  });

  it('is the same 404 for another workspace', async () => {
    const thread = await h.w.writes('Hello');
    const { body } = await h.handoff(thread, { ...NOW, address: someone().address });
    const stranger = await h.w.stranger('elsewhere');
    const path = `/conversations/${thread.conversationId}`;
    for (const [method, at, sent] of [
      ['POST', `${path}/handoff`, { to: 'email', address: 'x@example.com' }],
      ['GET', `${path}/handoffs`, undefined],
      ['GET', `${path}/email-handoff`, undefined],
      ['PUT', `${path}/email-handoff/address`, { address: 'x@example.com', proof: 'said so' }],
      ['DELETE', `${path}/handoffs/${body.id}`, undefined],
    ] as const)
      expect((await stranger.request(method, at, sent)).status).toBe(404);
  });
});
