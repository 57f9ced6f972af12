-- Whose proven address this is, is asked before a conversation goes on by e-mail: without an index that reads all customers.
-- Builds one index; writes to contacts wait meanwhile.

CREATE INDEX contacts_by_email ON contacts (workspace_id, email) WHERE email_verified_at IS NOT NULL;
