import type { ChannelKind, Credentials } from '../../channel';
import type {
  ConnectableAccount,
  OAuthApp,
  OAuthExchange,
  OAuthGrant,
  OAuthNetwork,
  OAuthScope,
} from '../../oauth-network';
import { whatsappAccounts } from '../whatsapp/oauth-accounts';
import { MetaClient, type MetaCall, type MetaRefusal } from './meta.client';
import { repeatable } from './meta.errors';
import { compact, id, list, record, string, type JsonRecord } from '../json';
import { graphVersion } from './meta.settings';
import { endOf, neededScopes } from './meta.tokens';

const CONSENT = 'https://www.facebook.com';
const WHATSAPP = ['whatsapp_business_management', 'whatsapp_business_messaging'];

/** Sources: Pages, Messenger, Instagram Platform and WhatsApp permission references. */
const SCOPES: readonly OAuthScope[] = [
  { scope: 'pages_show_list', why: { fa: 'دیدن فهرست صفحه‌ها', en: 'listing your Pages' } },
  { scope: 'pages_manage_metadata', why: { fa: 'رسیدن رویدادهای صفحه', en: 'receiving the Page’s events' } },
  { scope: 'pages_read_engagement', why: { fa: 'خواندن پست‌ها', en: 'reading posts' } },
  { scope: 'pages_read_user_content', why: { fa: 'خواندن کامنت‌های مردم', en: 'reading people’s comments' } },
  {
    scope: 'pages_manage_engagement',
    why: { fa: 'پاسخ، پنهان و حذف کامنت', en: 'answering, hiding, deleting comments' },
  },
  { scope: 'pages_messaging', why: { fa: 'گفتگو در مسنجر', en: 'conversations in Messenger' } },
  optional('business_management', 'صفحه‌هایی که در پورتفوی کسب‌وکارند', 'Pages that belong to a business portfolio'),
  optional('instagram_basic', 'دیدن حساب اینستاگرام', 'seeing the Instagram account'),
  optional('instagram_manage_comments', 'کامنت‌های اینستاگرام', 'comments on Instagram'),
  optional('instagram_manage_messages', 'دایرکت اینستاگرام', 'direct messages on Instagram'),
  optional('whatsapp_business_management', 'شماره‌های واتساپ', 'WhatsApp numbers'),
  optional('whatsapp_business_messaging', 'گفتگو در واتساپ', 'conversations in WhatsApp'),
];

function optional(scope: string, fa: string, en: string): OAuthScope {
  return { scope, why: { fa, en }, required: false };
}

const PAGE_FIELDS = 'id,name,username,access_token,tasks,picture{url}';
const LINKED = 'instagram_business_account{id,username,name,profile_picture_url}';
const PAGE_SIZE = '100';
const MAX_PAGES = 20;
const TASKS = ['MODERATE', 'MESSAGING', 'MANAGE'];

/** Facebook Login: Pages, the Instagram accounts that hang under them, and WhatsApp numbers. */
export class MetaOAuth implements OAuthNetwork {
  readonly name = 'meta';
  readonly kinds: readonly ChannelKind[] = ['facebook', 'instagram', 'whatsapp'];
  readonly scopes = SCOPES;
  readonly pkce = false;

  constructor(private readonly now: () => number = Date.now) {}

