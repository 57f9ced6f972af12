import type { ConnectableAccount, OAuthApp, OAuthGrant } from '../../oauth-network';
import type { ChannelSettings, Credentials } from '../../channel';
import { compact, id, list, record, string, type JsonRecord } from '../json';
import { GraphClient, type GraphReply, type GraphRequest } from './whatsapp.client';
import { outcomeOf } from './whatsapp.errors';
import { inspectToken, missingScopes } from './whatsapp.tokens';

export type WhatsappAccounts =
  { status: 'found'; accounts: ConnectableAccount[] } | { status: 'refused'; reason: string };

const PHONE_FIELDS = 'id,display_phone_number,verified_name,status';
const BUSINESS_EDGES = ['owned_whatsapp_business_accounts', 'client_whatsapp_business_accounts'];
const BUSINESS_FIELDS = BUSINESS_EDGES.map((edge) => `${edge}{id,name}`).join(',');
const PAGE_SIZE = 100;
const MAX_PAGES = 10;
const GONE = new Set(['BANNED', 'DELETED', 'MIGRATED']);

/**
 * The WhatsApp numbers a grant of Facebook Login (or embedded signup) opens: the accounts named in the grant where it
 * names some, else those of every business the person manages.
 */
export async function whatsappAccounts(app: OAuthApp, grant: OAuthGrant): Promise<WhatsappAccounts> {
  const credentials: Credentials = {
    accessToken: grant.accessToken,
    appSecret: app.clientSecret,
    appId: app.clientId,
    ...(grant.expiresAt === undefined ? {} : { accessTokenExpiresAt: grant.expiresAt }),
  };
  const settings: ChannelSettings = app.apiBaseUrl === undefined ? {} : { apiBaseUrl: app.apiBaseUrl };
  const client = new GraphClient(settings, app.proxyUrl ? { ...credentials, proxyUrl: app.proxyUrl } : credentials);
  const token = await inspectToken(client, grant.accessToken);
  if (!('valid' in token)) return refusalOf(token);
  if (!token.valid) return { status: 'refused', reason: 'Meta does not accept the token it gave. Log in again.' };
  const lacking = missingScopes(token.scopes);
  const wabas = token.wabaIds.length > 0 ? { ids: token.wabaIds } : await managedAccounts(client);
  if ('kind' in wabas) return refusalOf(wabas);
  const accounts: ConnectableAccount[] = [];
  for (const wabaId of new Set(wabas.ids)) {
    // One after the other: management calls are few in an hour.
    const numbers = await pages(client, {
      method: 'GET',
      path: [wabaId, 'phone_numbers'],
      query: { fields: PHONE_FIELDS },
    });
    if ('kind' in numbers) return refusalOf(numbers);
    accounts.push(...numbers.items.flatMap((number) => accountOf(number, wabaId, credentials, lacking)));
  }
  return { status: 'found', accounts };
}

type Refusal = Exclude<GraphReply, { kind: 'ok' }>;

const refusalOf = (reply: Refusal): WhatsappAccounts => ({
  status: 'refused',
  reason: reply.kind === 'no_answer' ? reply.reason : outcomeOf(reply.error, reply.regainMs).reason,
});

async function managedAccounts(client: GraphClient): Promise<{ ids: readonly string[] } | Refusal> {
  const query = { fields: BUSINESS_FIELDS };
  const businesses = await pages(client, { method: 'GET', path: ['me', 'businesses'], query });
  if ('kind' in businesses) return businesses;
  const ids = businesses.items
    .flatMap((business) => BUSINESS_EDGES.flatMap((edge) => list(record(business[edge])?.['data'])))
    .map((account) => id(record(account)?.['id']))
    .filter((wabaId) => wabaId !== undefined);
  return { ids };
}

async function pages(client: GraphClient, request: GraphRequest): Promise<{ items: JsonRecord[] } | Refusal> {
  const items: JsonRecord[] = [];
  const query: Record<string, string> = { ...request.query, limit: String(PAGE_SIZE) };
  for (let page = 0; page < MAX_PAGES; page++) {
    // One page needs the cursor of the one before it.
    const reply = await client.call({ ...request, query });
    if (reply.kind !== 'ok') return reply;
    items.push(
      ...list(reply.body['data'])
        .map(record)
        .filter((item) => item !== undefined),
    );
    const paging = record(reply.body['paging']);
    const after = string(record(paging?.['cursors'])?.['after']);
    if (paging?.['next'] === undefined || after === undefined) break;
    query['after'] = after;
  }
  return { items };
}

function accountOf(
  number: JsonRecord,
  wabaId: string,
  credentials: Credentials,
  lacking: readonly string[],
): ConnectableAccount[] {
  const externalId = id(number['id']);
  if (externalId === undefined) return [];
  const handle = string(number['display_phone_number']);
  const status = string(number['status']) ?? '';
  return [
    compact({
      kind: 'whatsapp' as const,
      externalId,
      name: string(number['verified_name']) ?? handle ?? externalId,
      handle,
      credentials,
      settings: { wabaId },
      missingScopes: lacking,
      problem: GONE.has(status) ? `WhatsApp reports this number as ${status.toLowerCase()}.` : undefined,
    }),
  ];
}
