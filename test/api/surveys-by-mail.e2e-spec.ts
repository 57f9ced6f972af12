import { eventually } from '../harness';
import { HandoffWorld, wordsOf } from './handoff-world';

const PUBLIC_URL = 'http://care.example';

let h: HandoffWorld;
beforeAll(async () => {
  h = await HandoffWorld.start({ PUBLIC_URL });
  const settings = {
    enabled: true,
    kind: 'csat',
    delayMinutes: 0,
    channelKinds: [],
    threadKinds: ['dm'],
    notAgainDays: 0,
  };
  await h.w.api.ok('PUT', '/surveys/settings', { ...settings, version: 0 });
});
afterAll(() => h.close());

const survey = async (ticketId: string) =>
  (await h.w.api.get<{ survey: { state: string; score: number | null } | null }>(`/tickets/${ticketId}/survey`)).survey;

it('a customer who went on by e-mail is asked there, and answers by the link or with a bare number', async () => {
  h.mail.people.cast['omar'] = { name: 'Omar', address: 'omar@example.com' };
  const thread = await h.w.writes('Where is my order?');
  const ticket = await h.ticketOf(thread);
  await h.handoff(thread, { sendAfterSeconds: 0, address: 'omar@example.com' });
  const { mailConversationId } = await h.becomes(thread, { state: 'continued' });
  await h.mailTo('omar@example.com');
  await h.mail.act.reply({ by: 'omar', text: 'It is me' });
  await h.becomes(thread, { addressState: 'confirmed' });
  // as if both were written in one second, of which a mail tells no parts
  await h.w.one(
    `UPDATE conversations m SET last_inbound_at = date_trunc('second', d.last_inbound_at) FROM conversations d
     WHERE m.id = $1 AND d.id = $2 RETURNING m.id`,
    [mailConversationId, thread.conversationId],
  );
  const seen = (await h.said(mailConversationId!)).at(-1)!;
  const reply = { text: 'It arrives today.', visibility: 'private', seenMessageId: seen.id, statusAfter: 'solved' };
  await h.w.api.post(`/conversations/${mailConversationId}/replies`, reply);

  const asked = await h.mailTo('omar@example.com', 2);
  expect(asked).toMatch(/^auto-submitted: auto-/im);
  const { text } = await wordsOf(asked);
  const link = /http:\/\/care\.example(\/survey\/\S+)/.exec(text)?.[1];
  expect(text).toContain('How satisfied');
  expect(await survey(ticket.id)).toMatchObject({ state: 'asked' });

  const page = `${h.w.t.url}${link}`;
  expect(await (await fetch(page)).text()).toContain('dir="ltr"');
  expect((await fetch(page, { method: 'POST', body: new URLSearchParams({ score: '4' }) })).status).toBe(200);
  expect(await survey(ticket.id)).toMatchObject({ state: 'answered', score: 4 });

  await h.mail.act.reply({ by: 'omar', text: '۵' });
  await eventually(async () => (await survey(ticket.id))?.score === 5, 30_000);
  expect(await h.ticketOf(thread)).toMatchObject({ id: ticket.id, status: 'solved' });
  expect(JSON.stringify(await h.w.api.get(`/tickets/${ticket.id}/survey`))).not.toContain(link!.split('/').at(-1));
});
