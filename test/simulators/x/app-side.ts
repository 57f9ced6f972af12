import { randomBytes } from 'node:crypto';
import { xSignature } from './wire';
import { SEED, type XWorld } from './world';

export interface Webhook {
  id: string;
  url: string;
  valid: boolean;
  created_at: string;
}

export interface Subscription {
  subscription_id: string;
  event_type: string;
  filter: { user_id?: string };
  tag?: string;
  webhook_id: string;
}

export interface UserToken {
  accessToken: string;
  refreshToken: string;
  userId: string;
  expiresAt: number;
  scope: string;
}

export interface XAppSettings {
  appSecret: string;
  bearerToken: string;
  clientId: string;
  clientSecret: string;
  /** Answers everybody, likes, and is not asked who named whom. */
  enterprise: boolean;
  /** Whether answering a post of the account counts as naming it. */
  implicitMentionsCount: boolean;
}

export const X_APP: XAppSettings = {
  appSecret: SEED.appSecret,
  bearerToken: SEED.bearerToken,
  clientId: SEED.clientId,
  clientSecret: SEED.clientSecret,
  enterprise: false,
  implicitMentionsCount: true,
};

const SCOPE =
  'tweet.read tweet.write users.read dm.read dm.write media.write offline.access tweet.moderate.write like.write';

/** What X keeps of the app: tokens, webhooks, subscriptions, allowances. */
export class XAppSide {
  readonly webhooks: Webhook[] = [];
  readonly subscriptions: Subscription[] = [];
  readonly tokens: UserToken[] = [];
  readonly codes = new Map<string, { userId: string; challenge: string; redirectUri: string }>();
  /** Calls left, by `METHOD path` pattern; a call outside any of them is not counted. */
  readonly limits: { pattern: RegExp; remaining: number; resetAt: number; limit: number }[] = [];
  /** The money or month cap is used up: every call is refused. */
  capped = false;

  constructor(
    readonly world: XWorld,
    readonly settings: XAppSettings,
  ) {
    this.tokens.push({
      accessToken: SEED.accessToken,
      refreshToken: SEED.refreshToken,
      userId: SEED.brandId,
      expiresAt: world.now() + 7_200_000,
      scope: SCOPE,
    });
  }

  /** The account behind a token that has not ended. */
  userOf(authorization: string | undefined): string | undefined {
    const token = this.tokens.find(({ accessToken }) => authorization === `Bearer ${accessToken}`);
    return token && token.expiresAt > this.world.now() ? token.userId : undefined;
  }

  grant(userId: string): UserToken {
    const n = this.tokens.length;
    const token = {
      accessToken: `x-user-token-${n}`,
      refreshToken: `x-refresh-${n}`,
      userId,
      expiresAt: this.world.now() + 7_200_000,
      scope: SCOPE,
    };
    this.tokens.push(token);
    return token;
  }

  /** A refresh token is good once. */
  spend(refreshToken: string): UserToken | undefined {
    const index = this.tokens.findIndex((token) => token.refreshToken === refreshToken);
    if (index < 0) return undefined;
    const [old] = this.tokens.splice(index, 1, { ...this.tokens[index]!, refreshToken: '' });
    return this.grant(old!.userId);
  }

  /** Asks the address whether it knows the app's secret. */
  async check(webhook: Webhook): Promise<boolean> {
    const token = randomBytes(24).toString('base64');
    const url = `${webhook.url}?crc_token=${encodeURIComponent(token)}&nonce=${randomBytes(8).toString('hex')}`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
      async (response) => (response.ok ? ((await response.json()) as { response_token?: unknown }) : {}),
      () => ({}),
    );
    webhook.valid = 'response_token' in answer && answer.response_token === xSignature(this.settings.appSecret, token);
    return webhook.valid;
  }

  addWebhook(url: string, valid: boolean): Webhook {
    const webhook = { id: this.world.nextId(), url, valid, created_at: new Date(this.world.now()).toISOString() };
    this.webhooks.push(webhook);
    return webhook;
  }

  subscribe(subscription: Omit<Subscription, 'subscription_id'>): Subscription {
    const made = { subscription_id: this.world.nextId(), ...subscription };
    this.subscriptions.push(made);
    return made;
  }

  /** Gives the calls matching `pattern` an allowance until `resetAt` (ms since 1970). */
  limit(pattern: RegExp, remaining: number, resetAt: number): void {
    this.limits.push({ pattern, remaining, resetAt, limit: remaining });
  }
}