  authorizeUrl(app: OAuthApp, { redirectUri, state }: { redirectUri: string; state: string }): string {
    const url = new URL(`${(app.apiBaseUrl ?? CONSENT).replace(/\/+$/, '')}/${graphVersion({})}/dialog/oauth`);
    const query = {
      client_id: app.clientId,
      redirect_uri: redirectUri,
      state,
      response_type: 'code',
      scope: SCOPES.map(({ scope }) => scope).join(','),
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.toString();
  }

  /** The short token of the code is changed for one of sixty days: Page tokens made of that do not end by themselves. */
  async exchange(app: OAuthApp, answer: { code: string; redirectUri: string }): Promise<OAuthExchange> {
    const client = clientOf(app, {});
    const secret = { client_id: app.clientId, client_secret: app.clientSecret };
    const token = (query: Readonly<Record<string, string>>): MetaCall => ({
      method: 'GET',
      path: ['oauth', 'access_token'],
      query: { ...secret, ...query },
      as: 'nobody',
    });
    const short = await client.call(token({ code: answer.code, redirect_uri: answer.redirectUri }));
    if (short.kind !== 'ok') return refusal(short);
    const exchanged = string(short.body['access_token']) ?? '';
    const long = await client.call(token({ grant_type: 'fb_exchange_token', fb_exchange_token: exchanged }));
    if (long.kind !== 'ok') return refusal(long);
    const accessToken = string(long.body['access_token']);
    if (!accessToken) return { status: 'refused', reason: 'Meta gave no token for this login. Begin again.' };
    const expiresAt = endOf(long.body, this.now());
    const scopes = await this.granted(app, accessToken);
    return {
      status: 'granted',
      grant: { accessToken, ...(expiresAt === undefined ? {} : { expiresAt }), ...(scopes ? { scopes } : {}) },
    };
  }

  async accounts(app: OAuthApp, grant: OAuthGrant): ReturnType<OAuthNetwork['accounts']> {
    const pages = await listPages(clientOf(app, { accessToken: grant.accessToken, appSecret: app.clientSecret }));
    if ('kind' in pages) return refusal(pages);
    const accounts = pages.items.flatMap((page) => pageAccounts(app, grant, page));
    // WhatsApp is asked for only where the person let it in; its refusal must not cost the Pages.
    if (WHATSAPP.every((scope) => grant.scopes?.includes(scope))) {
      const numbers = await whatsappAccounts(app, grant);
      if (numbers.status === 'found') accounts.push(...numbers.accounts);
    }
    return { status: 'found', accounts };
  }

  /** People may untick single permissions. Source: `GET /me/permissions`. */
  private async granted(app: OAuthApp, accessToken: string): Promise<string[] | undefined> {
    const client = clientOf(app, { accessToken, appSecret: app.clientSecret });
    const reply = await client.call({ method: 'GET', path: ['me', 'permissions'] });
    if (reply.kind !== 'ok') return undefined;
    const items = list(reply.body['data']).map(record);
    return items.filter((item) => item?.['status'] === 'granted').flatMap((item) => string(item?.['permission']) ?? []);
  }
}

function clientOf(app: OAuthApp, credentials: Credentials): MetaClient {
  const settings = app.apiBaseUrl === undefined ? {} : { apiBaseUrl: app.apiBaseUrl };
  return new MetaClient(settings, app.proxyUrl ? { ...credentials, proxyUrl: app.proxyUrl } : credentials);
}

const refusal = (reply: MetaRefusal): { status: 'refused'; reason: string } => ({
  status: 'refused',
  reason: repeatable(reply).reason,
});

async function listPages(client: MetaClient): Promise<{ items: JsonRecord[] } | MetaRefusal> {
  const items: JsonRecord[] = [];
  // Without the permission for Instagram its field is refused, and with it the whole call.
  let fields = `${PAGE_FIELDS},${LINKED}`;
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = { fields, limit: PAGE_SIZE, ...(after === undefined ? {} : { after }) };
    // One page needs the cursor of the one before it.
    let reply = await client.call({ method: 'GET', path: ['me', 'accounts'], query });
    if (reply.kind === 'refused' && page === 0 && repeatable(reply).status === 'failed') {
      fields = PAGE_FIELDS;
      reply = await client.call({ method: 'GET', path: ['me', 'accounts'], query: { ...query, fields } });
    }
    if (reply.kind !== 'ok') return reply;
    items.push(
      ...list(reply.body['data'])
        .map(record)
        .filter((item) => item !== undefined),
    );
    const paging = record(reply.body['paging']);
    after = string(record(paging?.['cursors'])?.['after']);
    if (paging?.['next'] === undefined || after === undefined) break;
  }
  return { items };
}

function pageAccounts(app: OAuthApp, grant: OAuthGrant, page: JsonRecord): ConnectableAccount[] {
  const pageId = id(page['id']);
  if (pageId === undefined) return [];
  const accessToken = string(page['access_token']);
  const credentials: Credentials = {
    accessToken: accessToken ?? '',
    appSecret: app.clientSecret,
    appId: app.clientId,
    ...(grant.scopes ? { scopes: grant.scopes.join(' ') } : {}),
  };
  const tasks = page['tasks'];
  const lacking = Array.isArray(tasks) ? TASKS.filter((task) => !tasks.includes(task)) : [];
  const problem =
    accessToken === undefined
      ? 'Meta gives no token for this Page: your role there does not allow it.'
      : lacking.length > 0
        ? `Your role on this Page lacks ${lacking.join(', ')}.`
        : undefined;
  const missing = (kind: ChannelKind) => neededScopes(kind).filter((scope) => grant.scopes?.includes(scope) === false);
  const base = app.apiBaseUrl === undefined ? {} : { apiBaseUrl: app.apiBaseUrl };
  const picture = record(page['picture']);
  const own: ConnectableAccount = compact({
    kind: 'facebook' as const,
    externalId: pageId,
    name: string(page['name']) ?? pageId,
    handle: string(page['username']),
    avatarUrl: string(record(picture?.['data'])?.['url']) ?? string(picture?.['url']),
    credentials,
    settings: base,
    missingScopes: missing('facebook'),
    problem,
  });
  const linked = record(page['instagram_business_account']);
  const linkedId = id(linked?.['id']);
  if (!linked || linkedId === undefined) return [own];
  const username = string(linked['username']);
  const instagram: ConnectableAccount = compact({
    kind: 'instagram' as const,
    externalId: linkedId,
    name: string(linked['name']) ?? username ?? linkedId,
    handle: username,
    avatarUrl: string(linked['profile_picture_url']),
    credentials,
    settings: compact({ ...base, login: 'facebook', pageId, username }),
    missingScopes: missing('instagram'),
    problem,
  });
  return [own, instagram];
}
