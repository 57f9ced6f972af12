import { generateKeyPairSync } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { eventually, startApp, type TestApp } from '../harness';
import { type MetaSimulator, startMeta } from '../simulators/meta/server';
import { SEED } from '../simulators/meta/seed';
import { INTEGRATION_USER } from '../simulators/salesforce/org';
import { type SalesforceEmulator, startSalesforce } from '../simulators/salesforce/server';
import { launchBrowser, openScreen, type Screen, signIn } from '../support/browser';

jest.setTimeout(120_000);

const QUESTION = 'ساعت کاری‌تون چیه؟';
const HOURS = 'هر روز از ۸ صبح تا ۹ شب باز هستیم.';
const COMMENT = 'قیمت این سبد چنده؟ 🍎 Order A-20418';
const PUBLIC_REPLY = 'Hello Negar! The large basket is 890,000 toman. 🍎';
const PRIVATE_REPLY = 'سلام نگار جان، بله، فردا صبح می‌رسد.';
const NEWER = 'راستی آدرسم عوض شده!';
const ADA = { email: 'ada@harbour.test', password: 'ada-of-the-harbour', name: 'Ada Karimi' };
const SARA = { email: 'sara@harbour.test', password: 'sara-of-the-harbour', name: 'سارا موسوی' };

/** The agents' sockets, which the test may silence for a while: what the server says then arrives later. */
class Line {
  private held: (() => void)[] | null = null;

  async tap(page: Page): Promise<void> {
    await page.routeWebSocket(/\/socket\.io\//, (socket: WebSocketRoute) => {
      const server = socket.connectToServer();
      socket.onMessage((message) => server.send(message));
      server.onMessage((message) => {
        const pass = () => socket.send(message);
        if (this.held) this.held.push(pass);
        else pass();
      });
    });
  }

  silence(): void {
    this.held = [];
  }

  speak(): void {
    const waiting = this.held ?? [];
    this.held = null;
    for (const pass of waiting) pass();
  }
}

