-- The satellites: clocks, the bot's knowledge, deliveries, the record in the CRM.

CREATE TABLE sla_policies (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  name text NOT NULL,
  -- the first match by rank wins; empty conditions match everything: { channelKinds?, threadKinds?, brandIds?, priorities? }
  rank int NOT NULL DEFAULT 100,
  conditions jsonb NOT NULL DEFAULT '{}',
  -- milliseconds by priority: { urgent, high, normal, low }
  first_response_ms jsonb NOT NULL,
  next_response_ms jsonb NOT NULL,
  -- whether the bot's visible answer counts as a response
  bot_counts boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE sla_clocks (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  policy_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('first_response', 'next_response')),
  started_at timestamptz NOT NULL,
  target_ms bigint NOT NULL,
  due_at timestamptz NOT NULL,
  met_at timestamptz,
  -- set when the breach was told; whether it is one is met_at against due_at
  breach_told_at timestamptz,
  cancelled_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets
);
CREATE UNIQUE INDEX sla_clocks_running ON sla_clocks (workspace_id, ticket_id, kind)
  WHERE met_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX sla_clocks_due ON sla_clocks (due_at)
  WHERE met_at IS NULL AND cancelled_at IS NULL AND breach_told_at IS NULL;
CREATE INDEX sla_clocks_by_ticket ON sla_clocks (workspace_id, ticket_id, started_at);

CREATE TABLE faq_articles (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  brand_id uuid,
  locale text NOT NULL CHECK (locale IN ('fa', 'en')),
  title text NOT NULL,
  phrasings text[] NOT NULL DEFAULT '{}',
  answer text NOT NULL,
  -- may the bot send it by itself where the channel allows, or only suggest it
  auto_send boolean NOT NULL DEFAULT false,
  enabled boolean NOT NULL DEFAULT true,
  version int NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE bot_answers (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  -- the inbound message it answers: one answer each
  question_message_id uuid NOT NULL,
  article_id uuid NOT NULL,
  score real NOT NULL,
  locale text NOT NULL,
  mode text NOT NULL CHECK (mode IN ('suggested', 'sent')),
  reply_message_id uuid,
  outcome text CHECK (outcome IN ('accepted', 'dismissed')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT bot_answers_question_key UNIQUE (workspace_id, question_message_id),
  FOREIGN KEY (workspace_id, article_id) REFERENCES faq_articles
);
CREATE INDEX bot_answers_by_conversation ON bot_answers (workspace_id, conversation_id, created_at);

-- How each outgoing message fares. Written `sending` before the call, so a crash leaves a trace to look for, not a blind repeat.
CREATE TABLE outbound_deliveries (
  workspace_id uuid NOT NULL,
  message_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  -- order within the conversation
  seq int NOT NULL,
  state text NOT NULL DEFAULT 'queued'
    CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown', 'cancelled')),
  attempts int NOT NULL DEFAULT 0,
  -- what was decided before sending: { replyToExternalId, replyToParentExternalId, postExternalId, window, author }
  request jsonb NOT NULL,
  external_id text,
  code text,
  reason text,
  sending_since timestamptz,
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, message_id)
);
CREATE INDEX outbound_deliveries_open ON outbound_deliveries (workspace_id, conversation_id, seq)
  WHERE state IN ('queued', 'sending', 'unknown');
-- receipts up to an instant find the messages they speak of
CREATE INDEX outbound_deliveries_sent ON outbound_deliveries (workspace_id, conversation_id, sent_at)
  WHERE state IN ('sent', 'delivered');

CREATE TABLE crm_connections (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('salesforce')),
  login_url text NOT NULL,
  client_id text NOT NULL,
  username text NOT NULL,
  -- sealed by platform/secrets: { privateKey }
  credentials jsonb NOT NULL,
  settings jsonb NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'needs_attention')),
  state_reason text,
  -- after a limit or an outage nothing is sent before this instant
  paused_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT crm_connections_one UNIQUE (workspace_id, kind)
);

-- What changed here and is not yet there; one row for each thing however often it changed.
CREATE TABLE crm_queue (
  workspace_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  entity text NOT NULL CHECK (entity IN ('contact', 'conversation', 'message')),
  entity_id uuid NOT NULL,
  -- parents before children: 1 person, 2 conversation, 3 message
  rank smallint NOT NULL,
  -- grows when the thing changes again while it is being sent
  version bigint NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL,
  retry_at timestamptz,
  attempts int NOT NULL DEFAULT 0,
  parked_at timestamptz,
  code text,
  error text,
  PRIMARY KEY (workspace_id, connection_id, entity, entity_id),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES crm_connections ON DELETE CASCADE
);
CREATE INDEX crm_queue_next ON crm_queue (workspace_id, connection_id, rank, changed_at) WHERE parked_at IS NULL;

CREATE TABLE crm_links (
  workspace_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  entity text NOT NULL CHECK (entity IN ('contact', 'conversation', 'message')),
  entity_id uuid NOT NULL,
  external_key text NOT NULL,
  remote_type text NOT NULL,
  remote_id text NOT NULL,
  -- for a contact: the CRM record it was matched to, and how
  matched_type text,
  matched_id text,
  match_method text CHECK (match_method IN ('manual', 'phone', 'email', 'handle', 'none', 'ambiguous')),
  synced_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, connection_id, entity, entity_id),
  FOREIGN KEY (workspace_id, connection_id) REFERENCES crm_connections ON DELETE CASCADE
);

-- webchat: visitors' session tokens (hashed) and offline addresses
CREATE TABLE webchat_sessions (
  workspace_id uuid NOT NULL,
  token_hash bytea NOT NULL CONSTRAINT webchat_sessions_token_key UNIQUE,
  id uuid NOT NULL,
  channel_id uuid NOT NULL,
  visitor_id text NOT NULL,
  -- set when the site vouched for the visitor by HMAC or JWT
  identified_as text,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, channel_id) REFERENCES channels
);

SELECT wall_off(t) FROM unnest(ARRAY['sla_policies', 'sla_clocks', 'faq_articles', 'bot_answers', 'outbound_deliveries',
  'crm_connections', 'crm_queue', 'crm_links', 'webchat_sessions']::regclass[]) t;
