import { SAMPLE_ARTICLES, SAMPLE_TEAMS } from '../../src/cli/sample-shop';
import { ApiClient } from '../support/api-client';
import { AGENTS, OWNER, SHOP } from './cast';

export interface Shop {
  owner: ApiClient;
  /** Public id of the web chat. */
  webchatId: string;
}

export interface Networks {
  /** Where the Graph API of the simulator is. */
  metaUrl: string;
  crm: { loginUrl: string; clientId: string; username: string; privateKey: string };
}

/** Sets the shop up as its owner would, by the public API alone. */
export async function openShop(url: string, networks: Networks): Promise<Shop> {
  const owner = await ApiClient.signIn(url, OWNER.email, OWNER.password);
  await owner.ok('PATCH', '/workspace', { name: SHOP.brand, locale: 'fa', timeZone: 'Asia/Tehran' });
  const brand = await owner.post<{ id: string }>('/brands', { name: SHOP.brand });
  const teams = new Map<string, string>();
  for (const team of SAMPLE_TEAMS) teams.set(team.name, (await owner.post<{ id: string }>('/teams', team)).id);
  const [messages, comments] = [...teams.values()];

  for (const { teams: names, ...agent } of AGENTS) {
    await owner.post('/agents', { ...agent, teamIds: names.map((name) => teams.get(name)!) });
  }
  for (const article of SAMPLE_ARTICLES) await owner.post('/faq-articles', article);

  const settings = { apiBaseUrl: networks.metaUrl };
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
    ...networks.crm,
    settings: { coalesceMs: 500, handleFields: { instagram: 'Instagram__c' }, matchObjects: ['Contact'] },
  });
  return { owner, webchatId: webchat.externalId };
}
