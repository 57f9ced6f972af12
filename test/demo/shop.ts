import { openDesk } from '../../src/cli/open-desk';
import { SAMPLE_SURVEY } from '../../src/cli/sample-desk';
import { SAMPLE_ARTICLES, SAMPLE_TEAMS } from '../../src/cli/sample-shop';
import { ApiClient } from '../support/api-client';
import { EITAA_TOKEN } from '../simulators/eitaa/server';
import { SEED as LINKEDIN } from '../simulators/linkedin/server';
import { RUBIKA_BOT, RUBIKA_TOKEN } from '../simulators/rubika/server';
import { SEED as TELEGRAM } from '../simulators/telegram/seed';
import { SEED as WHATSAPP } from '../simulators/whatsapp/seed';
import { SEED as X } from '../simulators/x/world';
import { SEED as YOUTUBE } from '../simulators/youtube/server';
import type { VoiceSimulator } from '../simulators/voice/server';
import { apiDesk } from './api-desk';
import { AGENTS, MAIL, OWNER, SHOP } from './cast';
import { type Networks, YOUTUBE_QUOTA } from './networks';

export interface Shop {
  owner: ApiClient;
  /** Public id of the web chat. */
  webchatId: string;
  /** The channel of the followers, who are told things. */
  noticesId: string;
  /** The line that calls go out by. */
  voiceAccountId: string;
}

export interface Around {
  /** Where the Graph API of the simulator is. */
  metaUrl: string;
  networks: Networks;
  voice: VoiceSimulator;
  crm: { loginUrl: string; clientId: string; username: string; privateKey: string };
}

/** Sets the shop up as its owner would, by the public API alone. */
export async function openShop(url: string, around: Around): Promise<Shop> {
  const owner = await ApiClient.signIn(url, OWNER.email, OWNER.password);
  await owner.ok('PATCH', '/workspace', { name: SHOP.brand, locale: 'fa', timeZone: 'Asia/Tehran' });
  const brand = await owner.post<{ id: string }>('/brands', { name: SHOP.brand });
  const teams = new Map<string, string>();
  for (const team of SAMPLE_TEAMS) teams.set(team.name, (await owner.post<{ id: string }>('/teams', team)).id);
  const [messages, comments] = [...teams.values()];

  const agents = new Map<string, string>();
  for (const { teams: names, ...agent } of AGENTS) {
    const body = { ...agent, teamIds: names.map((name) => teams.get(name)!) };
    agents.set(agent.email, (await owner.post<{ id: string }>('/agents', body)).id);
  }
  await openDesk(apiDesk(owner), teams, agents);
  await owner.ok('PUT', '/surveys/settings', { ...SAMPLE_SURVEY, delayMinutes: 0, version: 1 }); // nobody waits here
  await owner.ok('PATCH', '/call-settings', { capacity: 500 }); // a day is short, and its half hours as long as ever
  for (const article of SAMPLE_ARTICLES) await owner.post('/faq-articles', article);

  const settings = { apiBaseUrl: around.metaUrl };
  await owner.post('/channels', {
    kind: 'facebook',
    name: 'صفحهٔ سیب‌سرخ',
    brandId: brand.id,
    teamId: comments,
    externalId: SHOP.pageId,
    credentials: { accessToken: SHOP.pageToken, appSecret: SHOP.appSecret },
    settings,
  });
  await owner.post('/channels', {
    kind: 'instagram',
    name: '@sib_sorkh',
    brandId: brand.id,
    teamId: comments,
    externalId: SHOP.instagramId,
    credentials: { accessToken: SHOP.instagramToken, appSecret: SHOP.appSecret },
    settings,
  });
  for (const channel of otherChannels(around.networks)) {
    const teamId = ['x', 'linkedin', 'youtube'].includes(channel.kind) ? comments : messages;
    const { id } = await owner.post<{ id: string }>('/channels', { ...channel, brandId: brand.id, teamId });
    await subscribe(owner, id, channel.kind);
  }
  const notices = await owner.post<{ id: string }>('/channels', {
    kind: 'eitaa',
    name: 'کانال ایتا',
    brandId: brand.id,
    teamId: messages,
    externalId: 'sibesorkh',
    credentials: { accessToken: EITAA_TOKEN },
    settings: { apiBaseUrl: around.networks.eitaa.url },
  });
  const webchat = await owner.post<{ externalId: string }>('/channels', {
    kind: 'webchat',
    name: 'گفتگوی سایت',
    brandId: brand.id,
    teamId: messages,
    credentials: { identitySecret: SHOP.webchatSecret },
    settings: {
      title: SHOP.brand,
      greeting: { fa: 'سلام! چه کمکی از ما برمی‌آید؟ 🍎', en: 'Hello! How can we help? 🍎' },
      newVisitorsPerHour: 100_000, // everybody here comes from one address
    },
  });
  await owner.ok('PUT', '/crm/connection', {
    ...around.crm,
    settings: { coalesceMs: 500, handleFields: { instagram: 'Instagram__c' }, matchObjects: ['Contact'] },
  });
  const line = await owner.post<{ id: string }>('/voice-accounts', {
    provider: 'twilio',
    name: 'خط فروشگاه',
    externalId: around.voice.accountSid,
    phone: SHOP.phone,
    credentials: { authToken: around.voice.authToken },
    settings: { apiBaseUrl: around.voice.url },
  });
  return { owner, webchatId: webchat.externalId, noticesId: notices.id, voiceAccountId: line.id };
}

