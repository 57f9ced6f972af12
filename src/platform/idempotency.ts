import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Tx } from './database';
import { DomainError } from './errors';

const KEY = /^[\x21-\x7e]{1,200}$/;

/** The stored answer of a request, replayed word for word when it comes again. */
@Injectable()
export class Idempotency {
  /**
   * Runs `work` once for a key. Both commit together, so a crash leaves neither; a second request with the key waits for
   * the first and gets its answer.
   * @throws DomainError `idempotency_key_reused` when the key came with another body before
   */
  async once<T extends object>(
    tx: Tx,
    workspaceId: string,
    key: string | undefined,
    request: unknown,
    work: () => Promise<T>,
  ): Promise<T> {
    if (key === undefined) return work();
    if (!KEY.test(key))
      throw new DomainError('bad_request', 'Idempotency-Key must be 1 to 200 visible ASCII characters.');
    const hash = createHash('sha256').update(JSON.stringify(request)).digest();
    const made = await tx.execute(
      `INSERT INTO idempotency_keys (workspace_id, key, request_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [workspaceId, key, hash],
      'idempotency_make',
    );
    if (made === 0) {
      const [row] = await tx.query<{ request_hash: Buffer; response: T }>(
        `SELECT request_hash, response FROM idempotency_keys WHERE workspace_id = $1 AND key = $2`,
        [workspaceId, key],
        'idempotency_find',
      );
      if (row?.request_hash.equals(hash)) return row.response;
      throw new DomainError(
        'idempotency_key_reused',
        'This Idempotency-Key was used for another request; take a new one.',
      );
    }
    const response = await work();
    await tx.execute(
      `UPDATE idempotency_keys SET status = 201, response = $3 WHERE workspace_id = $1 AND key = $2`,
      [workspaceId, key, JSON.stringify(response)],
      'idempotency_keep',
    );
    return response;
  }
}
