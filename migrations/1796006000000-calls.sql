-- Calls that were promised, the attempts at them, and accounts of voice providers. New tables; contacts get nullable
-- columns, which rewrites nothing. The two checks of the CRM's tables are made anew to know a call: a short exclusive lock
-- on crm_queue and crm_links while their rows are looked through.

ALTER TABLE contacts
  -- the number does not lead to them: someone else answered
  ADD COLUMN phone_bad_at timestamptz,
  -- they asked not to be called
  ADD COLUMN no_calls_at timestamptz;

-- How a workspace calls; one row, made on first use and locked while places in it are given away.
CREATE TABLE call_settings (
  workspace_id uuid PRIMARY KEY REFERENCES workspaces,
  -- null: the workspace's default calendar
  calendar_id uuid,
  slot_minutes int NOT NULL DEFAULT 30 CONSTRAINT call_settings_slot_check CHECK (slot_minutes IN (15, 30, 60)),
  -- calls a slot takes; null: as many as there are agents
  capacity int CONSTRAINT call_settings_capacity_check CHECK (capacity BETWEEN 1 AND 1000),
  max_attempts int NOT NULL DEFAULT 3 CONSTRAINT call_settings_attempts_check CHECK (max_attempts BETWEEN 1 AND 10),
  retry_ms int NOT NULL DEFAULT 900000 CONSTRAINT call_settings_retry_check CHECK (retry_ms BETWEEN 60000 AND 86400000),
  lease_ms int NOT NULL DEFAULT 600000 CONSTRAINT call_settings_lease_check CHECK (lease_ms BETWEEN 60000 AND 3600000),
  -- how long after its window a call that was missed is still worth making
  expire_ms int NOT NULL DEFAULT 86400000 CONSTRAINT call_settings_expire_check CHECK (expire_ms BETWEEN 3600000 AND 604800000),
  country text NOT NULL DEFAULT 'IR' CONSTRAINT call_settings_country_check CHECK (country ~ '^[A-Z]{2}$')
);

CREATE TABLE voice_accounts (
  workspace_id uuid NOT NULL REFERENCES workspaces,
  id uuid NOT NULL,
  provider text NOT NULL,
  name text NOT NULL,
  -- the account's id at the provider
  external_id text NOT NULL,
  -- the number that calls go out from, E.164
  phone text NOT NULL,
  credentials jsonb NOT NULL,
  settings jsonb NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'active' CONSTRAINT voice_accounts_state_check CHECK (state IN ('active', 'needs_attention', 'disabled')),
  state_reason text,
  -- no call goes out before: the provider asked for a pause, or its pace does
  calls_after timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT voice_accounts_id_key UNIQUE (id),
  CONSTRAINT voice_accounts_account_key UNIQUE (workspace_id, provider, external_id, phone)
);

-- The phone on an agent's desk, which a voice provider rings first.
CREATE TABLE agent_phones (
  workspace_id uuid NOT NULL,
  agent_id uuid NOT NULL,
  phone text NOT NULL,
  PRIMARY KEY (workspace_id, agent_id),
  FOREIGN KEY (workspace_id, agent_id) REFERENCES agents ON DELETE CASCADE
);

CREATE TABLE call_promises (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  ticket_id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  state text NOT NULL CONSTRAINT call_promises_state_check
    CHECK (state IN ('requested', 'scheduled', 'claimed', 'dialing', 'completed', 'failed', 'cancelled', 'expired')),
  -- why it ended, where the state does not say it all
  end_reason text,
  -- E.164, as it was given, and the country it belongs to
  phone text NOT NULL,
  phone_raw text NOT NULL,
  country text,
  reason text,
  -- two lines at most for whoever calls; null: composed from the ticket
  brief text,
  language text,
  -- what was promised, half open; null until a time is agreed
  window_start timestamptz,
  window_end timestamptz,
  time_zone text NOT NULL,
  consent_at timestamptz NOT NULL,
  consent_text text NOT NULL,
  promised_by uuid NOT NULL,
  -- who has it in hand, and until when unless they begin
  claimed_by uuid,
  lease_until timestamptz,
  -- not before: the next try after nobody answered
  next_attempt_at timestamptz,
  -- tries at the customer so far
  attempts int NOT NULL DEFAULT 0,
  -- when it was told that the window began, and that it passed
  due_told_at timestamptz,
  missed_at timestamptz,
  version int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets,
  FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations,
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts,
  FOREIGN KEY (workspace_id, claimed_by) REFERENCES agents,
  CONSTRAINT call_promises_window_check CHECK (state IN ('requested', 'cancelled', 'expired') OR window_end > window_start),
  CONSTRAINT call_promises_hand_check CHECK ((state IN ('claimed', 'dialing')) = (claimed_by IS NOT NULL))
);
-- One open call for a person and a ticket; one agent at a time for a person; one call at a time for an agent.
CREATE UNIQUE INDEX call_promises_one_open ON call_promises (workspace_id, contact_id, ticket_id)
  WHERE state IN ('requested', 'scheduled', 'claimed', 'dialing');
