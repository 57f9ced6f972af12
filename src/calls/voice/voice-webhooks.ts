import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { RawRequest } from '../../channels/door';
import { readBody } from '../../channels/ingress/raw-body';
import { Clock } from '../../platform/clock';
import { Config } from '../../platform/config';
import { Database } from '../../platform/database';
import { DomainError } from '../../platform/errors';
import { errorBody } from '../../platform/http-errors.filter';
import { isUuid } from '../../platform/ids';
import { LOGGER } from '../../platform/logger';
import { cleanText } from '../../text/clean';
import type { CallAttempt } from '../call';
import type { OpenCall } from '../call-record';
import { readAddress, type StepAddress, stepUrl } from './voice-address';
import { VoiceAccounts } from './voice-accounts';
import { VoiceAccountsRepository } from './voice-accounts.repository';
import { VoiceCalls } from './voice-calls';
import type { Bridge, Told, VoiceAccount } from './voice-provider';
import { VoiceProviders } from './voice-providers';

const MOST_BYTES = 64 * 1024; // a callback has about two kilobytes

interface Answer {
  status: number;
  type?: string;
  body?: string;
}

/**
 * The doors of voice providers. The signature over the raw request comes first; then, in one transaction, the fact is
 * kept and taken in; only then is it answered: with what the call is to do next where it waits for that.
 */
@Injectable()
export class VoiceWebhooks {
  constructor(
    private readonly database: Database,
    private readonly accounts: VoiceAccounts,
    private readonly repository: VoiceAccountsRepository,
    private readonly providers: VoiceProviders,
    private readonly calls: VoiceCalls,
    private readonly clock: Clock,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.answer(request).then(
      (answer) => reply(response, answer),
      (error: unknown) => {
        if (error instanceof DomainError && error.code === 'payload_too_large')
          response.setHeader('connection', 'close');
        else
          this.log.error(
            { event: 'voice.not_stored', err: error },
            'answered 503; the provider asks again or is asked',
          );
        const refused = error instanceof DomainError && error.code === 'payload_too_large';
        reply(
          response,
          refused
            ? refuse(413, 'payload_too_large', error.message)
            : refuse(503, 'unavailable', 'Not stored; send it again.'),
        );
      },
    );
  }

  private async answer(request: IncomingMessage): Promise<Answer> {
    if (request.method !== 'POST') return refuse(405, 'bad_request', 'Send a POST.');
    const url = request.url ?? '/';
    const address = readAddress(url);
    if (!address) return refuse(404, 'not_found', 'There is no such webhook address.');
    const body = await readBody(request, MOST_BYTES);
    const account = isUuid(address.attemptId) ? await this.accounts.atAddress(address.accountId) : null;
    const provider = account && this.providers.of(account.provider);
    const raw: RawRequest = { method: 'POST', url, headers: request.headers, body };
    if (!account || !provider?.verify(raw, (this.config.PUBLIC_URL ?? '').replace(/\/$/, ''), account.credentials))
      return refuse(401, 'unauthenticated', 'The signature does not fit the request.');
    const told = provider.read(address.step, body);
    const bridge = await this.take(account, address, told, body);
    const next = provider.instruct(address.step, bridge);
    return next ? { status: 200, ...next } : { status: 204 };
  }

  /** Keeps what was told and takes it in. @returns what the call may go on with */
  private take(
    account: VoiceAccount,
    { step, attemptId }: StepAddress,
    told: Told | null,
    body: Buffer,
  ): Promise<Bridge> {
    return this.database.lean({ workspaceId: account.workspaceId }, async (tx) => {
      const opened = await this.calls.open(tx, account, attemptId);
      const at = this.clock.now();
      const key = told?.key ?? `unknown:${step}:${at.getTime()}`;
      const fields = Object.fromEntries(new URLSearchParams(cleanText(body.toString('utf8'))));
      const kept = { key, attemptId: opened ? attemptId : null, fields, at };
      const news = await this.repository.keep(tx, account, kept);
      if (!opened) return bridgeTo(null, account, 0, attemptId, this.config.PUBLIC_URL);
      const { call } = opened;
      const facts = news && told?.fact ? [told.fact] : [];
      const attempt = await this.calls.apply(tx, call, opened.attempt, facts);
      const goesOn = mayGoOn(call, attempt, told) && (step !== 'press' || told?.pressed === true);
      if (goesOn && step === 'press' && attempt.stage !== 'customer_ringing' && attempt.stage !== 'talking')
        await this.calls.opened(tx, call, attempt);
      const number = goesOn ? call.promise.phone : null;
      return bridgeTo(number, account, await this.calls.ticketNumber(tx, call), attemptId, this.config.PUBLIC_URL);
    });
  }
}

/** The customer is dialled only while this attempt runs, and on its own call. */
function mayGoOn({ promise }: OpenCall, attempt: CallAttempt, told: Told | null): boolean {
  const running = promise.state === 'dialing' && attempt.outcome === null;
  const open = attempt.agentEnd === null && attempt.customerEnd === null;
  return running && open && attempt.agentCallId === told?.fact?.callId;
}

const bridgeTo = (
  to: string | null,
  account: VoiceAccount,
  ticketNumber: number,
  attemptId: string,
  base: string | undefined,
): Bridge => ({
  to,
  from: account.phone,
  ticketNumber,
  settings: account.settings,
  url: stepUrl(base ?? '', account.id, attemptId),
});

const refuse = (status: number, code: string, message: string): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(errorBody(code, message)),
});

function reply(response: ServerResponse, { status, type, body }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const headers =
    body === undefined || type === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, 'x-content-type-options': 'nosniff' });
  response.end(body);
}
