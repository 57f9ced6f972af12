import { call, type HttpAnswer } from '../../../channels/egress';
import type { RawRequest } from '../../../channels/door';
import type { HealthReport } from '../../../channels/health';
import type {
  Bridge,
  ListedCall,
  ListOutcome,
  PlaceOutcome,
  Step,
  StepUrl,
  VoiceAccount,
  VoiceProvider,
} from '../voice-provider';
import { wordsOf } from '../../../refusals/refusal-words';
import type { Words } from '../../../text/words';
import { readTwilio, statusOf } from './parse';
import { signedByTwilio } from './signature';
import { twiml } from './twiml';
import { remedyFor } from './twilio.errors';

const HOST = 'https://api.twilio.com';
const TIMEOUT_MS = 10_000;
const RING_AGENT_SECONDS = 25;
const PAGE_SIZE = 200;
const MOST_PAGES = 20; // a day of a busy account; what is older was looked at before

/** Twilio Programmable Voice: https://www.twilio.com/docs/voice/api/call-resource */
export class TwilioVoice implements VoiceProvider {
  readonly name = 'twilio';
  readonly credentials = [
    { name: 'authToken', required: true, help: 'Auth token of the account, from the Twilio console' },
    { name: 'proxyUrl', required: false, help: 'Proxy for all calls to Twilio, http://user:password@host:port' },
  ] as const;

  problems(externalId: string) {
    return /^AC[0-9a-zA-Z]{32}$/.test(externalId)
      ? []
      : [{ path: 'externalId', problem: 'must be the account’s SID: AC and 32 letters and digits' }];
  }

