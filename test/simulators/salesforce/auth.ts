import { createHash, createPublicKey, randomBytes, timingSafeEqual, verify } from 'node:crypto';
import { isJsonObject } from './values';

/** An app registered in the org. `publicKeyPem` is the key or certificate whose private half signs the assertions. */
export interface ConnectedApp {
  clientId: string;
  clientSecret?: string;
  publicKeyPem?: string;
  /** Usernames an admin has approved for the JWT flow. */
  approvedUsers: string[];
  /** Run-as user of the client-credentials flow; without one that flow is refused. */
  runAs?: string;
}

export interface OrgUser {
  id: string;
  username: string;
  active: boolean;
}

export interface Session {
  userId: string;
}

interface Token extends Session {
  usedAtMs: number;
}

export interface OAuthAnswer {
  status: number;
  body: Record<string, string>;
}

const SKEW_MS = 180_000; // Salesforce's tolerance; also the longest life of an assertion
const LOGIN_HOSTS = ['https://login.salesforce.com', 'https://test.salesforce.com'];
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** OAuth of one org: JWT bearer (RS256, checked with the real key) and client credentials; tokens end when idle. */
export class Auth {
  private readonly apps = new Map<string, ConnectedApp>();
  private readonly tokens = new Map<string, Token>();

  /** `url` is the org's My Domain; `findUser` looks a username up. */
  constructor(
    private readonly options: {
      orgId: string;
      url: () => string;
      now: () => number;
      tokenIdleMs: number;
      findUser: (username: string) => OrgUser | undefined;
    },
  ) {}

  register(app: ConnectedApp): void {
    if (app.publicKeyPem !== undefined) createPublicKey(app.publicKeyPem);
    this.apps.set(app.clientId, app);
  }

  /** POST /services/oauth2/token. */
  token(form: URLSearchParams, authorization: string | undefined): OAuthAnswer {
    switch (form.get('grant_type')) {
      case JWT_GRANT:
        return this.jwtBearer(form.get('assertion') ?? '');
      case 'client_credentials':
        return this.clientCredentials(form, authorization);
      default:
        return refusal('unsupported_grant_type', 'grant type not supported');
    }
  }

  session(authorization: string | undefined): Session | undefined {
    const value = /^(?:Bearer|OAuth) (\S+)$/i.exec(authorization ?? '')?.[1];
    const token = value === undefined ? undefined : this.tokens.get(value);
    if (value === undefined || !token) return undefined;
    const now = this.options.now();
    if (now - token.usedAtMs > this.options.tokenIdleMs) {
      this.tokens.delete(value);
      return undefined;
    }
    token.usedAtMs = now;
    return { userId: token.userId };
  }

  revoke(token: string): boolean {
    return this.tokens.delete(token);
  }

  revokeAll(): void {
    this.tokens.clear();
  }

  private jwtBearer(assertion: string): OAuthAnswer {
    const [header, payload, signature] = assertion.split('.');
    const claims = decodePart(payload);
    if (decodePart(header)?.alg !== 'RS256' || !claims) return refusal('invalid_grant', 'invalid assertion');
    const app = this.apps.get(String(claims.iss));
    if (!app) return refusal('invalid_client_id', 'client identifier invalid');
    if (!app.publicKeyPem || !isSignedBy(app.publicKeyPem, `${header}.${payload}`, signature ?? '')) {
      return refusal('invalid_grant', 'invalid assertion');
    }
    if (![this.options.url(), ...LOGIN_HOSTS].includes(String(claims.aud))) {
      return refusal('invalid_grant', 'audience is invalid');
    }
    const leftMs = Number(claims.exp) * 1000 - this.options.now();
    if (!(leftMs > -SKEW_MS && leftMs <= 2 * SKEW_MS)) return refusal('invalid_grant', 'expired authorization code');
    const username = String(claims.sub ?? claims.prn);
    const user = this.options.findUser(username);
    if (!user || !app.approvedUsers.includes(username)) {
      return refusal('invalid_grant', "user hasn't approved this consumer");
    }
    return user.active ? this.issue(user) : refusal('inactive_user', 'user is inactive');
  }

  private clientCredentials(form: URLSearchParams, authorization: string | undefined): OAuthAnswer {
    const basic = Buffer.from(/^Basic (\S+)$/i.exec(authorization ?? '')?.[1] ?? '', 'base64').toString();
    const [basicId, basicSecret] = basic.split(':').map(decodeURIComponent);
    const app = this.apps.get(form.get('client_id') ?? basicId ?? '');
    if (!app) return refusal('invalid_client_id', 'client identifier invalid');
    if (!app.clientSecret || !sameText(app.clientSecret, form.get('client_secret') ?? basicSecret ?? '')) {
      return refusal('invalid_client', 'invalid client credentials');
    }
    const user = app.runAs === undefined ? undefined : this.options.findUser(app.runAs);
    if (!user) return refusal('invalid_grant', 'no client credentials user enabled');
    const { status, body } = this.issue(user);
    const issuedAt = String(this.options.now());
    const signature = createHash('sha256').update(`${app.clientSecret}${body.id}${issuedAt}`).digest('base64');
    return { status, body: { ...body, signature, token_format: 'opaque', issued_at: issuedAt } };
  }

  private issue(user: OrgUser): OAuthAnswer {
    const { orgId, url, now } = this.options;
    const accessToken = `${orgId.slice(0, 15)}!AQ${randomBytes(36).toString('base64url')}`;
    this.tokens.set(accessToken, { userId: user.id, usedAtMs: now() });
    return {
      status: 200,
      body: {
        access_token: accessToken,
        scope: 'api',
        instance_url: url(),
        id: `${url()}/id/${orgId}/${user.id}`,
        token_type: 'Bearer',
      },
    };
  }
}

function refusal(error: string, description: string): OAuthAnswer {
  return { status: 400, body: { error, error_description: description } };
}

function decodePart(part: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isSignedBy(publicKeyPem: string, signed: string, signature: string): boolean {
  return verify('RSA-SHA256', Buffer.from(signed), createPublicKey(publicKeyPem), Buffer.from(signature, 'base64url'));
}

function sameText(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
