import pg from 'pg';
import { uuidv7 } from '../../src/platform/ids';
import { metaSignature } from '../simulators/meta/wire';
import { ApiClient, eventually } from '../support/api-client';
import type { SeededAgent, WorkspaceSeeder } from '../support/seed-workspace';
import { comment, send } from './forgeries';
import { NOWHERE } from './world';

/** A workspace with one of everything, so that every route has something of it to be asked for. */
export interface Tenant {
  owner: SeededAgent;
  api: ApiClient;
  workspaceId: string;
  /** The page its webhooks come from, and what signs them. */
  page: string;
  secret: string;
  /** By the resource's name in a path, or by the name of a field that refers to it. */
  ids: Record<string, string>;
}

const WEEK_MS = 7 * 86_400_000; // no clock runs out while the rows are being compared

export async function furnish(
  url: string,
  client: pg.Client,
  seeder: WorkspaceSeeder,
  name: string,
  page: string,
): Promise<Tenant> {
  const workspaceId = await seeder.workspace(name);
  const team = await seeder.team(workspaceId, `Team of ${name}`);
  const owner = await seeder.agent(workspaceId, 'owner');
  const agent = await seeder.agent(workspaceId, 'agent', [team]);
  const api = ApiClient.withToken(url, owner.token);
  const secret = `app_secret_of_${name}`;
  const channel = await api.post<{ id: string; brandId: string }>('/channels', {
    kind: 'facebook',
    name: `Page of ${name}`,
    externalId: page,
    teamId: team,
    credentials: { accessToken: 'token', appSecret: secret, verifyToken: 'verify' },
    settings: { apiBaseUrl: NOWHERE },
  });
  await client.query(
    `INSERT INTO channel_care (workspace_id, channel_id, due_at) VALUES ($1, $2, now() + interval '1 day')
     ON CONFLICT (workspace_id, channel_id) DO UPDATE SET due_at = excluded.due_at`,
    [workspaceId, channel.id],
  );
  const article = await api.post<{ id: string }>('/faq-articles', {
    locale: 'en',
    title: `Hours of ${name}`,
    phrasings: [`When is ${name} open?`],
    answer: `${name} is open all day.`,
  });
  const policy = await api.post<{ id: string }>('/sla-policies', {
    name: `Policy of ${name}`,
    firstResponseMs: { urgent: WEEK_MS, high: WEEK_MS, normal: WEEK_MS, low: WEEK_MS },
    nextResponseMs: { urgent: WEEK_MS, high: WEEK_MS, normal: WEEK_MS, low: WEEK_MS },
  });
  const bytes = comment(page, `of_${name}`);
  await send(url, '/webhooks/meta', bytes, { 'x-hub-signature-256': metaSignature(secret, bytes) });
  const message = await eventually(async () => {
    const { rows } = await client.query<Record<string, string>>(
      `SELECT m.id, m.conversation_id, m.ticket_id, v.contact_id, v.identity_id FROM messages m
       JOIN conversations v ON v.id = m.conversation_id WHERE m.workspace_id = $1 AND m.ticket_id IS NOT NULL`,
      [workspaceId],
    );
    return rows[0];
  });
  const event = await client.query<{ id: string }>('SELECT id FROM inbound_events WHERE workspace_id = $1', [
    workspaceId,
  ]);
  const token = await client.query<{ id: string }>('SELECT id FROM api_tokens WHERE agent_id = $1', [owner.id]);
  const [job, answer, batch, connect, file] = [uuidv7(), uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  await client.query(
    `INSERT INTO moderation_batches (workspace_id, id, action, reason, actor, total, done, created_at, finished_at)
     VALUES ($1, $2, 'hide', $3, '{"kind":"agent"}', 0, 0, now(), now())`,
    [workspaceId, batch, `spam of ${name}`],
  );
  await client.query(
    `INSERT INTO jobs (id, workspace_id, queue, name, payload, state, max_attempts, parked_at, last_error)
     VALUES ($1, $2, 'maintenance', 'waiting.for_somebody', '{}', 'parked', 1, now(), 'set aside')`,
    [job, workspaceId],
  );
  await client.query(
    `INSERT INTO bot_answers (workspace_id, id, conversation_id, question_message_id, article_id, score, locale, mode)
     VALUES ($1, $2, $3, $4, $5, 0.9, 'en', 'suggested') ON CONFLICT DO NOTHING`,
    [workspaceId, answer, message['conversation_id'], message['id'], article.id],
  );
  await client.query(
    `INSERT INTO channel_connections (workspace_id, id, agent_id, kind, network, state_hash, redirect_uri, credentials, state, expires_at)
     VALUES ($1, $2, $3, 'x', 'x', $4, 'https://care.example', '{}', 'done', now() + interval '1 hour')`,
    [workspaceId, connect, owner.id, Buffer.from(connect)],
  );
  await client.query(
    `INSERT INTO attachments (workspace_id, id, message_id, position, kind, name, state, blob_key, sha256, mime_type, size_bytes)
     VALUES ($1, $2, $3, 0, 'image', $4, 'stored', $5, $6, 'image/png', 1)`,
    [workspaceId, file, message['id'], `picture of ${name}`, `${workspaceId}/00/${'0'.repeat(64)}`, '0'.repeat(64)],
  );
  const answers = await client.query<{ id: string }>('SELECT id FROM bot_answers WHERE workspace_id = $1', [
    workspaceId,
  ]);
  const ids: Record<string, string> = {
    tickets: message['ticket_id']!,
    conversations: message['conversation_id']!,
    messages: message['id']!,
    contacts: message['contact_id']!,
    agents: agent.id,
    members: agent.id,
    teams: team,
    brands: channel.brandId,
    channels: channel.id,
    'inbound-events': event.rows[0]!.id,
    jobs: job,
    bulk: batch,
    connect,
    attachments: file,
    tokens: token.rows[0]!.id,
    'faq-articles': article.id,
    answers: answers.rows[0]!.id,
    'sla-policies': policy.id,
    identityId: message['identity_id']!,
  };
  return { owner, api, workspaceId, page, secret, ids };
}

/** Field of a body or a query, and the resource it refers to. */
export const REFERENCES: Record<string, string> = {
  agentId: 'agents',
  assignee: 'agents',
  assigneeId: 'agents',
  teamId: 'teams',
  teamIds: 'teams',
  queue: 'teams',
  brandId: 'brands',
  brandIds: 'brands',
  channel: 'channels',
  channelId: 'channels',
  seenMessageId: 'messages',
  messageIds: 'messages',
  replyToMessageId: 'messages',
  otherId: 'contacts',
  entityId: 'contacts',
  identityId: 'identityId',
};
