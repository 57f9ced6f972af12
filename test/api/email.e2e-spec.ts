import { createHmac } from 'node:crypto';
import { ApiClient, eventually, startApp, type TestApp } from '../harness';
import { startMail } from '../simulators/mail/server';

/** The whole product with a mailbox over IMAP and SMTP, and one that is fed by a hook. */
let t: TestApp;
let mail: Awaited<ReturnType<typeof startMail>>;
let inbox: string;
let hooked: string;

const SECRET = 'the secret of the hook, long enough';

interface MessageJson {
  id: string;
  direction: string;
  text: string;
  attachments: { id: string; name: string; state: string; mimeType: string; url: string }[];
}

beforeAll(async () => {
  mail = await startMail();
  t = await startApp();
  const channel = (externalId: string, settings: object, credentials: object) =>
    t.owner.post<{ id: string }>('/channels', { kind: 'email', name: externalId, externalId, settings, credentials });
  inbox = (
    await channel('support@shop.example', { ...mail.settings, backfillHours: 0 }, { password: mail.account.password })
  ).id;
  const { smtpHost, smtpPort, allowInsecure } = mail.settings;
  const sendOnly = { address: 'hook@shop.example', smtpHost, smtpPort, allowInsecure };
  hooked = (await channel('hook@shop.example', sendOnly, { password: 'none', appSecret: SECRET })).id;
});

afterAll(async () => {
  await t.close();
  await mail.close();
});

const rows = <Row>(sql: string, params: unknown[] = []) =>
  t.database.lean('system', (tx) => tx.query<Row>(sql, params));
const conversations = (channelId: string) =>
  rows<{ id: string; subject: string; status: string }>(
    `SELECT c.id, t.subject, t.status FROM conversations c LEFT JOIN tickets t ON t.conversation_id = c.id
     WHERE c.channel_id = $1 ORDER BY c.created_at`,
    [channelId],
  );
const messages = async (id: string) =>
  (await t.owner.get<{ items: MessageJson[] }>(`/conversations/${id}/messages?limit=50`)).items;

describe('a mailbox', () => {
  it('a letter becomes a ticket with its subject; the answer goes out in its thread, and the reply comes back into it', async () => {
    const letter = await mail.act.mail({
      by: 'negar',
      subject: 'سفارش من نرسید',
      text: 'سلام، سفارش ۱۰۴۲ هنوز نرسیده.',
    });
    const [conversation] = await eventually(async () => {
      const found = await conversations(inbox);
      return found.length === 1 && found;
    }, 30_000);
    expect(conversation).toMatchObject({ subject: 'سفارش من نرسید', status: 'new' });
    const [first] = await messages(conversation!.id);
    await t.owner.post(`/conversations/${conversation!.id}/replies`, {
      text: 'سلام نگار عزیز، همین امروز می‌رسد.',
      visibility: 'private',
      seenMessageId: first!.id,
    });
    const sent = await eventually(() => Promise.resolve(mail.effects[0]), 30_000);
    expect(sent.source.toString()).toContain(`In-Reply-To: <${letter.replaceAll(/[<>]/g, '')}>`);
    await mail.act.reply({ by: 'negar', text: 'ممنون!' });
    await eventually(async () => (await messages(conversation!.id)).length === 3, 30_000);
    expect(await conversations(inbox)).toHaveLength(1);
  });

  it('an address whose letters come back twice is written to no more, until they write again', async () => {
    await mail.act.mail({ by: 'amir', subject: 'gone', text: 'A question.' });
    const conversation = await eventually(
      async () => (await conversations(inbox)).find((c) => c.subject === 'gone'),
      30_000,
    );
    const seenMessageId = (await messages(conversation.id))[0]!.id;
    const reply = (text: string) =>
      t.owner.request<{ id: string }>('POST', `/conversations/${conversation.id}/replies`, {
        text,
        visibility: 'private',
        seenMessageId,
      });
    const comesBack = async (status: string) => {
      const { id } = (await reply('Are you there?')).body;
      await eventually(() => Promise.resolve(mail.effects.some(({ source }) => source.includes(id))), 30_000);
      for (let i = 0; i < 2; i++) mail.act.bounce({ by: 'amir', status }); // told twice, it counts once
      await eventually(async () => {
        const [failed] = await rows(`SELECT 1 FROM messages WHERE id = $1 AND delivery_state = 'failed'`, [id]);
        return failed;
      }, 30_000);
    };
    const unreachable = async () =>
      (
        await rows<{ at: Date | null }>(
          `SELECT unreachable_at AS at FROM contact_identities WHERE external_id = 'amir@example.org'`,
        )
      )[0]!.at;
    await comesBack('5.2.2'); // full: they may empty it
    await comesBack('5.1.1');
    await comesBack('5.1.1');
    await eventually(unreachable, 30_000);
    expect(await reply('Hello?')).toMatchObject({
      status: 422,
      body: { error: { code: 'send_refused', details: { reason: 'recipient_unreachable' } } },
    });
    await mail.act.mail({
      by: 'amir',
      subject: 'back',
      text: 'Another question.',
      at: new Date(Date.now() + 1_000).toISOString(),
    });
    await eventually(async () => (await unreachable()) === null, 30_000);
    expect((await reply('Good to hear from you.')).status).toBe(201);
  });
});

describe('a hook', () => {
  const raw = (id: string) =>
    [
      `Message-ID: <${id}@customer.example>`,
      'From: Sara <sara@customer.example>',
      'To: hook@shop.example',
      'Subject: Invoice',
      'Date: Sun, 22 Nov 2026 06:00:00 +0000',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="b"',
      '',
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Please see the attached invoice.',
      '--b',
      'Content-Type: application/pdf; name="invoice.pdf"',
      'Content-Disposition: attachment; filename="invoice.pdf"',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('%PDF-1.4 invented').toString('base64'),
      '--b--',
      '',
    ].join('\r\n');
  const post = (body: string, secret = SECRET) =>
    fetch(`${t.url}/webhooks/email/${hooked}`, {
      method: 'POST',
      headers: {
        'content-type': 'message/rfc822',
        'x-pasokh-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      },
      body,
    });

  it('takes signed letters, once each, and their files from what was stored', async () => {
    expect((await post(raw('a'), 'a guess')).status).toBe(401);
    for (let i = 0; i < 3; i++) expect((await post(raw('a'))).status).toBe(200);
    const file = await eventually(async () => {
      await rows(`UPDATE jobs SET run_at = now() WHERE state = 'ready'`);
      const [conversation] = await conversations(hooked);
      const [message] = conversation ? await messages(conversation.id) : [];
      const [attachment] = message?.attachments ?? [];
      return attachment?.state === 'stored' && attachment;
    }, 30_000);
    expect(file).toMatchObject({ name: 'invoice.pdf', mimeType: 'application/pdf' });
    const link = await fetch(`${t.url}${file.url}`, { headers: (t.owner as ApiClient).headers(), redirect: 'manual' });
    const response = await fetch(new URL(link.headers.get('location')!, t.url));
    expect(await response.text()).toBe('%PDF-1.4 invented');
    expect(await conversations(hooked)).toHaveLength(1);
  });
});
