import { wordsOf } from '../../../refusals/refusal-words';
import type { Words } from '../../../text/words';
import type { ConnectedChannel, Credentials } from '../../channel';
import type { HealthCheck, HealthReport } from '../../health';
import type { HttpAnswer } from '../../egress';
import { compact, id, milliseconds, record, string } from '../json';
import type { LinkedInCall, LinkedInClient } from './linkedin.client';
import { outcomeOf } from './linkedin.errors';
import { missingScopes } from './linkedin.oauth';
import { NOTIFICATIONS } from './linkedin.parser';
import { recordsIn } from './linkedin.pull';
import { linkedInSettings } from './linkedin.settings';
import { encoded, organizationId, organizationUrn, urn, urnParts } from './linkedin.urns';

const RENEW_BEFORE_MS = 7 * 86_400_000; // a subscription that ends within a week is reported and renewed by `subscribe`

/** Asks each layer: the token and its scopes, the member's role on the page, the webhook subscription. */
export async function linkedInHealth(
  client: LinkedInClient,
  channel: ConnectedChannel,
  credentials: Credentials,
  webhookUrl: string | null,
  now: number,
): Promise<HealthReport> {
  const token = await tokenReport(client, credentials, now);
  const role = await roleCheck(client, channel, now);
  const checks = [...token.checks, role.check];
  if (role.usable && webhookUrl !== null)
    checks.push(await subscriptionCheck(client, channel, role.member, webhookUrl, now));
  return compact({ ...token, checks });
}

/** Subscribes the page's notifications to our address (an existing subscription is renewed), then looks again. */
export async function subscribeLinkedIn(
  client: LinkedInClient,
  channel: ConnectedChannel,
  credentials: Credentials,
  webhookUrl: string | null,
  now: number,
): Promise<HealthReport> {
  if (webhookUrl !== null) {
    const { member } = await roleCheck(client, channel, now);
    const path = subscriptionPath(channel, member);
    if (path !== undefined) {
      const answer = await client.call({ method: 'PUT', path, body: { webhook: webhookUrl } });
      if (answer.kind !== 'answer' || !answer.ok) {
        const report = await linkedInHealth(client, channel, credentials, null, now);
        return { ...report, checks: [...report.checks, subscriptionProblem(answer, now)] };
      }
    }
  }
  return linkedInHealth(client, channel, credentials, webhookUrl, now);
}

export async function unsubscribeLinkedIn(
  client: LinkedInClient,
  channel: ConnectedChannel,
  now: number,
): Promise<string | null> {
  const { member } = await roleCheck(client, channel, now);
  const path = subscriptionPath(channel, member);
  if (path === undefined) return null;
  const answer = await client.call({ method: 'DELETE', path });
  if (answer.kind === 'no_answer') return answer.reason;
  return answer.ok || answer.status === 404 ? null : `LinkedIn answered ${answer.status}.`;
}

/** The subscription's compound key: its punctuation stays, the URNs inside are encoded (linkedin.md §4). */
function subscriptionPath(channel: ConnectedChannel, member: string | undefined): LinkedInCall['path'] | undefined {
  const { applicationId, memberId } = linkedInSettings(channel.settings);
  const person = memberId ?? member;
  if (applicationId === undefined || person === undefined) return undefined;
  const key = [
    `developerApplication:${encoded(`urn:li:developerApplication:${applicationId}`)}`,
    `user:${encoded(`urn:li:person:${person}`)}`,
    `entity:${encoded(organizationUrn(channel.externalId))}`,
    `eventType:${NOTIFICATIONS}`,
  ];
  return `/eventSubscriptions/(${key.join(',')})`;
}

const endOf = (tokenExpiresAt: string | undefined) => (tokenExpiresAt === undefined ? {} : { tokenExpiresAt });