CREATE UNIQUE INDEX call_promises_person_in_hand ON call_promises (workspace_id, phone) WHERE state IN ('claimed', 'dialing');
CREATE UNIQUE INDEX call_promises_agent_in_hand ON call_promises (workspace_id, claimed_by) WHERE state IN ('claimed', 'dialing');
CREATE INDEX call_promises_open ON call_promises (workspace_id, window_start, id)
  WHERE state IN ('requested', 'scheduled', 'claimed', 'dialing');
CREATE INDEX call_promises_by_ticket ON call_promises (workspace_id, ticket_id, id);
CREATE INDEX call_promises_untold ON call_promises (window_start) WHERE state = 'scheduled' AND due_told_at IS NULL;
CREATE INDEX call_promises_unmissed ON call_promises (window_end) WHERE state IN ('scheduled', 'claimed') AND missed_at IS NULL;
CREATE INDEX call_promises_missed ON call_promises (window_end) WHERE state = 'scheduled' AND missed_at IS NOT NULL;
CREATE INDEX call_promises_leased ON call_promises (lease_until) WHERE state = 'claimed';

CREATE TABLE call_attempts (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  promise_id uuid NOT NULL,
  -- 1, 2, 3 … with those that never reached for the customer
  n int NOT NULL,
  agent_id uuid NOT NULL,
  -- tel: the agent's own phone
  provider text NOT NULL,
  account_id uuid,
  agent_phone text,
  -- how far the provider got; tel: talking until the agent says how it went
  stage text NOT NULL CONSTRAINT call_attempts_stage_check
    CHECK (stage IN ('placing', 'agent_ringing', 'agent_answered', 'customer_ringing', 'talking', 'ended')),
  -- the call was asked for: whether it came about is to be looked up before it is asked for again
  asked_at timestamptz,
  -- the provider's ids of the agent's leg and the customer's
  agent_call_id text,
  customer_call_id text,
  -- how the legs ended, in the provider's words
  agent_end text,
  customer_end text,
  outcome text,
  note text,
  -- why it was made outside its window
  override_reason text,
  error_code text,
  error_message text,
  message_id uuid,
  recording_url text,
  recording_id text,
  duration_ms int,
  started_at timestamptz NOT NULL,
  -- when the customer answered
  answered_at timestamptz,
  ended_at timestamptz,
  -- when it is to be asked at the provider how it stands
  look_at timestamptz,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, promise_id) REFERENCES call_promises,
  FOREIGN KEY (workspace_id, agent_id) REFERENCES agents,
  FOREIGN KEY (workspace_id, account_id) REFERENCES voice_accounts,
  CONSTRAINT call_attempts_in_order UNIQUE (workspace_id, promise_id, n)
);
CREATE UNIQUE INDEX call_attempts_one_running ON call_attempts (workspace_id, promise_id) WHERE outcome IS NULL;
CREATE INDEX call_attempts_by_call ON call_attempts (workspace_id, account_id, agent_call_id);
CREATE INDEX call_attempts_to_look_at ON call_attempts (look_at) WHERE look_at IS NOT NULL;

-- What a provider told, each fact once, kept a month.
CREATE TABLE voice_events (
  workspace_id uuid NOT NULL,
  account_id uuid NOT NULL,
  -- call and sequence number, or call and status
  key text NOT NULL,
  attempt_id uuid,
  fields jsonb NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (workspace_id, account_id, key),
  FOREIGN KEY (workspace_id, account_id) REFERENCES voice_accounts ON DELETE CASCADE
);
CREATE INDEX voice_events_by_age ON voice_events (received_at);

ALTER TABLE crm_queue DROP CONSTRAINT crm_queue_entity_check,
  ADD CONSTRAINT crm_queue_entity_check CHECK (entity IN ('contact', 'conversation', 'message', 'call'));
ALTER TABLE crm_links DROP CONSTRAINT crm_links_entity_check,
  ADD CONSTRAINT crm_links_entity_check CHECK (entity IN ('contact', 'conversation', 'message', 'call'));

SELECT wall_off(t) FROM unnest(ARRAY['call_settings', 'voice_accounts', 'agent_phones', 'call_promises', 'call_attempts',
  'voice_events']::regclass[]) t;

-- Agents whose hands are full with something that is no ticket: nothing is pushed to them meanwhile. Read under the reader's
-- own wall.
CREATE VIEW occupied_agents WITH (security_invoker = true) AS
  SELECT workspace_id, claimed_by AS agent_id FROM call_promises WHERE state IN ('claimed', 'dialing') AND claimed_by IS NOT NULL;
