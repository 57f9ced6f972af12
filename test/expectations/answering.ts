import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Visibility } from '../../src/channels/capabilities';
import type { ChannelKind, ConnectedChannel } from '../../src/channels/channel';
import type { ChannelConnector } from '../../src/channels/connector';
import type { OutboundMessage } from '../../src/channels/sending';
import type { ThreadKind } from '../../src/inbox/conversations/inbound-event';

/** A provider that gives one recorded answer to whatever it is asked. */
export class Answering {
  private body = '';
  private status = 200;
  private reads: string | undefined;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Answering> {
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        const isRead = request.method === 'GET' && answering.reads !== undefined;
        response
          .writeHead(isRead ? 200 : answering.status, { 'content-type': 'application/json; charset=UTF-8' })
          .end(isRead ? answering.reads : answering.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const answering: Answering = new Answering(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return answering;
  }

  /** @param reads what a GET is answered with instead, for connectors that look before they write */
  gives(status: number, body: string, reads?: string): void {
    this.status = status;
    this.body = body;
    this.reads = reads;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** What a row asks of a connector, by the words of its column. */
export type Asked = 'dm' | 'comment' | 'private reply' | 'media' | 'health' | 'post' | 'poll' | 'look for it';

const CREDENTIALS = { accessToken: '7011223344:invented', appSecret: 'an app secret' };

/** @param account the channel's own id at the network */
export async function ask(
  connector: ChannelConnector,
  what: { kind: ChannelKind; asked: Asked; account: string; apiBaseUrl: string },
): Promise<string> {
  const channel: ConnectedChannel = {
    id: '00000000-0000-7000-8000-000000000001',
    workspaceId: '00000000-0000-7000-8000-000000000002',
    kind: what.kind,
    externalId: what.account,
    settings: { apiBaseUrl: what.apiBaseUrl, ...(what.asked === 'poll' ? { mode: 'poll' } : {}) },
  };
  switch (what.asked) {
    case 'dm':
      return outcome(await connector.send(channel, messageTo(what.kind, 'dm', 'private'), CREDENTIALS));
    case 'comment':
      return outcome(await connector.send(channel, messageTo(what.kind, 'comment', 'public'), CREDENTIALS));
    case 'private reply':
      return outcome(await connector.send(channel, messageTo(what.kind, 'comment', 'private'), CREDENTIALS));
    case 'media': {
      const wanted = { kind: 'file', messageExternalId: '1', meta: { mediaId: '1770021133445566', fileId: 'BQAC' } };
      const source = await connector.media!(channel, wanted, CREDENTIALS);
      if (source.status !== 'found') return source.status;
      const { url, mimeType, sha256 } = source;
      return ['found', url.replace(what.apiBaseUrl, ''), mimeType, sha256]
        .filter((part) => part !== undefined)
        .join(' ');
    }
    case 'health': {
      const { checks } = await connector.health!(
        channel,
        CREDENTIALS,
        'https://care.example/hooks/telegram/7011223344',
      );
      return checks
        .filter(({ state }) => state === 'problem')
        .map(({ name }) => `problem ${name}`)
        .join(', ');
    }
    case 'poll': {
      const since = new Date('2026-11-20T00:00:00Z');
      const { signal } = new AbortController();
      return outcome(await connector.pull!(channel, { reason: 'poll', cursor: null, since, signal }, CREDENTIALS));
    }
    case 'look for it': {
      const since = new Date('2026-11-20T00:00:00Z');
      return outcome(await connector.lookup(channel, messageTo(what.kind, 'dm', 'private'), since, CREDENTIALS));
    }
    case 'post':
      return outcome(await connector.describePost!(channel, '2091000000000000101', CREDENTIALS));
  }
}

function messageTo(kind: ChannelKind, threadKind: ThreadKind, visibility: Visibility): OutboundMessage {
  const inChat = kind === 'telegram' ? '-1001600000002:' : ''; // its messages count within their chat
  return {
    id: '01890000-0000-7000-8000-000000000003',
    threadKind,
    visibility,
    text: 'سفارش شما فردا می‌رسد 🚚',
    attachments: [],
    recipientExternalId: '512345678',
    ...(threadKind === 'comment' ? { replyToExternalId: `${inChat}2002`, postExternalId: `${inChat}2001` } : {}),
    window: 'standard',
    author: 'agent',
  };
}

/** The decision in an outcome; the reason for people is not part of it. */
function outcome(told: object): string {
  const decision = told as Partial<Record<string, unknown>>;
  const word = (name: string, before = '', after = '') => {
    const value = decision[name];
    return typeof value === 'string' || typeof value === 'number' ? [`${before}${value}${after}`] : [];
  };
  const who = word('fix').every((fix) => /^\w+$/.test(fix)) ? word('fix', 'fix ') : []; // a sentence is for people
  const found = Array.isArray(decision['externalIds']) ? [decision['externalIds'].join(' ')] : [];
  return [
    ...word('status'),
    ...word('code'),
    ...who,
    ...word('afterMs', 'after ', ' ms'),
    ...word('scope'),
    ...word('externalId'),
    ...found,
    ...word('recipientExternalId', 'to '),
  ].join(' ');
}
