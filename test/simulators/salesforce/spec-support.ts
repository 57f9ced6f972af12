import { generateKeyPairSync, sign } from 'node:crypto';
import { Connection } from 'jsforce';
import { INTEGRATION_USER } from './org';
import { type SalesforceEmulator, type SalesforceOptions, startSalesforce } from './server';
import { isJsonObject } from './values';

for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) delete process.env[name]; // jsforce sends even loopback calls there

export const VERSION = '62.0';
export const CLIENT_ID = 'the-consumer-key';
export const CLIENT_SECRET = 'the-consumer-secret';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const privateKey = keys.privateKey;

/** An emulator with one app, approved for the integration user. */
export function startTestOrg(options: SalesforceOptions = {}): Promise<SalesforceEmulator> {
  const app = {
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    publicKeyPem: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    approvedUsers: [INTEGRATION_USER],
    runAs: INTEGRATION_USER,
  };
  return startSalesforce({ ...options, apps: [app] });
}

export function assertion(claims: Record<string, unknown>, key = privateKey): string {
  const signed = `${encode({ alg: 'RS256' })}.${encode(claims)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}

export function goodClaims(org: SalesforceEmulator) {
  return { iss: CLIENT_ID, sub: INTEGRATION_USER, aud: org.url, exp: Math.floor(org.org.now() / 1000) + 120 };
}

/** A jsforce connection logged in by JWT, as the product logs in. */
export async function login(org: SalesforceEmulator): Promise<Connection> {
  const connection = new Connection({ version: VERSION, instanceUrl: org.url, loginUrl: org.url });
  await connection.authorize({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: assertion(goodClaims(org)),
  });
  return connection;
}

export interface RawAnswer {
  status: number;
  headers: Headers;
  body: unknown;
}

export type RawCall = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<RawAnswer>;

/** Calls under `/services/data/v62.0` (or any path from the root) with a good token, without jsforce in between. */
export async function rawClient(org: SalesforceEmulator): Promise<RawCall> {
  const { accessToken } = await login(org);
  return async (method, path, body, headers = {}) => {
    const url = path.startsWith('/') ? `${org.url}${path}` : `${org.url}/services/data/v${VERSION}/${path}`;
    const init: RequestInit = {
      method,
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json', ...headers },
    };
    if (body !== undefined) init.body = JSON.stringify(body);
    const response = await fetch(url, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    const parsed: unknown = isJson ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body: parsed };
  };
}

export const firstError = (answer: RawAnswer): unknown => (Array.isArray(answer.body) ? answer.body[0] : answer.body);

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The value at `path` inside a JSON answer, undefined where there is none. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    current = Array.isArray(current) ? current[Number(step)] : isJsonObject(current) ? current[step] : undefined;
  }
  return current;
}
