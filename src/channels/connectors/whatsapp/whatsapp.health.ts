import { wordsOf } from '../../../refusals/refusal-words';
import type { Words } from '../../../text/words';
import type { ConnectedChannel, Credentials } from '../../channel';
import type { HealthCheck, HealthReport } from '../../health';
import { grantedScopes } from '../granted-scopes';
import { id, list, record, string, type JsonRecord } from '../json';
import { type GraphClient, type GraphReply } from './whatsapp.client';
import { outcomeOf } from './whatsapp.errors';
import { readSettings } from './whatsapp.settings';
import { readSubscriptions, subscriptionChecks } from './whatsapp.subscription';
import { inspectToken, missingScopes, type TokenFacts } from './whatsapp.tokens';

const GRANT = {
  fa: 'در Meta Business Settings به کاربر سیستمی اجازه دهید و کانال را دوباره وصل کنید.',
  en: 'Grant them to the system user in Meta Business Settings and reconnect the channel.',
};
const PHONE_FIELDS = 'display_phone_number,verified_name,quality_rating,name_status,status,health_status';

/** Looks at every layer a message passes: token, number, permission to send, subscription, webhook. */
export async function healthOf(
  client: GraphClient,
  channel: ConnectedChannel,
  credentials: Credentials,
  webhookUrl: string | null,
): Promise<HealthReport> {
  const { wabaId } = readSettings(channel.settings);
  const { appId, accessToken = '', accessTokenExpiresAt } = credentials;
  const [phone, token, subscriptions] = await Promise.all([
    readPhone(client, channel.externalId),
    appId ? inspectToken(client, accessToken) : undefined,
    readSubscriptions(client, wabaId, appId),
  ]);
  const facts = token && 'valid' in token ? token : undefined;
  const expiresAt = facts?.expiresAt ?? (accessTokenExpiresAt || undefined);
  const missing = facts?.valid ? missingScopes(facts.scopes) : undefined;
  return {
    checks: [
      tokenCheck(phone, token),
      ...(missing ? [grantedScopes(missing, GRANT)] : []),
      ...phoneChecks(phone),
      ...subscriptionChecks(subscriptions, appId, webhookUrl),
    ],
    ...(expiresAt === undefined ? {} : { tokenExpiresAt: expiresAt }),
    ...(missing && missing.length > 0 ? { missingScopes: missing } : {}),
  };
}

/** One field Graph does not know fails the whole call; then it is asked for what it tells by itself. */
export async function readPhone(client: GraphClient, phoneNumberId: string): Promise<GraphReply> {
  const reply = await client.call({ method: 'GET', path: [phoneNumberId], query: { fields: PHONE_FIELDS } });
  const unknownField = reply.kind === 'refused' && reply.error.code === 100 && reply.error.subcode !== 33;
  return unknownField ? client.call({ method: 'GET', path: [phoneNumberId] }) : reply;
}

function tokenCheck(
  phone: GraphReply,
  token: TokenFacts | Exclude<GraphReply, { kind: 'ok' }> | undefined,
): HealthCheck {
  const name = 'token';
  const fix = {
    fa: 'کانال را با توکن یک کاربر سیستمی دوباره وصل کنید.',
    en: 'Reconnect the channel with a token of a system user.',
  };
  if (token && 'valid' in token) {
    if (!token.valid)
      return {
        name,
        state: 'problem',
        message: { fa: 'توکن دسترسی معتبر نیست.', en: 'The access token is not valid.' },
        fix,
        serious: true,
      };
    const message: Words =
      token.expiresAt === undefined
        ? { fa: 'توکن دسترسی معتبر است و پایان ندارد.', en: 'The access token is valid and does not end.' }
        : {
            fa: `توکن دسترسی معتبر است و در ${token.expiresAt} پایان می‌یابد.`,
            en: `The access token is valid and ends at ${token.expiresAt}.`,
          };
    return { name, state: 'ok', message };
  }
  const refusal = phone.kind === 'refused' ? outcomeOf(phone.error) : undefined;
  if (refusal?.status === 'reconnect')
    return { name, state: 'problem', message: wordsOf(refusal.reason), fix, serious: true };
  if (phone.kind === 'ok')
    return {
      name,
      state: 'ok',
      message: {
        fa: 'توکن دسترسی کار می‌کند. برای دیدن زمان پایان و دسترسی‌هایش appId را وارد کنید.',
        en: 'The access token works. Enter appId to see when it ends and what it may do.',
      },
    };
  return {
    name,
    state: 'unknown',
    message: wordsOf(phone.kind === 'no_answer' ? phone.reason : (refusal?.reason ?? '')),
  };
}

function phoneChecks(phone: GraphReply): HealthCheck[] {
  const name = 'account';
  if (phone.kind === 'no_answer') return [{ name, state: 'unknown', message: wordsOf(phone.reason) }];
  if (phone.kind === 'refused') {
    const outcome = outcomeOf(phone.error, phone.regainMs);
    if (outcome.status !== 'failed') return [{ name, state: 'unknown', message: wordsOf(outcome.reason) }];
    const fix = {
      fa: 'شماره را در WhatsApp Manager و دسترسی‌های توکن را ببینید.',
      en: 'Look at the number in WhatsApp Manager, and at what the token may see.',
    };
    return [{ name, state: 'problem', message: wordsOf(outcome.reason), fix, serious: true }];
  }
  return [numberCheck(phone.body), ...sendingCheck(record(phone.body['health_status']))];
}