/** The token by LinkedIn's introspection where the app is known; else only what its end was said to be. */
async function tokenReport(
  client: LinkedInClient,
  { clientId, appSecret, accessToken, accessTokenExpiresAt, refreshToken, refreshTokenExpiresAt }: Credentials,
  now: number,
): Promise<HealthReport> {
  // An access token that can be renewed ends for nobody; what it is renewed with does, a year after the consent.
  const renewing = refreshToken && clientId && appSecret;
  const expiry = endOf(renewing ? refreshTokenExpiresAt : accessTokenExpiresAt);
  const unknown = (message: Words): HealthReport => ({
    checks: [{ name: 'token', state: 'unknown', message }],
    ...expiry,
  });
  if (!clientId || !appSecret || !accessToken)
    return unknown({
      fa: 'بدون شناسهٔ کلاینت برنامه توکن بررسی نمی‌شود.',
      en: 'Without the app’s client id the token is not looked into.',
    });
  const form = { client_id: clientId, client_secret: appSecret, token: accessToken };
  const answer = await client.login('/oauth/v2/introspectToken', form);
  if (answer.kind !== 'answer' || !answer.ok)
    return unknown(
      answer.kind === 'answer'
        ? {
            fa: `لینکدین توکن را بررسی نمی‌کند (HTTP ${answer.status}).`,
            en: `LinkedIn does not look into the token (HTTP ${answer.status}).`,
          }
        : wordsOf(answer.reason),
    );
  const facts = record(answer.json);
  const endsAt = milliseconds(facts?.['expires_at']) ?? Date.parse(accessTokenExpiresAt ?? '');
  const ends = renewing || Number.isNaN(endsAt) ? expiry : endOf(new Date(endsAt).toISOString());
  if (facts?.['active'] !== true || endsAt <= now) {
    const message = {
      fa: 'توکن دسترسی پایان یافته یا پس گرفته شده است.',
      en: 'The access token has ended or was withdrawn.',
    };
    const fix = {
      fa: 'صفحه را با حساب یکی از مدیرانش دوباره وصل کنید.',
      en: 'Connect the page again as an administrator.',
    };
    return { checks: [{ name: 'token', state: 'problem', message, fix, serious: true }], ...ends };
  }
  const scopes = (string(facts['scope']) ?? '').split(/[\s,]+/).filter((scope) => scope !== '');
  const missing = scopes.length === 0 ? [] : missingScopes(scopes);
  const granted: HealthCheck =
    missing.length === 0
      ? {
          name: 'scopes',
          state: 'ok',
          message: { fa: 'همهٔ دسترسی‌های لازم داده شده است.', en: 'Everything we ask for is granted.' },
        }
      : {
          name: 'scopes',
          state: 'problem',
          message: { fa: `داده نشده: ${missing.join('، ')}.`, en: `Not granted: ${missing.join(', ')}.` },
          fix: {
            fa: 'صفحه را دوباره وصل کنید و همه را اجازه دهید؛ برنامه محصول Community Management را لازم دارد.',
            en: 'Connect the page again and allow everything; the app needs the Community Management product.',
          },
        };
  return {
    checks: [
      { name: 'token', state: 'ok', message: { fa: 'توکن دسترسی کار می‌کند.', en: 'The access token works.' } },
      granted,
    ],
    ...ends,
    missingScopes: missing,
  };
}

interface Role {
  check: HealthCheck;
  usable: boolean;
  member: string | undefined;
}

/** Whether the member may still speak for the page; the answer also names the member. */
async function roleCheck(client: LinkedInClient, channel: ConnectedChannel, now: number): Promise<Role> {
  const query = 'q=roleAssignee&state=APPROVED&count=100';
  const answer = await client.call({ method: 'GET', path: '/organizationAcls', query });
  if (answer.kind !== 'answer' || !answer.ok) {
    const outcome = outcomeOf(answer, now);
    const definite = outcome.status === 'failed' || outcome.status === 'reconnect';
    const check: HealthCheck = {
      name: 'account',
      state: definite ? 'problem' : 'unknown',
      message: wordsOf(outcome.reason),
      ...(definite
        ? {
            fix: {
              fa: 'صفحه را با حساب یکی از مدیرانش دوباره وصل کنید.',
              en: 'Connect the page again as an administrator.',
            },
            serious: true,
          }
        : {}),
    };
    return { check, usable: false, member: undefined };
  }
  const page = organizationId(channel.externalId);
  const roles = recordsIn(answer.json);
  const here = roles.filter((role) => organizationId(role['organization'] ?? role['organizationTarget']) === page);
  const member = urnParts(urn((here[0] ?? roles[0])?.['roleAssignee']) ?? '')?.id;
  const names = here.flatMap((role) => string(role['role']) ?? []);
  if (names.includes('ADMINISTRATOR'))
    return {
      check: {
        name: 'account',
        state: 'ok',
        message: { fa: 'این عضو مدیر صفحه است.', en: 'The member administers the page.' },
      },
      usable: true,
      member,
    };
  const check: HealthCheck = {
    name: 'account',
    state: 'problem',
    message:
      names.length === 0
        ? { fa: 'این عضو در صفحه نقشی ندارد.', en: 'The member has no role on this page.' }
        : { fa: `نقش این عضو تنها ${names.join('، ')} است.`, en: `The member is ${names.join(', ')} only.` },
    fix: {
      fa: 'در لینکدین نقش مدیر صفحه را به این عضو بدهید؛ وب‌هوک با از دست رفتن آن پایان یافت.',
      en: 'Give the member the administrator role of the page in LinkedIn; the webhook ended with it.',
    },
    serious: true,
  };
  return { check, usable: false, member };
}

