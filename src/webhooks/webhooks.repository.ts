import { Injectable } from '@nestjs/common';
import { type Tx, violatedConstraint } from '../platform/database';
import { DomainError } from '../platform/errors';
import { hasRoom } from '../platform/room';
import type { Sealed } from '../platform/secrets';

export interface Endpoint {
  id: string;
  name: string;
  url: string;
  /** Empty: all that are told outside. */
  types: string[];
  credentials: Sealed;
  disabledAt: Date | null;
  disabledReason: string | null;
  failingSince: Date | null;
  createdAt: Date;
}

export type DeliveryState = 'waiting' | 'delivered' | 'failed';

export interface DeliveryLine {
  id: string;
  endpointId: string;
  cause: string;
  type: string;
  state: DeliveryState;
  attempts: number;
  nextTryAt: Date;
  lastStatus: number | null;
  lastError: string | null;
  lastMs: number | null;
  createdAt: Date;
  settledAt: Date | null;
}

export interface Delivery extends DeliveryLine {
  /** What is sent, byte for byte. */
  body: string;
  /** The beginning of what was answered last. */
  lastAnswer: string | null;
}

export interface NewDelivery {
  id: string;
  endpointId: string;
  cause: string;
  type: string;
  body: string;
}

/** How a try ended, as it is written down. */
export interface Tried {
  state: DeliveryState;
  nextTryAt: Date;
  status: number | null;
  error: string | null;
  answer: string | null;
  ms: number;
}

const ENDPOINT = `id, name, url, types, credentials, disabled_at AS "disabledAt", disabled_reason AS "disabledReason",
  failing_since AS "failingSince", created_at AS "createdAt"`;
const LINE = `id, endpoint_id AS "endpointId", cause, type, state, attempts, next_try_at AS "nextTryAt", last_status AS "lastStatus",
  last_error AS "lastError", last_ms AS "lastMs", created_at AS "createdAt", settled_at AS "settledAt"`;
const DELIVERY = `${LINE}, body, last_answer AS "lastAnswer"`;

/** All SQL on endpoints and their deliveries. */
@Injectable()
export class WebhooksRepository {
  endpoints(tx: Tx, workspaceId: string): Promise<Endpoint[]> {
    return tx.query<Endpoint>(
      `SELECT ${ENDPOINT} FROM webhook_endpoints WHERE workspace_id = $1 ORDER BY name`,
      [workspaceId],
      'webhook_endpoints',
    );
  }

