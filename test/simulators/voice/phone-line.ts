import { randomBytes } from 'node:crypto';
import { readTwiml, type Verb, voiceSignature } from './wire';

/** What happens where a phone rings. */
export interface Person {
  does: 'answers' | 'no-answer' | 'busy' | 'failed';
  /** Of an agent: the key they press when asked; null lets the prompt pass, as a voicemail does. */
  presses?: string | null;
  /** Of a customer: how long they talk, seconds as told (nobody waits for it here). */
  talksSeconds?: number;
  errorCode?: string;
}

export interface SimulatedCall {
  sid: string;
  parentSid: string | null;
  to: string;
  from: string;
  status: string;
  createdAt: Date;
  durationSeconds: number;
  answered: boolean;
}

export interface Delivered {
  /** `answer`, `press`, `status` …: the `step` of the address. */
  step: string;
  fields: Record<string, string>;
  status: number;
  body: string;
}

export interface LineOptions {
  authToken: string;
  accountSid: string;
  /** Addresses under `public` are reached at `actual`: what a proxy before the app does. */
  reach: { public: string; actual: string };
  people: Map<string, Person>;
  /** Callbacks that only tell: each is posted so many times. */
  copies: number;
  /** Held back until the call is over and posted in another order. */
  shuffled: boolean;
  /** Which of them never arrive. */
  loses: (step: string, fields: Record<string, string>) => boolean;
}

export const newSid = (prefix: string) => `${prefix}${randomBytes(16).toString('hex')}`;

/** The lines of a provider: rings people, asks the app what to do, tells it how it goes. */
export class PhoneLine {
  readonly calls: SimulatedCall[] = [];
  readonly delivered: Delivered[] = [];
  private readonly held: (() => Promise<unknown>)[] = [];

  constructor(readonly options: LineOptions) {}

  create(to: string, from: string, parentSid: string | null = null): SimulatedCall {
    const call: SimulatedCall = {
      sid: newSid('CA'),
      parentSid,
      to,
      from,
      status: 'queued',
      createdAt: new Date(),
      durationSeconds: 0,
      answered: false,
    };
    this.calls.push(call);
    return call;
  }

  /** A whole call of an agent, as the form that asked for it says. */
  async run(call: SimulatedCall, form: URLSearchParams): Promise<void> {
    const statusUrl = form.get('StatusCallback');
    let sequence = 0;
    const tell = async (status: string, more: Record<string, string> = {}) => {
      call.status = status;
      if (statusUrl) await this.tell(statusUrl, { ...this.about(call), SequenceNumber: String(sequence++), ...more });
    };
    await tell('initiated');
    await tell('ringing');
    const agent = this.options.people.get(call.to) ?? { does: 'no-answer' };
    if (agent.does !== 'answers') await tell(agent.does);
    else {
      call.answered = true;
      await tell('in-progress');
      const verbs = await this.ask(form.get('Url')!, { ...this.about(call), CallStatus: 'in-progress' });
      await this.perform(call, verbs, agent);
      if (call.status !== 'completed') await tell('completed', { CallDuration: '3' });
    }
    await this.release();
  }

  private async perform(call: SimulatedCall, verbs: readonly Verb[], agent: Person): Promise<void> {
    for (const verb of verbs) {
      if (verb.name === 'Hangup') return;
      const { action } = verb.attributes;
      if (verb.name === 'Gather' && action && typeof agent.presses === 'string')
        return this.perform(call, await this.ask(action, { ...this.about(call), Digits: agent.presses }), agent);
      if (verb.name === 'Dial') {
        const told = await this.dial(call, verb);
        return action ? this.perform(call, await this.ask(action, { ...this.about(call), ...told }), agent) : undefined;
      }
    }
  }

  private async dial(parent: SimulatedCall, verb: Verb): Promise<Record<string, string>> {
    const number = verb.children.find(({ name }) => name === 'Number')!;
    const child = this.create(number.text.trim(), verb.attributes['callerId']!, parent.sid);
    const { statusCallback, url } = number.attributes;
    let sequence = 0;
    const tell = async (status: string, more: Record<string, string> = {}) => {
      child.status = status;
      const fields = { ...this.about(child), ParentCallSid: parent.sid, SequenceNumber: String(sequence++), ...more };
      if (statusCallback) await this.tell(statusCallback, fields);
    };
    await tell('initiated');
    await tell('ringing');
    const customer = this.options.people.get(child.to) ?? { does: 'no-answer' };
    if (customer.does !== 'answers') {
      const error: Record<string, string> = customer.errorCode ? { ErrorCode: customer.errorCode } : {};
      await tell(customer.does, error);
      return { DialCallStatus: customer.does, DialCallSid: child.sid, ...error };
    }
    if (url) await this.ask(url, this.about(child));
    child.answered = true;
    await tell('in-progress');
    child.durationSeconds = customer.talksSeconds ?? 60;
    const duration = String(child.durationSeconds);
    await tell('completed', { CallDuration: duration });
    const recorded = await this.record(parent, verb);
    return { DialCallStatus: 'completed', DialCallSid: child.sid, DialCallDuration: duration, ...recorded };
  }

  private async record(call: SimulatedCall, { attributes }: Verb): Promise<Record<string, string>> {
    if (!attributes['record'] || attributes['record'] === 'do-not-record') return {};
    const sid = newSid('RE');
    const RecordingUrl = `https://recordings.invalid/${sid}`;
    const fields = { ...this.about(call), RecordingSid: sid, RecordingUrl, RecordingStatus: 'completed' };
    if (attributes['recordingStatusCallback']) await this.tell(attributes['recordingStatusCallback'], fields);
    return { RecordingUrl };
  }

  private about(call: SimulatedCall): Record<string, string> {
    return {
      AccountSid: this.options.accountSid,
      CallSid: call.sid,
      CallStatus: call.status,
      From: call.from,
      To: call.to,
      Direction: call.parentSid ? 'outbound-dial' : 'outbound-api',
    };
  }

  private async tell(url: string, fields: Record<string, string>): Promise<void> {
    const step = new URL(url).searchParams.get('step') ?? '';
    if (this.options.loses(step, fields)) return;
    const posts = Array.from({ length: this.options.copies }, () => () => this.post(url, fields));
    if (this.options.shuffled) this.held.push(...posts);
    else for (const post of posts) await post();
  }

  private async release(): Promise<void> {
    for (const post of this.held.splice(0).toReversed()) await post();
  }

  /** What the app wants done. */
  private async ask(url: string, fields: Record<string, string>): Promise<Verb[]> {
    const { status, body } = await this.post(url, fields);
    return status === 200 ? readTwiml(body) : [];
  }

  async post(
    url: string,
    fields: Record<string, string>,
    signature?: string,
  ): Promise<{ status: number; body: string }> {
    const { reach, authToken } = this.options;
    const response = await fetch(url.replace(reach.public, reach.actual), {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'x-twilio-signature': signature ?? voiceSignature(authToken, url, fields),
      },
      body: new URLSearchParams(fields).toString(),
    });
    const body = await response.text();
    const step = new URL(url).searchParams.get('step') ?? '';
    this.delivered.push({ step, fields, status: response.status, body });
    return { status: response.status, body };
  }
}