/** What an admin would type in to connect them. */
function otherChannels({ whatsapp, telegram, x, linkedin, youtube, rubika, mail }: Networks) {
  return [
    {
      kind: 'whatsapp',
      name: 'واتساپ فروشگاه',
      externalId: WHATSAPP.numberId,
      credentials: { accessToken: WHATSAPP.token, appSecret: WHATSAPP.appSecret, appId: WHATSAPP.appId },
      settings: { apiBaseUrl: whatsapp.url, wabaId: WHATSAPP.wabaId },
    },
    {
      kind: 'telegram',
      name: '@SibSorkhSupportBot',
      externalId: String(TELEGRAM.botId),
      credentials: { accessToken: TELEGRAM.token },
      settings: { apiBaseUrl: telegram.url },
    },
    {
      kind: 'x',
      name: '@sib_sorkh (X)',
      externalId: X.brandId,
      credentials: {
        accessToken: X.accessToken,
        refreshToken: X.refreshToken,
        accessTokenExpiresAt: new Date(Date.now() + 7_000_000).toISOString(), // X gives two hours
        clientId: X.clientId,
        clientSecret: X.clientSecret,
        appSecret: X.appSecret,
        bearerToken: X.bearerToken,
      },
      settings: { apiBaseUrl: x.url },
    },
    {
      kind: 'linkedin',
      name: 'سیب‌سرخ در لینکدین',
      externalId: LINKEDIN.organization,
      credentials: {
        accessToken: LINKEDIN.accessToken,
        refreshToken: LINKEDIN.refreshToken,
        clientId: LINKEDIN.clientId,
        appSecret: LINKEDIN.clientSecret,
      },
      settings: {
        apiBaseUrl: linkedin.url,
        developerApplicationId: LINKEDIN.applicationId,
        memberId: LINKEDIN.memberId,
      },
    },
    {
      kind: 'youtube',
      name: 'سیب‌سرخ در یوتیوب',
      externalId: YOUTUBE.channelId,
      credentials: {
        accessToken: YOUTUBE.accessToken,
        refreshToken: YOUTUBE.refreshToken,
        clientId: YOUTUBE.clientId,
        clientSecret: YOUTUBE.clientSecret,
        accessTokenExpiresAt: new Date(Date.now() + 3_500_000).toISOString(), // Google gives an hour
      },
      settings: { apiBaseUrl: youtube.url, dailyQuota: YOUTUBE_QUOTA, pollMinutes: 0.05 },
    },
    {
      kind: 'rubika',
      name: 'بازوی روبیکا',
      externalId: RUBIKA_BOT,
      credentials: { accessToken: RUBIKA_TOKEN },
      settings: { apiBaseUrl: rubika.url },
    },
    {
      kind: 'email',
      name: MAIL.address,
      externalId: MAIL.address,
      credentials: { password: MAIL.password },
      settings: { ...mail.settings, displayName: MAIL.name, authservId: 'mx.shop.example', sentFolder: mail.sent.path },
    },
  ];
}

/** Tells the network where to deliver, and takes no for an answer from none of its layers. */
async function subscribe(owner: ApiClient, id: string, kind: string): Promise<void> {
  const { checks } = await owner.post<{ checks: { name: string; state: string; message: string }[] }>(
    `/channels/${id}/subscribe`,
  );
  const problems = checks.filter(({ state }) => state === 'problem').map(({ name, message }) => `${name}: ${message}`);
  if (problems.length > 0) throw new Error(`The ${kind} channel does not stand:\n  ${problems.join('\n  ')}`);
}
