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
  const calendar = await api.post<{ id: string; holidays: { id: string; name: { en: string } }[] }>('/calendars', {
    name: `Calendar of ${name}`,
    template: 'iran',
  });
  const actions = [{ do: 'note', text: `Note of ${name}` }];
  const rule = await api.post<{ id: string }>('/rules', {
    name: `Rule of ${name}`,
    when: [{ on: 'ticket.tags_changed' }],
    actions,
  });
  const macro = await api.post<{ id: string }>('/macros', { name: `Macro of ${name}`, scope: 'everybody', actions });
  const canned = await api.post<{ id: string }>('/canned-replies', {
    shortcut: 'hello',
    title: `Hello of ${name}`,
    scope: 'everybody',
    texts: { en: `Hello of ${name}` },
  });
  const field = await api.post<{ id: string }>('/ticket-fields', {
    key: 'order',
    labelFa: `سفارش ${name}`,
    labelEn: `Order of ${name}`,
    kind: 'text',
  });
  const queue = await api.post<{ id: string }>('/queues', { teamId: team, name: `Queue of ${name}` });
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
  // a bulk change of tickets under the same id as the one of moderation: both are called `bulk` in their paths
  await client.query(
    `INSERT INTO ticket_batches (workspace_id, id, action, agent_id, total, created_at, finished_at)
     VALUES ($1, $2, $3, $4, 0, now(), now())`,
    [workspaceId, batch, JSON.stringify({ addTags: [`bulk of ${name}`] }), owner.id],
  );
  const replies = uuidv7();
  await client.query(
    `INSERT INTO reply_batches (workspace_id, id, ticket_id, agent_id, text, total, created_at, finished_at)
     VALUES ($1, $2, $3, $4, $5, 0, now(), now())`,
    [workspaceId, replies, message['ticket_id'], owner.id, `answer of ${name}`],
  );
  const approval = uuidv7();
  await client.query(
    `WITH receipt AS (
       INSERT INTO rule_receipts (workspace_id, id, rule_id, rule_version, event_position, event_type, event_at, ticket_id,
         outcome, matched, at)
       VALUES ($1, $2, $3, 1, 1, 'ticket.tags_changed', now(), $4, 'ran', '[]', now()) RETURNING id
     ), suspended AS (
       INSERT INTO rule_suspensions (workspace_id, rule_id, ticket_id, rule_version, since) VALUES ($1, $3, $4, 1, now())
     )
     INSERT INTO approvals (workspace_id, id, rule_id, receipt_id, ticket_id, text, actions, requested_at)
     SELECT $1, $5, $3, id, $4, $6, '[]', now() FROM receipt`,
    [workspaceId, uuidv7(), rule.id, message['ticket_id'], approval, `question of ${name}`],
  );
  const [handoff, check] = [uuidv7(), uuidv7()];
  await client.query(
    `WITH asking AS (
       INSERT INTO email_handoffs (workspace_id, id, ticket_id, conversation_id, contact_id, state, address_state, agent_id)
       VALUES ($1, $2, $4, $5, $6, 'asking', 'asked', $7)
     ), survey AS (
       INSERT INTO surveys (workspace_id, id, ticket_id, conversation_id, contact_id, channel_id, brand_id, kind, state, reason, due_at)
       VALUES ($1, $3, $4, $5, $6, $8, $9, 'csat', 'not_asked', $10, now())
     )
     INSERT INTO identity_checks (workspace_id, id, contact_id, ticket_id, conversation_id, method, asked_by, asked_at, expires_at)
     VALUES ($1, $3, $6, $4, $5, 'questions', $7, now(), now() + interval '1 day')`,
    [
      workspaceId,
      handoff,
      check,
      message['ticket_id'],
      message['conversation_id'],
      message['contact_id'],
      owner.id,
      channel.id,
      channel.brandId,
      `reason of ${name}`,
    ],
  );
  const call = uuidv7();
  await client.query(
    `INSERT INTO call_promises (workspace_id, id, ticket_id, conversation_id, contact_id, state, phone, phone_raw, reason,
       window_start, window_end, time_zone, consent_at, consent_text, promised_by, created_at)
     VALUES ($1, $2, $3, $4, $5, 'scheduled', '+989120000000', '0912', $6, now() + interval '8 days',
       now() + interval '9 days', 'Asia/Tehran', now(), $6, $7, now())`,
    [
      workspaceId,
      call,
      message['ticket_id'],
      message['conversation_id'],
      message['contact_id'],
      `call of ${name}`,
      owner.id,
    ],
  );
  const [endpoint, delivery] = [uuidv7(), uuidv7()];
  await client.query(
    `WITH endpoint AS (
       INSERT INTO webhook_endpoints (workspace_id, id, name, url, credentials, disabled_at)
       VALUES ($1, $2, $4, 'https://hooks.example', '{}', now()) RETURNING id
     )
     INSERT INTO webhook_deliveries (workspace_id, id, endpoint_id, cause, type, body, state)
     SELECT $1, $3, id, 'test:1', 'webhook.test', $4, 'delivered' FROM endpoint`,
    [workspaceId, endpoint, delivery, `hooks of ${name}`],
  );
  const notice = uuidv7();
  await client.query(
    `INSERT INTO channel_notices (workspace_id, id, channel_id, agent_id, group_id, part, parts, recipient, text, state, settled_at, created_at)
     VALUES ($1, $2, $3, $4, $2, 1, 1, 'followers', $5, 'failed', now(), now())`,
    [workspaceId, notice, channel.id, owner.id, `notice of ${name}`],
  );
  const line = await api.post<{ id: string }>('/voice-accounts', {
    provider: 'twilio',
    name: `Line of ${name}`,
    externalId: `AC${'0'.repeat(32)}`,
    phone: '+982191001234',
    credentials: { authToken: `token of ${name}` },
    settings: { apiBaseUrl: NOWHERE },
  });
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
    queues: queue.id,
    brands: channel.brandId,
    channels: channel.id,
    'inbound-events': event.rows[0]!.id,
    jobs: job,
    bulk: batch,
    followers: agent.id,
    'ticket-fields': field.id,
    connect,
    attachments: file,
    tokens: token.rows[0]!.id,
    'faq-articles': article.id,
    answers: answers.rows[0]!.id,
    'sla-policies': policy.id,
    handoffs: handoff,
    'identity-checks': check,
    rules: rule.id,
    macros: macro.id,
    'canned-replies': canned.id,
    approvals: approval,
    suspensions: message['ticket_id']!,
    calendars: calendar.id,
    holidays: calendar.holidays.find((holiday) => holiday.name.en === 'Eid al-Fitr')!.id,
    calls: call,
    'voice-accounts': line.id,
    'webhook-endpoints': endpoint,
    deliveries: delivery,
    'reply-batches': replies,
    notices: notice,
    merges: message['contact_id']!,
    'merge-preview': message['contact_id']!,
    'not-same': message['contact_id']!,
    identityId: message['identity_id']!,
  };
  return { owner, api, workspaceId, page, secret, ids };
}

/** Field of a body or a query, and the resource it refers to. */
export const REFERENCES: Record<string, string> = {
  via: 'voice-accounts',
  agentId: 'agents',
  assignee: 'agents',
  assigneeId: 'agents',
  teamId: 'teams',
  teamIds: 'teams',
  queue: 'teams',
  queueId: 'queues',
  brandId: 'brands',
  brandIds: 'brands',
  channel: 'channels',
  channelId: 'channels',
  seenMessageId: 'messages',
  messageIds: 'messages',
  include: 'messages',
  replyToMessageId: 'messages',
  otherId: 'contacts',
  entityId: 'contacts',
  identityId: 'identityId',
  ticketId: 'tickets',
  ticketIds: 'tickets',
  into: 'tickets',
  parentId: 'tickets',
  conversationId: 'conversations',
  contactId: 'contacts',
  fromMessageId: 'messages',
  calendarId: 'calendars',
  policyId: 'sla-policies',
  holidayId: 'holidays',
};