  async endpoint(tx: Tx, workspaceId: string, id: string): Promise<Endpoint | undefined> {
    const [row] = await tx.query<Endpoint>(
      `SELECT ${ENDPOINT} FROM webhook_endpoints WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id],
    );
    return row;
  }

  async lockEndpoint(tx: Tx, workspaceId: string, id: string): Promise<Endpoint | undefined> {
    const [row] = await tx.query<Endpoint>(
      `SELECT ${ENDPOINT} FROM webhook_endpoints WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE`,
      [workspaceId, id],
      'webhook_endpoint_lock',
    );
    return row;
  }

  hasRoom(tx: Tx, workspaceId: string, most: number): Promise<boolean> {
    const room = { kind: 'webhook_endpoints', owner: workspaceId, most };
    return hasRoom(tx, room, 'SELECT 1 FROM webhook_endpoints WHERE workspace_id = $1', [workspaceId]);
  }

  /** Makes or replaces an endpoint. @throws DomainError `conflict` when another one has its name */
  async saveEndpoint(tx: Tx, workspaceId: string, endpoint: Omit<Endpoint, 'createdAt'>): Promise<void> {
    // $1 workspace, $2 id, $3 name, $4 url, $5 types, $6 sealed secrets, $7 disabled, $8 why, $9 failing since
    await tx
      .execute(
        `INSERT INTO webhook_endpoints (workspace_id, id, name, url, types, credentials, disabled_at, disabled_reason, failing_since)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, url = excluded.url, types = excluded.types,
           credentials = excluded.credentials, disabled_at = excluded.disabled_at, disabled_reason = excluded.disabled_reason,
           failing_since = excluded.failing_since`,
        [
          workspaceId,
          endpoint.id,
          endpoint.name,
          endpoint.url,
          endpoint.types,
          JSON.stringify(endpoint.credentials),
          endpoint.disabledAt,
          endpoint.disabledReason,
          endpoint.failingSince,
        ],
        'webhook_endpoint_save',
      )
      .catch((error: unknown) => {
        if (violatedConstraint(error) !== 'webhook_endpoints_name_key') throw error;
        throw new DomainError('conflict', 'There is an endpoint of this name already; choose another one.');
      });
  }

  async deleteEndpoint(tx: Tx, workspaceId: string, id: string): Promise<boolean> {
    return (
      (await tx.execute('DELETE FROM webhook_endpoints WHERE workspace_id = $1 AND id = $2', [workspaceId, id])) > 0
    );
  }

  /** Writes what is to be sent; the same cause makes one delivery an endpoint. */
  async insert(tx: Tx, workspaceId: string, deliveries: readonly NewDelivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    // $1 workspace, $2 ids, $3 endpoints, $4 causes, $5 types, $6 bodies
    await tx.execute(
      `INSERT INTO webhook_deliveries (workspace_id, id, endpoint_id, cause, type, body)
       SELECT $1, u.* FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[]) AS u
       ON CONFLICT (workspace_id, endpoint_id, cause) DO NOTHING`,
      [
        workspaceId,
        deliveries.map((d) => d.id),
        deliveries.map((d) => d.endpointId),
        deliveries.map((d) => d.cause),
        deliveries.map((d) => d.type),
        deliveries.map((d) => d.body),
      ],
      'webhook_deliveries_insert',
    );
  }

  /** Takes an endpoint's due deliveries, oldest first, for `holdMs`; each try is counted as it begins. */
  take(tx: Tx, workspaceId: string, endpointId: string, limit: number, holdMs: number): Promise<Delivery[]> {
    // $1 workspace, $2 endpoint, $3 how many, $4 hold in ms
    return tx.query<Delivery>(
      `UPDATE webhook_deliveries SET attempts = attempts + 1, held_until = now() + $4 * interval '1 millisecond'
       WHERE workspace_id = $1 AND id IN (
         SELECT id FROM webhook_deliveries
         WHERE workspace_id = $1 AND endpoint_id = $2 AND state = 'waiting' AND next_try_at <= now()
           AND (held_until IS NULL OR held_until <= now())
         ORDER BY next_try_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
       RETURNING ${DELIVERY}`,
      [workspaceId, endpointId, limit, holdMs],
      'webhook_deliveries_take',
    );
  }

  /** Writes how a try ended, unless somebody settled the delivery meanwhile. */
  async settle(tx: Tx, workspaceId: string, delivery: Pick<Delivery, 'id' | 'attempts'>, tried: Tried): Promise<void> {
    // $1 workspace, $2 delivery, $3 the try, $4 state, $5 next try, $6 status, $7 error, $8 answer, $9 ms
    await tx.execute(
      `UPDATE webhook_deliveries SET state = $4, next_try_at = $5, last_status = $6, last_error = $7, last_answer = $8,
         last_ms = $9, held_until = NULL, settled_at = CASE WHEN $4 = 'waiting' THEN NULL ELSE now() END
       WHERE workspace_id = $1 AND id = $2 AND attempts = $3 AND state = 'waiting'`,
      [
        workspaceId,
        delivery.id,
        delivery.attempts,
        tried.state,
        tried.nextTryAt,
        tried.status,
        tried.error,
        tried.answer,
        tried.ms,
      ],
      'webhook_deliveries_settle',
    );
  }

  /** Whether anything got through: `null` from then on, else since the first failure. */
  async noteFailing(tx: Tx, workspaceId: string, endpointId: string, since: Date | null): Promise<Date | null> {
    // $1 workspace, $2 endpoint, $3 null when reached, else the instant of this failure
    const [row] = await tx.query<{ since: Date | null }>(
      `UPDATE webhook_endpoints SET failing_since = CASE WHEN $3::timestamptz IS NULL THEN NULL ELSE coalesce(failing_since, $3) END
       WHERE workspace_id = $1 AND id = $2 RETURNING failing_since AS since`,
      [workspaceId, endpointId, since],
      'webhook_endpoint_failing',
    );
    return row?.since ?? null;
  }

  /**
   * When the next delivery of an endpoint is due, if one waits: the first of what nobody holds, or of what is let go.
   * Both are the head of an index, however many wait for a receiver that is down.
   */
  async nextDue(tx: Tx, workspaceId: string, endpointId: string): Promise<Date | null> {
    // $1 workspace, $2 endpoint
    const [row] = await tx.query<{ at: Date | null }>(
      `SELECT least(
         (SELECT next_try_at FROM webhook_deliveries WHERE workspace_id = $1 AND endpoint_id = $2 AND state = 'waiting'
            AND held_until IS NULL ORDER BY next_try_at LIMIT 1),
         (SELECT held_until FROM webhook_deliveries WHERE workspace_id = $1 AND endpoint_id = $2 AND state = 'waiting'
            AND held_until IS NOT NULL ORDER BY held_until LIMIT 1)) AS at`,
      [workspaceId, endpointId],
      'webhook_deliveries_next',
    );
    return row?.at ?? null;
  }

  /** An endpoint's deliveries, newest first. */
  list(
    tx: Tx,
    workspaceId: string,
    endpointId: string,
    filter: { state?: DeliveryState; before?: string },
    limit: number,
  ): Promise<DeliveryLine[]> {
    // $1 workspace, $2 endpoint, $3 state, $4 id to go on from, $5 how many
    return tx.query<DeliveryLine>(
      `SELECT ${LINE} FROM webhook_deliveries
       WHERE workspace_id = $1 AND endpoint_id = $2 AND ($3::text IS NULL OR state = $3) AND ($4::uuid IS NULL OR id < $4)
       ORDER BY id DESC LIMIT $5`,
      [workspaceId, endpointId, filter.state ?? null, filter.before ?? null, limit],
    );
  }

  async find(tx: Tx, workspaceId: string, endpointId: string, id: string): Promise<Delivery | undefined> {
    const [row] = await tx.query<Delivery>(
      `SELECT ${DELIVERY} FROM webhook_deliveries WHERE workspace_id = $1 AND endpoint_id = $2 AND id = $3`,
      [workspaceId, endpointId, id],
    );
    return row;
  }

  /** Sends again, from the first try on, what is settled: one delivery, or all of an endpoint that failed since an instant. */
  rearm(
    tx: Tx,
    workspaceId: string,
    endpointId: string,
    which: { id: string } | { failedSince: Date },
  ): Promise<number> {
    // $1 workspace, $2 endpoint, $3 delivery, $4 made since
    return tx.execute(
      `UPDATE webhook_deliveries SET state = 'waiting', attempts = 0, next_try_at = now(), held_until = NULL, settled_at = NULL
       WHERE workspace_id = $1 AND endpoint_id = $2 AND state <> 'waiting'
         AND (id = $3::uuid OR ($3::uuid IS NULL AND state = 'failed' AND created_at >= $4))`,
      [workspaceId, endpointId, 'id' in which ? which.id : null, 'failedSince' in which ? which.failedSince : null],
      'webhook_deliveries_rearm',
    );
  }
}