async function subscriptionCheck(
  client: LinkedInClient,
  channel: ConnectedChannel,
  member: string | undefined,
  webhookUrl: string,
  now: number,
): Promise<HealthCheck> {
  const path = subscriptionPath(channel, member);
  if (path === undefined)
    return {
      name: 'subscription',
      state: 'problem',
      message: {
        fa: 'اشتراک وب‌هوک شدنی نیست: شمارهٔ برنامه دانسته نیست.',
        en: 'The webhook cannot be subscribed: the app’s number is not known.',
      },
      fix: {
        fa: '‏developerApplicationId را در تنظیمات کانال وارد کنید، یا با pollMinutes بدون وب‌هوک بخوانید.',
        en: 'Enter developerApplicationId in the channel’s settings, or set pollMinutes to read without a webhook.',
      },
    };
  const answer = await client.call({ method: 'GET', path });
  if (answer.kind !== 'answer' || !answer.ok) return subscriptionProblem(answer, now);
  const facts = record(answer.json);
  const endsAt = milliseconds(facts?.['expiresAt']);
  if (id(facts?.['webhook']) !== webhookUrl)
    return {
      name: 'subscription',
      state: 'problem',
      message: { fa: 'اعلان‌های صفحه به نشانی دیگری می‌روند.', en: 'The page’s notifications go to another address.' },
      fix: {
        fa: 'کانال را دوباره در شبکه راه‌اندازی کنید؛ لینکدین برای هر برنامه، عضو و صفحه یک نشانی نگه می‌دارد.',
        en: 'Subscribe the channel again; LinkedIn keeps one address per app, member and page.',
      },
    };
  const ends = endsAt === undefined ? undefined : new Date(endsAt).toISOString();
  if (endsAt !== undefined && endsAt - now < RENEW_BEFORE_MS)
    return {
      name: 'subscription',
      state: 'problem',
      message: { fa: `اشتراک به‌زودی پایان می‌یابد: ${ends}.`, en: `The subscription ends soon: ${ends}.` },
      fix: {
        fa: 'برای تازه شدن آن، کانال را دوباره در شبکه راه‌اندازی کنید.',
        en: 'Subscribe the channel again to renew it.',
      },
    };
  return { name: 'subscription', state: 'ok', message: pushed(ends) };
}

const pushed = (until: string | undefined): Words =>
  until === undefined
    ? { fa: 'اعلان‌ها می‌رسند.', en: 'Notifications are pushed.' }
    : { fa: `اعلان‌ها تا ${until} می‌رسند.`, en: `Notifications are pushed until ${until}.` };

function subscriptionProblem(answer: HttpAnswer, now: number): HealthCheck {
  const gone = answer.kind === 'answer' && answer.status === 404;
  const outcome = outcomeOf(answer, now);
  const passing = outcome.status === 'unknown' || outcome.status === 'retry';
  return {
    name: 'subscription',
    state: passing ? 'unknown' : 'problem',
    message: gone
      ? { fa: 'اشتراک اعلان‌های صفحه برقرار نیست.', en: 'The page’s notifications are not subscribed.' }
      : wordsOf(outcome.reason),
    ...(passing
      ? {}
      : {
          fix: gone
            ? { fa: 'کانال را دوباره در شبکه راه‌اندازی کنید.', en: 'Subscribe the channel again.' }
            : {
                fa: 'وب‌هوک برنامه را در پورتال توسعه‌دهندگان لینکدین به تأیید برسانید و نشانی‌اش را اعتبارسنجی کنید.',
                en: 'Have the app’s webhook approved and its address validated in the LinkedIn developer portal.',
              },
        }),
  };
}
