import type { Batch, Outgoing } from './crm-batches';
import { classifyRow, type Failure } from './salesforce/errors';
import { type CrmRecord, lostItsLookup, mended } from './salesforce/mapping';
import { MAX_ROWS, type RowResult, type SalesforceClient } from './salesforce/salesforce.client';

/** A record as it fared. */
export interface Sent {
  out: Outgoing;
  /** Its id in the CRM; '' when a refused one has none. */
  id: string;
  failure: Failure | null;
  /** The record it looked up in the CRM is gone: its person must be found anew. */
  lostLookup: boolean;
}

/**
 * Writes a batch, 200 records a call, in the order given. Rows are refused one by one and the others stand; those we
 * can mend are sent once more. @throws CallFailed when a whole call failed: its outcome is unknown, and repeating it is
 * safe because records are found by key
 */
export async function sendBatch(client: SalesforceClient, batch: Batch): Promise<Sent[]> {
  const sent = await write(
    client,
    batch,
    batch.outgoing.map((out) => ({ out, record: out.record })),
  );
  const second: { at: number; record: CrmRecord }[] = [];
  for (const [at, { out, failure }] of sent.entries()) {
    if (failure?.kind !== 'fix') continue;
    const lost = lostItsLookup(out.record, failure.code);
    if (lost && out.byHand && batch.entity === 'contact') continue; // a person linked it, a person must say what now
    const record = mended(out.record, failure);
    if (!record) continue;
    sent[at]!.lostLookup = lost;
    second.push({ at, record });
  }
  if (second.length === 0) return sent;
  const again = await write(
    client,
    batch,
    second.map(({ at, record }) => ({ out: sent[at]!.out, record })),
  );
  for (const [i, { at }] of second.entries()) sent[at] = { ...again[i]!, lostLookup: sent[at]!.lostLookup };
  return sent;
}

async function write(
  client: SalesforceClient,
  { target }: Batch,
  records: readonly { out: Outgoing; record: CrmRecord }[],
): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (let from = 0; from < records.length; from += MAX_ROWS) {
    const chunk = records.slice(from, from + MAX_ROWS);
    const results = await client.upsert(
      target.type,
      target.key,
      chunk.map(({ record }) => record),
    );
    sent.push(...chunk.map(({ out }, i) => sentOf(out, results[i]!)));
  }
  return sent;
}

const sentOf = (out: Outgoing, result: RowResult): Sent => ({
  out,
  id: result.id ?? '',
  failure: result.success && result.id ? null : classifyRow(result.errors), // without an id children would wait for ever
  lostLookup: false,
});