  verify({ url, headers, body }: RawRequest, base: string, credentials: Record<string, string>): boolean {
    const signature = headers['x-twilio-signature'];
    const form = String(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
    const given = typeof signature === 'string' ? signature : undefined;
    return signedByTwilio({ url: base + url, body, signature: given, form }, credentials['authToken'] ?? '');
  }

  read(step: Step, body: Buffer) {
    return readTwilio(step, body);
  }

  instruct(step: Step, bridge: Bridge) {
    const body = twiml(step, bridge);
    return body === null ? null : { type: 'text/xml; charset=utf-8', body };
  }

  async placeCall(account: VoiceAccount, agentPhone: string, url: StepUrl): Promise<PlaceOutcome> {
    const answer = await this.post(account, 'Calls.json', {
      To: agentPhone,
      From: account.phone,
      Url: url('answer'),
      Method: 'POST',
      StatusCallback: url('status'),
      StatusCallbackMethod: 'POST',
      StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      Timeout: String(RING_AGENT_SECONDS),
    });
    if (answer.kind === 'no_answer')
      return answer.reached
        ? { status: 'unknown', reason: answer.reason }
        : { status: 'retry', code: 'not_reached', reason: answer.reason };
    if (answer.ok) {
      const sid = field(answer.json, 'sid');
      return typeof sid === 'string'
        ? { status: 'placed', callId: sid }
        : { status: 'unknown', reason: 'Twilio took the call and named none.' };
    }
    if (answer.status >= 500) return { status: 'unknown', reason: `Twilio answered ${answer.status}.` };
    const { code, reason, remedy, afterMs } = refusalOf(answer);
    if (remedy.kind === 'retry') return { status: 'retry', code, reason, afterMs };
    if (remedy.kind === 'reconnect') return { status: 'reconnect', code, reason };
    return { status: 'refused', code, reason, fix: remedy.kind === 'refused' ? remedy.fix : 'admin' };
  }

  async cancel(account: VoiceAccount, callId: string): Promise<{ done: boolean; reason: string | null }> {
    const answer = await this.post(account, `Calls/${encodeURIComponent(callId)}.json`, { Status: 'completed' });
    if (answer.kind === 'no_answer') return { done: false, reason: answer.reason };
    if (answer.ok || answer.status === 404) return { done: true, reason: null };
    const { remedy, reason } = refusalOf(answer);
    return { done: remedy.kind === 'ignore' || remedy.kind === 'refused', reason };
  }

  async listCalls(account: VoiceAccount, since: Date, to?: string): Promise<ListOutcome> {
    const calls: ListedCall[] = [];
    const query = new URLSearchParams({ PageSize: String(PAGE_SIZE), 'StartTime>': since.toISOString() });
    if (to) query.set('To', to);
    let path: string | null = `/2010-04-01/Accounts/${account.externalId}/Calls.json?${query.toString()}`;
    for (let page = 0; path !== null && page < MOST_PAGES; page++) {
      const answer: HttpAnswer = await this.get(account, path);
      if (answer.kind === 'no_answer') return { status: 'retry', code: 'not_reached', reason: answer.reason };
      if (!answer.ok) {
        const { code, reason, remedy, afterMs } = refusalOf(answer);
        return remedy.kind === 'reconnect'
          ? { status: 'reconnect', code, reason }
          : { status: 'retry', code, reason, afterMs };
      }
      const rows = field(answer.json, 'calls');
      if (Array.isArray(rows)) calls.push(...rows.flatMap(listed));
      const next = field(answer.json, 'next_page_uri');
      path = typeof next === 'string' && next.startsWith('/') ? next : null;
    }
    return { status: 'listed', calls };
  }

  async check(account: VoiceAccount): Promise<HealthReport> {
    const answer = await this.get(account, `/2010-04-01/Accounts/${account.externalId}.json`);
    if (answer.kind === 'no_answer')
      return { checks: [{ name: 'account', state: 'unknown', message: wordsOf(answer.reason) }] };
    if (answer.ok && field(answer.json, 'status') === 'active')
      return { checks: [{ name: 'account', state: 'ok', message: ACTIVE }] };
    const message = answer.ok ? NOT_ACTIVE : REFUSED(refusalOf(answer).code);
    return { checks: [{ name: 'account', state: 'problem', message, fix: RENEW, serious: true }] };
  }

  private post(account: VoiceAccount, path: string, form: Record<string, string | readonly string[]>) {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(form))
      for (const each of [value].flat()) body.append(name, String(each));
    const url = `${baseOf(account)}/2010-04-01/Accounts/${account.externalId}/${path}`;
    return call(account.credentials, {
      method: 'POST',
      url,
      headers: { ...authorization(account), 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString(),
      timeoutMs: TIMEOUT_MS,
    });
  }

  private get(account: VoiceAccount, path: string) {
    const url = `${baseOf(account)}${path}`;
    return call(account.credentials, { method: 'GET', url, headers: authorization(account), timeoutMs: TIMEOUT_MS });
  }
}

const ACTIVE: Words = { en: 'The account is active.', fa: 'حساب فعال است.' };
const NOT_ACTIVE: Words = { en: 'The account is not active.', fa: 'حساب فعال نیست.' };
const REFUSED = (code: string): Words => ({
  en: `Twilio refuses the account’s credentials (${code}).`,
  fa: `توییلیو اطلاعات ورود حساب را نمی‌پذیرد (${code}).`,
});
const RENEW: Words = {
  en: 'Look at the account and its auth token in the Twilio console, then enter the token again.',
  fa: 'حساب و توکن آن را در کنسول توییلیو ببینید و سپس توکن را دوباره وارد کنید.',
};

const baseOf = ({ settings }: VoiceAccount) => settings.apiBaseUrl?.replace(/\/$/, '') ?? HOST;

const authorization = ({ externalId, credentials }: VoiceAccount) => ({
  authorization: `Basic ${Buffer.from(`${externalId}:${credentials['authToken'] ?? ''}`).toString('base64')}`,
});

/** Twilio's own words name numbers: they are for the agent who asked, not for logs. */
function refusalOf(answer: Extract<HttpAnswer, { kind: 'answer' }>) {
  const given = field(answer.json, 'code');
  const code = typeof given === 'number' ? given : undefined;
  const words = field(answer.json, 'message');
  const after = Number(answer.headers.get('retry-after'));
  return {
    code: String(code ?? answer.status),
    reason: (typeof words === 'string' ? words : `Twilio answered ${answer.status}.`).slice(0, 300),
    remedy: remedyFor(answer.status, code),
    afterMs: after > 0 ? after * 1_000 : undefined,
  };
}

function listed(row: unknown): ListedCall[] {
  const text = (name: string) => {
    const value = field(row, name);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const callId = text('sid');
  const status = statusOf(text('status'));
  if (callId === null || status === null) return [];
  const [created, duration] = [text('date_created') ?? text('start_time'), text('duration')];
  return [
    {
      callId,
      parentCallId: text('parent_call_sid'),
      to: text('to') ?? '',
      from: text('from') ?? '',
      status,
      createdAt: created !== null && !Number.isNaN(Date.parse(created)) ? new Date(created) : null,
      durationMs: duration !== null && /^\d{1,6}$/.test(duration) ? Number(duration) * 1_000 : null,
    },
  ];
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
