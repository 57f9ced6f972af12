import type { Database, Tx } from '../../src/platform/database';
import type { Outbox } from '../../src/outbox/outbox';
import { room } from '../../src/outbox/audience';
import { event, SYSTEM } from '../../src/outbox/domain-event';
import { uuidv7 } from '../../src/platform/ids';

export interface Customer {
  contactId: string;
  identityId: string;
  conversationId: string;
}

interface CustomerFacts {
  handle?: string;
  name?: string;
  phone?: string;
  email?: string;
  kind?: 'dm' | 'comment';
}

/** A workspace's inbox written by hand, with the facts the real intake records: for tests of what hangs off them. */
export class InboxByHand {
  readonly workspaceId = uuidv7();
  readonly brandId = uuidv7();
  readonly channelId = uuidv7();
  readonly ada = uuidv7();
  private counter = 0;

  constructor(
    private readonly database: Database,
    private readonly slug: string,
  ) {}

  async open(): Promise<this> {
    const { workspaceId, brandId, channelId, ada } = this;
    await this.database.lean('system', async (tx) => {
      await tx.execute('INSERT INTO workspaces (id, slug, name) VALUES ($1, $2, $2)', [workspaceId, this.slug]);
      await tx.execute(`INSERT INTO brands (workspace_id, id, name) VALUES ($1, $2, 'Main')`, [workspaceId, brandId]);
      await tx.execute(
        `INSERT INTO agents (workspace_id, id, email, name, role, password_hash) VALUES ($1, $2, $3, 'Ada', 'agent', 'x')`,
        [workspaceId, ada, `ada@${this.slug}.test`],
      );
      await tx.execute(
        `INSERT INTO channels (workspace_id, id, kind, name, brand_id, external_id) VALUES ($1, $2, 'instagram', 'Harbour IG', $3, '178414')`,
        [workspaceId, channelId, brandId],
      );
    });
    return this;
  }

  /** A customer with a thread of `texts`, every second one ours when `answered`. */
  async customer(outbox: Outbox | null, facts: CustomerFacts, texts: readonly string[]): Promise<Customer> {
    const who: Customer = { contactId: uuidv7(), identityId: uuidv7(), conversationId: uuidv7() };
    const n = ++this.counter;
    await this.database.lean({ workspaceId: this.workspaceId }, async (tx) => {
      const { phone = null, email = null, name = `Customer ${n}`, handle = null, kind = 'dm' } = facts;
      await tx.execute(
        `INSERT INTO contacts (workspace_id, id, name, phone, phone_verified_at, email, email_verified_at)
         VALUES ($1, $2, $3, $4, CASE WHEN $4::text IS NOT NULL THEN now() END, $5, CASE WHEN $5::text IS NOT NULL THEN now() END)`,
        [this.workspaceId, who.contactId, name, phone, email],
      );
      await tx.execute(
        `INSERT INTO contact_identities (workspace_id, id, contact_id, channel_id, external_id, handle) VALUES ($1, $2, $3, $4, $5, $6)`,
        [this.workspaceId, who.identityId, who.contactId, this.channelId, `igsid-${n}`, handle],
      );
      await tx.execute(
        `INSERT INTO conversations (workspace_id, id, channel_id, brand_id, contact_id, identity_id, kind, thread_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          this.workspaceId,
          who.conversationId,
          this.channelId,
          this.brandId,
          who.contactId,
          who.identityId,
          kind,
          `t-${n}`,
        ],
      );
      const subject = { conversationId: who.conversationId, contactId: who.contactId };
      const opened = { kind, channelId: this.channelId };
      outbox?.record(tx, event(this.workspaceId, 'conversation.opened', SYSTEM, subject, [room.leads], opened));
      await this.write(tx, outbox, who, texts);
    });
    return who;
  }

  /** More messages of a customer. @returns their ids */
  say(outbox: Outbox | null, who: Customer, ...texts: string[]): Promise<string[]> {
    return this.database.lean({ workspaceId: this.workspaceId }, (tx) => this.write(tx, outbox, who, texts));
  }

  /** Changes a message and says so. */
  edit(outbox: Outbox, who: Partial<Customer>, messageId: string, text: string): Promise<void> {
    return this.database.lean({ workspaceId: this.workspaceId }, async (tx) => {
      await tx.execute(
        'UPDATE messages SET text = $3, version = version + 1, edited_at = now() WHERE workspace_id = $1 AND id = $2',
        [this.workspaceId, messageId, text],
      );
      const subject = { ...who, messageId };
      outbox.record(tx, event(this.workspaceId, 'message.edited', SYSTEM, subject, [room.leads], { version: 2 }));
    });
  }

  /** An agent's reply in a state of delivery. */
  async reply(outbox: Outbox, who: Customer, text: string, state: 'queued' | 'sent'): Promise<string> {
    const [id] = await this.database.lean({ workspaceId: this.workspaceId }, (tx) =>
      this.write(tx, outbox, who, [text], { direction: 'out', state }),
    );
    return id!;
  }

  /** The network took it and named it. */
  delivered(outbox: Outbox, who: Customer, messageId: string): Promise<void> {
    return this.database.lean({ workspaceId: this.workspaceId }, async (tx) => {
      await tx.execute(
        `UPDATE messages SET delivery_state = 'sent', external_id = 'mid-' || id WHERE workspace_id = $1 AND id = $2`,
        [this.workspaceId, messageId],
      );
      const data = { from: 'queued', to: 'sent' };
      const subject = { ...who, messageId };
      outbox.record(tx, event(this.workspaceId, 'message.delivery_changed', SYSTEM, subject, [room.leads], data));
    });
  }

  private async write(
    tx: Tx,
    outbox: Outbox | null,
    who: Customer,
    texts: readonly string[],
    how: { direction: 'in' | 'out'; state?: string } = { direction: 'in' },
  ): Promise<string[]> {
    const [thread] = await tx.query<{ last_seq: number }>(
      `UPDATE conversations SET last_seq = last_seq + $3, version = version + 1 WHERE workspace_id = $1 AND id = $2 RETURNING last_seq`,
      [this.workspaceId, who.conversationId, texts.length],
    );
    const ids = texts.map(() => uuidv7());
    for (const [i, text] of texts.entries()) {
      const seq = thread!.last_seq - texts.length + i + 1;
      const out = how.direction === 'out';
      await tx.execute(
        `INSERT INTO messages (workspace_id, id, conversation_id, channel_id, seq, direction, visibility, author_kind, author_id,
                               external_id, text, network_at, received_at, applied_at, delivery_state)
         VALUES ($1, $2, $3, $4, $5, $6, 'private', $7, $8, $9, $10, now(), now(), now(), $11)`,
        [
          this.workspaceId,
          ids[i],
          who.conversationId,
          this.channelId,
          seq,
          how.direction,
          out ? 'agent' : 'contact',
          out ? this.ada : null,
          out ? null : `mid-${ids[i]}`,
          text,
          how.state ?? null,
        ],
      );
      const subject = { conversationId: who.conversationId, contactId: who.contactId, messageId: ids[i] };
      outbox?.record(
        tx,
        out
          ? event(this.workspaceId, 'message.sent', SYSTEM, subject, [room.leads], {
              seq,
              visibility: 'private',
              author: 'agent',
            })
          : event(this.workspaceId, 'message.received', SYSTEM, subject, [room.leads], {
              seq,
              direction: 'in',
              kind: 'dm',
              opensWork: true,
            }),
      );
    }
    return ids;
  }
}
