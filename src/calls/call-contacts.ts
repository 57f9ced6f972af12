import { Injectable } from '@nestjs/common';
import { room } from '../outbox/audience';
import { type Actor, event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import type { Tx } from '../platform/database';

export interface ContactToCall {
  id: string;
  name: string | null;
  locale: string | null;
  tier: string | null;
  phone: string | null;
  phoneVerifiedAt: Date | null;
  phoneBadAt: Date | null;
  noCallsAt: Date | null;
}

/** What calls tell of a contact's number. Contacts are locked after conversations and promises. */
@Injectable()
export class CallContacts {
  constructor(
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async find(tx: Tx, workspaceId: string, id: string): Promise<ContactToCall> {
    // $1 workspace, $2 contact
    const [row] = await tx.query<ContactToCall>(
      `SELECT id, name, locale, tier, phone, phone_verified_at AS "phoneVerifiedAt", phone_bad_at AS "phoneBadAt",
              no_calls_at AS "noCallsAt" FROM contacts WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id],
    );
    return row!;
  }

  /** The number they gave: kept where none that proved right stands already. Their consent takes back a wish not to be called. */
  async given(tx: Tx, workspaceId: string, id: string, phone: string, actor: Actor): Promise<void> {
    // $1 workspace, $2 contact, $3 number
    await tx.execute(
      'UPDATE contacts SET no_calls_at = NULL WHERE workspace_id = $1 AND id = $2 AND no_calls_at IS NOT NULL',
      [workspaceId, id],
    );
    const changed = await tx.execute(
      `UPDATE contacts SET phone = $3, phone_verified_at = NULL, phone_bad_at = NULL, version = version + 1, updated_at = now()
       WHERE workspace_id = $1 AND id = $2 AND phone IS DISTINCT FROM $3 AND (phone_verified_at IS NULL OR phone_bad_at IS NOT NULL)`,
      [workspaceId, id, phone],
    );
    if (changed > 0) this.tell(tx, workspaceId, id, actor, ['phone']);
  }

  /** They answered there. */
  async answered(tx: Tx, workspaceId: string, id: string, phone: string, actor: Actor): Promise<void> {
    // $1 workspace, $2 contact, $3 number, $4 now
    const changed = await tx.execute(
      `UPDATE contacts SET phone_verified_at = $4, phone_bad_at = NULL, version = version + 1, updated_at = $4
       WHERE workspace_id = $1 AND id = $2 AND phone = $3 AND (phone_verified_at IS NULL OR phone_bad_at IS NOT NULL)`,
      [workspaceId, id, phone, this.clock.now()],
    );
    if (changed > 0) this.tell(tx, workspaceId, id, actor, ['phoneVerifiedAt']);
  }

  /** Somebody else answered there, or the number does not exist. */
  async wrong(tx: Tx, workspaceId: string, id: string, phone: string, actor: Actor): Promise<void> {
    // $1 workspace, $2 contact, $3 number, $4 now
    const changed = await tx.execute(
      `UPDATE contacts SET phone_bad_at = $4, phone_verified_at = NULL, version = version + 1, updated_at = $4
       WHERE workspace_id = $1 AND id = $2 AND phone = $3 AND phone_bad_at IS NULL`,
      [workspaceId, id, phone, this.clock.now()],
    );
    if (changed > 0) this.tell(tx, workspaceId, id, actor, ['phoneVerifiedAt', 'phoneBadAt']);
  }

  async noMoreCalls(tx: Tx, workspaceId: string, id: string): Promise<void> {
    // $1 workspace, $2 contact, $3 now
    await tx.execute(
      'UPDATE contacts SET no_calls_at = $3 WHERE workspace_id = $1 AND id = $2 AND no_calls_at IS NULL',
      [workspaceId, id, this.clock.now()],
    );
  }

  private tell(tx: Tx, workspaceId: string, contactId: string, actor: Actor, fields: string[]): void {
    this.outbox.record(
      tx,
      event(workspaceId, 'contact.changed', actor, { contactId }, [room.leads, room.lobby], { fields }),
    );
  }
}
