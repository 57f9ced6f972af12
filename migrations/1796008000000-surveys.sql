-- What customers are asked after their work was solved, and what they answered. New tables; adds two nullable columns to
-- conversations under a short exclusive lock, which rewrites nothing.

CREATE TABLE survey_settings (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  -- null: for every brand without settings of its own
  brand_id uuid,
  enabled boolean NOT NULL DEFAULT false,
  kind text NOT NULL DEFAULT 'csat' CHECK (kind IN ('csat', 'nps')),
  -- minutes after solving
  delay_minutes int NOT NULL DEFAULT 10 CHECK (delay_minutes BETWEEN 0 AND 10080),
  -- on which kinds of channel it is asked; empty: on all
  channel_kinds text[] NOT NULL DEFAULT '{}',
  -- dm, comment (asked privately or not at all)
  thread_kinds text[] NOT NULL DEFAULT '{dm}',
  -- the same person is not asked again within so many days; 0: always
  not_again_days int NOT NULL DEFAULT 30 CHECK (not_again_days BETWEEN 0 AND 3650),
  -- asks within these hours only; null: at any time
  calendar_id uuid,
  -- by language: { "fa": { "ask", "thanks" }, … }; what is missing is the product's own
  texts jsonb NOT NULL DEFAULT '{}',
  version int NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT survey_settings_brand UNIQUE NULLS NOT DISTINCT (workspace_id, brand_id),
  FOREIGN KEY (workspace_id, brand_id) REFERENCES brands
);

CREATE TABLE surveys (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  channel_id uuid NOT NULL,
  brand_id uuid NOT NULL,
  -- who held the ticket when it was solved
  agent_id uuid,
  team_id uuid,
  kind text NOT NULL CHECK (kind IN ('csat', 'nps')),
  locale text NOT NULL DEFAULT 'fa',
  state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'asked', 'answered', 'not_asked', 'cancelled')),
  -- why it was not asked, or was called off
  reason text,
  due_at timestamptz NOT NULL,
  asked_at timestamptz,
  -- until when an answer is taken, and may be changed
  expires_at timestamptz,
  message_id uuid,
  -- HMAC of the link's token
  token_hash bytea CONSTRAINT surveys_token UNIQUE,
  score int,
  comment text,
  answered_at timestamptz,
  answered_via text CHECK (answered_via IN ('thread', 'page')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  -- once, however often it is solved
  CONSTRAINT surveys_once UNIQUE (workspace_id, ticket_id),
  CONSTRAINT surveys_score CHECK ((score IS NULL) = (answered_at IS NULL)
    AND score >= CASE kind WHEN 'nps' THEN 0 ELSE 1 END AND score <= CASE kind WHEN 'nps' THEN 10 ELSE 5 END),
  FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets,
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations,
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts
);
CREATE INDEX surveys_of_contact ON surveys (workspace_id, contact_id, asked_at) WHERE asked_at IS NOT NULL;
CREATE INDEX surveys_of_conversation ON surveys (workspace_id, conversation_id) WHERE asked_at IS NOT NULL;
CREATE INDEX surveys_answered ON surveys (workspace_id, answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX surveys_asked ON surveys (workspace_id, asked_at) WHERE asked_at IS NOT NULL;

-- What the intake knows a bare number by, read with the row it locks anyway.
ALTER TABLE conversations
  ADD COLUMN survey_until timestamptz,
  ADD COLUMN survey_kind text CHECK (survey_kind IN ('csat', 'nps'));

SELECT wall_off(t) FROM unnest(ARRAY['survey_settings', 'surveys']::regclass[]) t;
