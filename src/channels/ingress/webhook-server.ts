import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { InboundEvent } from '../../inbox/conversations/inbound-event';
import { Clock } from '../../platform/clock';
import { Config } from '../../platform/config';
import { Database } from '../../platform/database';
import { DomainError } from '../../platform/errors';
import { errorBody } from '../../platform/http-errors.filter';
import { hashKey, uuidv7 } from '../../platform/ids';
import { LOGGER } from '../../platform/logger';
import { cleanJson } from '../../text/clean';
import { ChannelDirectory, type DirectoryChannel } from '../channel-directory';
import type { RawRequest } from '../door';
import { Connectors } from '../connectors/registry';
import { PullsRepository } from '../pulls/pulls.repository';
import { DeliveryReader } from './delivery-reader';
import { DeliveryWriter } from './delivery-writer';
import { IngressMetrics } from './ingress-metrics';
import { rowOf } from './event-row';
import { readBody } from './raw-body';
import type { NewDelivery, NewInboundEvent } from './ledger.repository';
import { type Verified, WebhookSources } from './sources';

/** Headers of no use afterwards, and those that are a secret in clear. */
const NOT_KEPT = new Set(['authorization', 'cookie', 'connection', 'host', 'x-telegram-bot-api-secret-token']);

/**
 * The webhook listener: reads raw bytes, checks the signature over them, names the events, commits, and only then
 * answers 200. It stands beside the framework, not in it: nothing re-encodes a body before it was verified, and a storm
 * of deliveries costs little more than the commit.
 */