describe('two agents, a comment and a message', () => {
  let t: TestApp;
  let meta: MetaSimulator;
  let salesforce: SalesforceEmulator;
  let browser: Browser;
  let ada: Screen;
  let sara: Screen;
  let contactId: string;
  const line = new Line();

  const row = (page: Page, text: string) => page.getByRole('option').filter({ hasText: text });
  const bubble = (page: Page, text: string) => page.locator('article').filter({ hasText: text });
  const seenOnce = (text: string) => eventually(async () => effectsOf(text).length === 1, 20_000);
  const effectsOf = (text: string) => meta.effects.all.filter((effect) => effect.text === text);

  beforeAll(async () => {
    [t, meta, salesforce, browser] = await Promise.all([
      startApp(),
      startMeta({ requireProof: true, echo: 'before' }),
      startSalesforce(),
      launchBrowser(),
    ]);
    meta.deliveries.settings.callbackUrl = `${t.url}/webhooks/meta`;
    [contactId] = salesforce.seed('Contact', [
      { FirstName: 'نگار', LastName: 'رستمی', Instagram__c: '@Negar.Rostamii' },
      { FirstName: 'Somebody', LastName: 'Else', Instagram__c: 'negar' },
    ]) as [string, string];
    await connect();
    ada = await openScreen(browser, { locale: 'en', answers: [401] });
    sara = await openScreen(browser, { locale: 'fa', answers: [401, 409] });
    await line.tap(sara.page);
    await signIn(ada.page, t.url, ADA, '/inbox/all');
    await signIn(sara.page, t.url, SARA, '/inbox/all');
  });

  afterAll(async () => {
    await browser?.close();
    await t?.close();
    await Promise.all([meta?.close(), salesforce?.close()]);
  });

  /** As an owner would set it up. */
  async function connect(): Promise<void> {
    const team = await t.owner.post<{ id: string }>('/teams', { name: 'Instagram', assignment: 'pull' });
    for (const [agent, locale] of [
      [ADA, 'en'],
      [SARA, 'fa'],
    ] as const)
      await t.owner.post('/agents', { ...agent, role: 'agent', locale, teamIds: [team.id] });
    await t.owner.post('/faq-articles', {
      locale: 'fa',
      title: 'ساعت کاری شما چیست؟',
      phrasings: [QUESTION, 'از کی تا کی باز هستید؟'],
      answer: HOURS,
      autoSend: true,
    });
    await t.owner.post('/channels', {
      kind: 'instagram',
      name: '@sib_sorkh',
      teamId: team.id,
      externalId: SEED.instagramId,
      credentials: { accessToken: SEED.instagramToken, appSecret: SEED.appSecret },
      settings: { apiBaseUrl: meta.url },
    });
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    salesforce.registerApp({
      clientId: 'pasokh',
      publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      approvedUsers: [INTEGRATION_USER],
    });
    await t.owner.ok('PUT', '/crm/connection', {
      loginUrl: salesforce.url,
      clientId: 'pasokh',
      username: INTEGRATION_USER,
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      settings: { coalesceMs: 100, handleFields: { instagram: 'Instagram__c' }, matchObjects: ['Contact'] },
    });
  }

  const agentsSee = (...texts: string[]) =>
    Promise.all([ada, sara].flatMap(({ page }) => texts.map((text) => row(page, text).waitFor())));

  it('shows both a comment and a message as they arrive', async () => {
    await ada.page.getByText('There are no open tickets.').waitFor();
    await sara.page.getByText('تیکت بازی نیست.').waitFor();
    meta.act.comment({ postId: SEED.mediaId, person: 'negar', text: COMMENT });
    await agentsSee(COMMENT);
    meta.act.directMessage({ accountId: SEED.instagramId, person: 'negar', text: QUESTION });
    await agentsSee(HOURS);
  });

  it('lets the bot answer the message, once', async () => {
    await seenOnce(HOURS);
    await row(sara.page, HOURS).click();
    await bubble(sara.page, HOURS).waitFor();
    expect(await bubble(sara.page, HOURS).count()).toBe(1);
    meta.deliveries.redeliver();
    await meta.deliveries.idle();
    expect(effectsOf(HOURS)).toHaveLength(1);
  });

  it('gives the comment to one agent and tells the other', async () => {
    await row(sara.page, COMMENT).click();
    await bubble(sara.page, COMMENT).waitFor();
    await row(ada.page, COMMENT).click();
    await ada.page.getByRole('button', { name: 'Claim' }).click();
    await sara.page.getByRole('button').filter({ hasText: ADA.name }).waitFor();
    expect(await sara.page.getByRole('button', { name: 'برمی‌دارم' }).count()).toBe(0);
  });

  it('sends a public reply from the browser, once', async () => {
    await ada.page.getByLabel('Text of the public reply').fill(PUBLIC_REPLY);
    await ada.page.getByRole('button', { name: 'Send publicly' }).click();
    await seenOnce(PUBLIC_REPLY);
    await Promise.all([ada, sara].map(({ page }) => bubble(page, PUBLIC_REPLY).waitFor()));
    expect(await bubble(ada.page, PUBLIC_REPLY).count()).toBe(1);
    expect(effectsOf(PUBLIC_REPLY)).toMatchObject([{ kind: 'public_reply' }]);
  });

  it('holds a reply back while a newer message is unread, and sends it when told to', async () => {
    const { page } = sara;
    await row(page, HOURS).click();
    await page.getByRole('button', { name: 'برمی‌دارم' }).click();
    await page.getByLabel('متن پاسخ خصوصی').fill(PRIVATE_REPLY);
    line.silence();
    meta.act.directMessage({ accountId: SEED.instagramId, person: 'negar', text: NEWER });
    await row(ada.page, NEWER).waitFor();
    await page.getByRole('button', { name: 'ارسال خصوصی' }).click();
    const notice = page.locator('#composer').getByText(NEWER);
    await notice.waitFor();
    expect(effectsOf(PRIVATE_REPLY)).toHaveLength(0);
    line.speak();
    await page.getByRole('button', { name: 'در هر حال بفرست' }).click();
    await seenOnce(PRIVATE_REPLY);
    await bubble(page, PRIVATE_REPLY).waitFor();
    await notice.waitFor({ state: 'detached' });
    expect(await bubble(page, PRIVATE_REPLY).count()).toBe(1);
  });

  it('has no accessibility problems on the inbox, in both languages', async () => {
    for (const { page } of [ada, sara]) {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    }
  });

  it('solves the comment, and both see it', async () => {
    const { page } = ada;
    await page.getByRole('button', { name: /^Status:/ }).click();
    await page.getByRole('menuitemradio', { name: 'Solved' }).click();
    await page.getByRole('button', { name: 'Status: Solved' }).waitFor();
    await sara.page.goto(`${t.url}/inbox/solved`);
    await row(sara.page, PUBLIC_REPLY).waitFor();
  });

  it('stands on the contact in the CRM: the person, both conversations, every message in order', async () => {
    const written = await eventually(async () => {
      const bodies = salesforce
        .find('Social_Conversation__c', { Contact__c: contactId })
        .map((conversation) => ({
          kind: conversation.Kind__c,
          status: conversation.Status__c,
          bodies: salesforce
            .find('Social_Message__c', { Conversation__c: conversation.Id ?? null })
            .toSorted((a, b) => Number(a.Seq__c) - Number(b.Seq__c))
            .map(({ Body__c }) => Body__c),
        }))
        .toSorted((a, b) => String(a.kind).localeCompare(String(b.kind)));
      const done = bodies.flatMap((conversation) => conversation.bodies).length === 6 && bodies[0]?.status === 'solved';
      return done && bodies;
    }, 30_000);
    expect(written).toEqual([
      { kind: 'comment', status: 'solved', bodies: [COMMENT, PUBLIC_REPLY] },
      { kind: 'dm', status: expect.any(String), bodies: [QUESTION, HOURS, NEWER, PRIVATE_REPLY] },
    ]);
    expect(salesforce.find('Social_Persona__c', { Contact__c: contactId })).toHaveLength(1);
    expect(meta.effects.duplicates()).toEqual([]);
  });

  it('let the browsers complain about nothing', () => {
    expect([...ada.problems, ...sara.problems]).toEqual([]);
  });
});
