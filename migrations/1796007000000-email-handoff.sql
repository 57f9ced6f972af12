-- Conversations that go on by e-mail, and who was shown to be who they say. New tables; adds two columns to
-- conversations, null or with a constant default, under a short exclusive lock, which rewrites nothing.

-- What its letters are about, where that is ours to say: the ticket's own subject may be a customer's private words.
ALTER TABLE conversations
  ADD COLUMN subject text,
  -- it goes to an address nobody has shown to be the customer's: nothing more is said there until somebody has
  ADD COLUMN recipient_unconfirmed boolean NOT NULL DEFAULT false;

CREATE TABLE handoff_settings (
  workspace_id uuid PRIMARY KEY REFERENCES workspaces,
  -- private history is mailed, and calls about it end, only after the customer was checked
  requires_identity_check boolean NOT NULL DEFAULT false,
  -- for how long a passed check holds
  identity_check_minutes int NOT NULL DEFAULT 1440 CHECK (identity_check_minutes BETWEEN 5 AND 525600),
  -- by name and language: { "publicClosing": { "fa", "en" }, … }; what is missing is the product's own
  texts jsonb NOT NULL DEFAULT '{}',
  version int NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE email_handoffs (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  -- where it came from
  conversation_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  -- asking: for an address or its confirmation; queued: the first mail is written; continued: it left; bounced: it came
  -- back; cancelled: before it left
  state text NOT NULL CHECK (state IN ('asking', 'queued', 'continued', 'bounced', 'cancelled')),
  address_state text NOT NULL CHECK (address_state IN ('asked', 'offered', 'confirmed')),
  address text,
  address_from text CHECK (address_from IN ('customer', 'agent', 'contact')),
  -- other addresses found in the same words
  candidates text[] NOT NULL DEFAULT '{}',
  confirmed_at timestamptz,
  confirmed_by text CHECK (confirmed_by IN ('thread', 'mail', 'known', 'agent')),
  -- an agent's word for why the address is theirs
  proof text,
  locale text NOT NULL DEFAULT 'fa',
  channel_id uuid,
  mail_conversation_id uuid,
  mail_message_id uuid,
  subject text,
  -- chosen messages that the first mail quotes
  included uuid[] NOT NULL DEFAULT '{}',
  -- what the old thread is told once the mail has left, as agreed to by the agent; null: nothing
  closing_text text,
  closing_message_id uuid,
  -- why it could not be told
  closing_refusal text,
  end_reason text,
  agent_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  continued_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT email_handoffs_address CHECK (address IS NOT NULL OR address_state = 'asked'),
  CONSTRAINT email_handoffs_mail CHECK (state = 'asking' OR state = 'cancelled' OR mail_message_id IS NOT NULL),
  FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets,
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations,
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts,
  FOREIGN KEY (workspace_id, mail_conversation_id) REFERENCES conversations,
  FOREIGN KEY (workspace_id, agent_id) REFERENCES agents
);
-- A ticket asks for one address at a time, and goes on once to each.
CREATE UNIQUE INDEX email_handoffs_one_asking ON email_handoffs (workspace_id, ticket_id) WHERE state = 'asking';
CREATE UNIQUE INDEX email_handoffs_once ON email_handoffs (workspace_id, ticket_id, channel_id, address)
  WHERE state IN ('queued', 'continued');
CREATE INDEX email_handoffs_from ON email_handoffs (workspace_id, conversation_id);
CREATE INDEX email_handoffs_mail_thread ON email_handoffs (workspace_id, mail_conversation_id)
  WHERE mail_conversation_id IS NOT NULL;
CREATE INDEX email_handoffs_mail_message ON email_handoffs (workspace_id, mail_message_id)
  WHERE mail_message_id IS NOT NULL;

CREATE TABLE identity_checks (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  contact_id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  -- the thread in which a code counts when it is sent back
  conversation_id uuid NOT NULL,
  method text NOT NULL CHECK (method IN ('email_code', 'questions')),
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'passed', 'failed', 'undeliverable')),
  -- where the code goes; the code itself is kept nowhere but as this HMAC
  address text,
  channel_id uuid,
  code_hash bytea,
  tries int NOT NULL DEFAULT 0,
  -- what was asked: names of facts, never the answers
  questions text[] NOT NULL DEFAULT '{}',
  note text,
  reason text,
  locale text NOT NULL DEFAULT 'fa',
  asked_by uuid NOT NULL,
  asked_at timestamptz NOT NULL,
  sent_at timestamptz,
  expires_at timestamptz NOT NULL,
  answered_at timestamptz,
  -- agent, or the customer in the thread
  answered_via text CHECK (answered_via IN ('agent', 'thread')),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT identity_checks_code CHECK (method <> 'email_code' OR (address IS NOT NULL AND code_hash IS NOT NULL)),
  CONSTRAINT identity_checks_tries CHECK (tries BETWEEN 0 AND 5),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts,
  FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets,
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations,
  FOREIGN KEY (workspace_id, asked_by) REFERENCES agents
);
CREATE INDEX identity_checks_of ON identity_checks (workspace_id, contact_id, asked_at DESC);
CREATE INDEX identity_checks_open ON identity_checks (workspace_id, conversation_id) WHERE state = 'open';

SELECT wall_off(t) FROM unnest(ARRAY['handoff_settings', 'email_handoffs', 'identity_checks']::regclass[]) t;