const WORKING = new Set(['CONNECTED', 'FLAGGED', '']);
const STOPPED = new Set(['BANNED', 'RESTRICTED', 'RATE_LIMITED', 'DELETED', 'MIGRATED', 'OFFLINE']);
/** Registered nowhere at the moment: `subscribe` can change that with the PIN. */
export const REGISTRABLE = new Set(['PENDING', 'DISCONNECTED', 'UNVERIFIED']);

function numberCheck(body: JsonRecord): HealthCheck {
  const name = 'account';
  const who = [string(body['verified_name']), string(body['display_phone_number'])].filter(Boolean).join(', ');
  const status = string(body['status']) ?? '';
  if (REGISTRABLE.has(status)) {
    const fix = {
      fa: 'پین شماره (pin) را وارد کنید و کانال را دوباره راه‌اندازی کنید، یا در WhatsApp Manager ثبتش کنید.',
      en: 'Enter the number’s PIN (credential pin) and set the channel up again, or register it in WhatsApp Manager.',
    };
    return {
      name,
      state: 'problem',
      message: {
        fa: `‏${who}: شماره ثبت نشده است (${status}).`,
        en: `${who}: the number is not registered (${status}).`,
      },
      fix,
    };
  }
  const manager = {
    fa: 'شماره را در WhatsApp Manager ببینید و آنچه متا می‌خواهد انجام دهید.',
    en: 'Look at the number in WhatsApp Manager and follow what Meta asks for.',
  };
  if (STOPPED.has(status))
    return { name, state: 'problem', message: wordsOf(`${who}: ${status}.`), fix: manager, serious: true };
  if (!WORKING.has(status)) return { name, state: 'unknown', message: wordsOf(`${who}: ${status}.`), fix: manager };
  if (string(body['name_status']) === 'DECLINED')
    return {
      name,
      state: 'problem',
      message: { fa: `‏${who}: متا نام نمایشی را نپذیرفت.`, en: `${who}: Meta declined the display name.` },
      fix: manager,
    };
  const quality = string(body['quality_rating']) ?? 'UNKNOWN';
  if (quality === 'RED' || status === 'FLAGGED')
    return {
      name,
      state: 'problem',
      message: {
        fa: `‏${who}: مردم به پیام‌ها امتیاز بدی می‌دهند (کیفیت ${quality})؛ متا شاید شماره را محدود کند.`,
        en: `${who}: people rate the messages poorly (quality ${quality}); Meta may limit the number.`,
      },
      fix: {
        fa: 'قالب کمتری بفرستید، و تنها به کسانی که چشم‌به‌راهش هستند.',
        en: 'Send fewer templates, and only to people who expect them.',
      },
    };
  return { name, state: 'ok', message: { fa: `‏${who} (کیفیت ${quality}).`, en: `${who} (quality ${quality}).` } };
}

/** `health_status`: Meta's own word on whether a message sent now would go out, and what stands in its way. */
function sendingCheck(health: JsonRecord | undefined): HealthCheck[] {
  const name = 'sending';
  const can = string(health?.['can_send_message']);
  if (!health || can === undefined) return [];
  if (can === 'AVAILABLE')
    return [
      { name, state: 'ok', message: { fa: 'متا اجازهٔ ارسال به این شماره می‌دهد.', en: 'Meta lets this number send.' } },
    ];
  const errors = list(health['entities']).flatMap((entity) => list(record(entity)?.['errors']).map(record));
  const found = errors.map((error) => string(error?.['error_description'])).filter((text) => text !== undefined);
  const fixes = errors.map((error) => string(error?.['possible_solution'])).filter((text) => text !== undefined);
  const where = list(health['entities'])
    .map(record)
    .filter((entity) => entity?.['can_send_message'] !== 'AVAILABLE')
    .map((entity) => [string(entity?.['entity_type']), id(entity?.['id'])].filter(Boolean).join(' '));
  const detail = found.length > 0 ? found.join(' ') : where.join(', ');
  return [
    {
      name,
      state: 'problem',
      message:
        can === 'BLOCKED'
          ? { fa: `متا اجازهٔ هیچ ارسالی نمی‌دهد: ${detail}`, en: `Meta lets nothing be sent: ${detail}` }
          : { fa: `ارسال محدود است: ${detail}`, en: `Sending is limited: ${detail}` },
      fix:
        fixes.length > 0
          ? wordsOf(fixes.join(' '))
          : {
              fa: '‏WhatsApp Manager را باز کنید؛ کمبودها را نام می‌برد.',
              en: 'Open WhatsApp Manager; it names what is missing.',
            },
      ...(can === 'BLOCKED' ? { serious: true } : {}),
    },
  ];
}
