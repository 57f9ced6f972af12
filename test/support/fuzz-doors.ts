import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signedHeaders } from '../../src/channels/connectors/api-channel/standard-webhooks';
import { linkedInSignature } from '../simulators/linkedin/deliveries';
import type { ApiClient } from './api-client';

const NOWHERE = 'http://127.0.0.1:9'; // what is posted is all that is heard
const SECRET = 'a-secret-of-the-fuzz-long-enough';
const CONNECTORS = join(__dirname, '../../src/channels/connectors');
const fixture = (connector: string, name: string) =>
  readFileSync(join(CONNECTORS, connector, '__fixtures__', name), 'utf8');
const json = (connector: string, name: string): unknown => JSON.parse(fixture(connector, name));

/** A webhook address of one channel's own, posted to as its network would. */
export interface Door {
  channel: { kind: string; externalId: string; credentials: Record<string, string>; settings: object };
  /** What may stand behind the channel's id. */
  path?: string;
  headers(bytes: Buffer): Record<string, string>;
  /** Recorded bodies. */
  bodies: readonly unknown[];
  /** A body with one known message beside something. */
  around(neighbour: unknown, id: string): unknown;
  /** What stands beside it before anything is changed. */
  neighbour: unknown;
  externalId(id: string): string;
}

const digits = (id: string) => /\d+$/.exec(id)![0];
/** Before the other, or after it. */
const beside = (known: unknown, neighbour: unknown, id: string) =>
  Number(digits(id)) % 2 === 0 ? [known, neighbour] : [neighbour, known];

const API = json('api-channel', 'batch.json') as { events: unknown[] };
const LINKEDIN = json('linkedin', 'notifications.json') as { notifications: Record<string, unknown>[] };
const RUBIKA = json('rubika', 'samples.json') as Record<string, { update: unknown }>;
const ACTIVITY = '7094637247890620418';

export const JSON_DOORS: Record<string, Door> = {
  api: {
    channel: { kind: 'api', externalId: 'rooms', credentials: { appSecret: SECRET }, settings: {} },
    headers: (bytes) => signedHeaders(SECRET, `msg_${digest(bytes)}`, Date.now(), bytes),
    bodies: [API],
    neighbour: API.events[0],
    around: (neighbour, id) => ({
      events: beside(
        {
          type: 'message',
          id: `evt-${id}`,
          thread: { id: 'room-known', kind: 'dm' },
          messageId: id,
          author: { id: 'known' },
          text: 'این نباید گم شود',
        },
        neighbour,
        id,
      ),
    }),
    externalId: (id) => id,
  },
  linkedin: {
    channel: {
      kind: 'linkedin',
      externalId: '96072893',
      credentials: { accessToken: 'any', clientId: 'client', appSecret: SECRET },
      settings: { apiBaseUrl: NOWHERE },
    },
    headers: (bytes) => ({ 'x-li-signature': linkedInSignature(SECRET, bytes) }),
    bodies: [LINKEDIN, json('linkedin', 'notifications_bare.json')],
    neighbour: LINKEDIN.notifications[0],
    around: (neighbour, id) => ({
      type: 'ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS',
      notifications: beside(
        {
          action: 'COMMENT',
          notificationId: Number(digits(id)),
          lastModifiedAt: 1_795_164_122_310,
          organizationalEntity: 'urn:li:organization:96072893',
          sourcePost: `urn:li:activity:${ACTIVITY}`,
          generatedActivity: `urn:li:comment:(activity:${ACTIVITY},${digits(id)})`,
        },
        neighbour,
        id,
      ),
    }),
    externalId: (id) => `urn:li:comment:(urn:li:activity:${ACTIVITY},${digits(id)})`,
  },
  rubika: {
    channel: {
      kind: 'rubika',
      externalId: 'b0Fuzz',
      credentials: { accessToken: 'any', appSecret: SECRET },
      settings: { apiBaseUrl: NOWHERE },
    },
    path: `/${SECRET}`,
    headers: () => ({}),
    bodies: Object.values(RUBIKA),
    neighbour: RUBIKA['new_message_file']!.update,
    around: (neighbour, id) => ({
      updates: beside(
        {
          type: 'NewMessage',
          chat_id: 'b0KnownChat',
          new_message: {
            message_id: digits(id),
            text: 'این نباید گم شود',
            time: '1795164122',
            sender_type: 'User',
            sender_id: 'u0Known',
          },
        },
        neighbour,
        id,
      ),
    }),
    externalId: (id) => `b0KnownChat:${digits(id)}`,
  },
};

export const MAIL_DOOR = {
  channel: {
    kind: 'email',
    externalId: 'hook@shop.example',
    credentials: { password: 'none', appSecret: SECRET },
    settings: { address: 'hook@shop.example', smtpHost: '127.0.0.1', smtpPort: 9, allowInsecure: true },
  },
  headers: (bytes: Buffer) => ({
    'x-pasokh-signature': `sha256=${createHmac('sha256', SECRET).update(bytes).digest('hex')}`,
  }),
};

/** Recorded mails as bytes. */
export const MAILS: readonly Buffer[] = readdirSync(join(CONNECTORS, 'email', '__fixtures__'))
  .filter((name) => name.endsWith('.eml'))
  .map((name) => readFileSync(join(CONNECTORS, 'email', '__fixtures__', name)));

/** A letter with one known text beside parts of any kind. */
export const letterAround = (part: string, id: string): Buffer =>
  Buffer.from(
    [
      'From: Known <known@example.org>',
      'To: hook@shop.example',
      `Message-ID: <${id}@example.org>`,
      'Date: Fri, 20 Nov 2026 12:00:00 +0000',
      'Subject: known',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="known-boundary"',
      '',
      '--known-boundary',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'این نباید گم شود',
      '--known-boundary',
      part,
      '--known-boundary--',
      '',
    ].join('\r\n'),
    'utf8',
  );

/** Connects the channel. @returns what posts bytes to its door, signed, and tells the status */
export async function openDoor(
  api: ApiClient,
  url: string,
  door: Pick<Door, 'channel' | 'headers' | 'path'>,
): Promise<(bytes: Buffer) => Promise<number>> {
  const { id } = await api.post<{ id: string }>('/channels', { name: door.channel.kind, ...door.channel });
  return async (bytes) => {
    const response = await fetch(`${url}/webhooks/${door.channel.kind}/${id}${door.path ?? ''}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...door.headers(bytes) },
      body: new Uint8Array(bytes),
    });
    await response.arrayBuffer();
    return response.status;
  };
}

const digest = (bytes: Buffer) => createHmac('sha256', SECRET).update(bytes).digest('hex').slice(0, 32);