@Injectable()
export class WebhookServer {
  constructor(
    private readonly sources: WebhookSources,
    private readonly directory: ChannelDirectory,
    private readonly reader: DeliveryReader,
    private readonly writer: DeliveryWriter,
    private readonly connectors: Connectors,
    private readonly pulls: PullsRepository,
    private readonly database: Database,
    private readonly metrics: IngressMetrics,
    private readonly clock: Clock,
    private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  handle(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '/';
    const [path = '/', query = ''] = url.split('?', 2);
    const source = this.sources.knows(path) ? sourceName(path) : 'unknown'; // a stranger's path names no metric
    this.answer(request, path, query).then(
      ({ status, body, outcome }) => {
        this.metrics.request(source, outcome);
        reply(response, status, body);
      },
      (error: unknown) => {
        const refusal = error instanceof DomainError ? error : undefined;
        const status =
          refusal?.code === 'payload_too_large' ? 413 : refusal?.code === 'unsupported_media_type' ? 415 : 503;
        this.metrics.request(source, status === 503 ? 'unavailable' : refusal!.code);
        if (!refusal)
          this.log.error(
            { event: 'webhook.not_stored', source, err: error },
            'answered 503; the sender will repeat it',
          );
        if (status === 503) response.setHeader('retry-after', '2');
        if (status === 413) response.setHeader('connection', 'close');
        reply(
          response,
          status,
          errorBody(refusal?.code ?? 'unavailable', refusal?.message ?? 'Not stored; send it again.'),
        );
      },
    );
  }

  private async answer(request: IncomingMessage, path: string, query: string) {
    if (!this.sources.knows(path)) return refuse(404, 'not_found', 'There is no such webhook address.');
    if (request.method === 'GET') {
      const answer = await this.sources.handshake(path, new URLSearchParams(query));
      if (answer === null) return refuse(403, 'forbidden', 'The verify token is not ours.');
      if (typeof answer === 'object' && answer['malformed'] === true)
        return refuse(400, 'bad_request', String(answer['why']));
      return { status: 200, body: answer, outcome: 'handshake' };
    }
    if (request.method !== 'POST') return refuse(405, 'bad_request', 'Send a POST.');
    const receivedAt = this.clock.now();
    const body = await readBody(request, this.config.WEBHOOK_BODY_LIMIT);
    const raw: RawRequest = { method: 'POST', url: request.url ?? path, headers: request.headers, body };
    const verified = await this.sources.verify(path, raw);
    if (!verified) return refuse(401, 'unauthenticated', 'The signature does not fit the body.');
    const { delivery, toRead } = await this.deliveryOf(verified, raw, receivedAt);
    if (delivery.events.length > 0) await this.writer.write(delivery);
    if (toRead) await this.readSoon(toRead, receivedAt);
    const { acknowledgement = 'EVENT_RECEIVED' } = verified.registered.door;
    return { status: 200, body: acknowledgement, outcome: 'accepted' };
  }

  /** The network said that something happened, and not what. A hint only: the comparison comes anyway. */
  private async readSoon({ workspaceId, id }: DirectoryChannel, now: Date): Promise<void> {
    await this.database
      .statement((tx) => this.pulls.hurry(tx, workspaceId, id, ['poll', 'reconcile'], now))
      .catch((error: unknown) => this.log.warn({ event: 'webhook.not_hurried', channelId: id, err: error }));
  }

  private async deliveryOf(
    verified: Verified,
    raw: RawRequest,
    receivedAt: Date,
  ): Promise<{ delivery: NewDelivery; toRead: DirectoryChannel | undefined }> {
    const id = uuidv7(receivedAt.getTime());
    const { events, foreign } = await this.eventsOf(verified, raw);
    const workspaces = new Set(events.map((e) => e.workspaceId));
    // one app may serve several tenants: its bodies are shown to a tenant only when they hold nothing of another
    const shared = workspaces.size !== 1 || (foreign && !soleWorkspace(verified.channels));
    const { only } = verified;
    const wants = only && this.connectors.of(only.kind).wantsReading;
    const toRead = wants && events.some(({ parsed }) => parsed !== null && wants(parsed)) ? only : undefined;
    const delivery: NewDelivery = {
      id,
      workspaceId: shared ? null : [...workspaces][0]!,
      source: verified.source,
      headers: cleanJson(Object.fromEntries(Object.entries(raw.headers).filter(([name]) => !NOT_KEPT.has(name)))),
      body: raw.body,
      receivedAt,
      events: events.map(({ parsed, ...row }) => ({ ...row, payload: shared && parsed ? cleanJson(parsed) : null })),
    };
    return { delivery, toRead };
  }

  /** @returns `foreign` when the body holds something that belongs to none of these events */
  private async eventsOf(
    verified: Verified,
    raw: RawRequest,
  ): Promise<{ events: (Omit<NewInboundEvent, 'payload'> & { parsed: InboundEvent | null })[]; foreign: boolean }> {
    let read: InboundEvent[];
    try {
      read = await this.reader.read(verified.source, raw.body, verified.only);
    } catch {
      return { events: this.malformed(verified, raw), foreign: true };
    }
    const rows = [];
    let unknown = 0;
    for (const parsed of read) {
      const channels = verified.only ? [verified.only] : await this.channelsFor(verified, parsed.accountId);
      if (channels.length > 0) {
        for (const channel of channels) rows.push({ ...rowOf(channel.workspaceId, channel, parsed), parsed });
      } else {
        const owner = soleWorkspace(verified.channels);
        if (parsed.type === 'unsupported' && owner) {
          rows.push({
            ...rowOf(owner, null, parsed),
            state: 'unsupported' as const,
            reason: `unsupported kind: ${parsed.kind}`,
            parsed,
          });
        } else unknown += 1;
      }
    }
    if (unknown > 0) this.metrics.unknownAccount(verified.source, unknown);
    return { events: rows, foreign: unknown > 0 };
  }

  /** The account's channels, only those behind the secret that signed: one tenant's secret speaks for no other. */
  private async channelsFor(verified: Verified, accountId: string): Promise<DirectoryChannel[]> {
    const kinds = [...new Set(verified.channels.map((channel) => channel.kind))];
    const allowed = new Set(verified.channels.map((channel) => channel.id));
    const name = verified.registered.door.secret;
    const secret = verified.channels[0]?.credentials[name];
    const connected = await this.directory.account(kinds, accountId);
    return connected.filter((channel) => allowed.has(channel.id) || channel.credentials[name] === secret);
  }

  /** Signed but not JSON: kept as failed; whose it is can be said only when the secret has one owner. */
  private malformed(verified: Verified, raw: RawRequest) {
    const workspaceId = soleWorkspace(verified.channels) ?? verified.channels[0]!.workspaceId;
    const eventKey = `malformed:${hashKey(raw.body.toString('latin1'))}`;
    return [
      {
        workspaceId,
        id: uuidv7(),
        channelId: verified.only?.id ?? null,
        eventKey,
        type: 'malformed',
        threadKey: 'malformed',
        lane: 0,
        state: 'failed' as const,
        reason: 'The body is not in the network’s format.',
        occurredAt: null,
        parsed: null,
      },
    ];
  }
}

/** The one workspace behind these channels, if there is only one. */
function soleWorkspace(channels: readonly DirectoryChannel[]): string | undefined {
  const workspaces = new Set(channels.map((channel) => channel.workspaceId));
  return workspaces.size === 1 ? [...workspaces][0] : undefined;
}

const sourceName = (path: string) => /^\/webhooks\/([a-z]{1,20})/.exec(path)?.[1] ?? 'unknown';

const refuse = (status: number, code: string, message: string) => ({
  status,
  body: errorBody(code, message),
  outcome: code,
});

function reply(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}
