import { eventually } from '../harness';
import { INTEGRATION_USER } from '../simulators/salesforce/org';
import { type SalesforceEmulator, startSalesforce } from '../simulators/salesforce/server';
import { type CallJson, type CallsWorld, inHand, startCallsWorld } from './calls-world';
import { appWith, CLIENT_ID, keyPair } from './crm-app';

let world: CallsWorld;
let org: SalesforceEmulator;

beforeAll(async () => {
  const keys = keyPair();
  world = await startCallsWorld();
  org = await startSalesforce({ seed: 7, apps: [appWith(keys.publicKey)] });
  await world.t.owner.ok('PUT', '/crm/connection', {
    loginUrl: org.url,
    clientId: CLIENT_ID,
    username: INTEGRATION_USER,
    privateKey: keys.privateKey,
    settings: { coalesceMs: 0 },
  });
});
afterAll(async () => {
  await world?.close();
  await org?.close();
});

const tasks = () => org.find('Task');

/** Nothing waits for the CRM any more. */
const synced = () =>
  eventually(async () => {
    const [row] = await world.rows<{ n: number }>(
      `SELECT ((SELECT count(*) FROM crm_queue) + (SELECT count(*) FROM event_heads h JOIN event_cursors c
         ON c.workspace_id = h.workspace_id AND c.subscriber = 'crm' WHERE h.position > c.position))::int AS n`,
    );
    return row!.n === 0;
  }, 30_000);

async function attempt(id: string, outcome: Record<string, unknown>) {
  await world.ada.api.post(`/calls/${id}/claim`);
  await world.ada.api.post(`/calls/${id}/start`, { overrideReason: 'a test has no time' });
  return world.ada.api.post<CallJson>(`/calls/${id}/outcome`, outcome);
}

describe('calls in the CRM', () => {
  it('are one completed task for each attempt, on the conversation, however often they are sent', async () => {
    const { call } = await inHand(world, world.ada);
    await attempt(call.id, { outcome: 'no_answer' });
    const note = 'Sends a new parcel.\nAsked for a receipt.';
    await attempt(call.id, { outcome: 'answered_resolved', note, durationMs: 65_400 });
    await eventually(() => Promise.resolve(tasks().length === 2), 30_000);
    await synced();
    const [first, second] = tasks()
      .toSorted((a, b) => String(a.CallDisposition).localeCompare(String(b.CallDisposition)))
      .toReversed();
    const [conversation] = org.find('Social_Conversation__c');
    expect(first).toMatchObject({ CallDisposition: 'no_answer', Status: 'Completed', CallDurationInSeconds: null });
    expect(second).toMatchObject({
      Subject: 'Call: answered resolved',
      TaskSubtype: 'Call',
      CallType: 'Outbound',
      CallDurationInSeconds: 65,
      Description: `${note}\n— Agent`,
      WhatId: conversation!.Id,
    });
    expect(new Set(tasks().map((task) => task.Social_Task_Key__c)).size).toBe(2);
    const before = tasks().map(({ Id }) => Id);
    await world.rows(
      `INSERT INTO crm_queue (workspace_id, connection_id, entity, entity_id, rank, changed_at)
       SELECT l.workspace_id, l.connection_id, 'call', l.entity_id, 4, now() FROM crm_links l WHERE l.entity = 'call'`,
    );
    await world.rows(`DELETE FROM crm_links WHERE entity = 'call'`); // as if the answers had been lost
    await attemptElsewhere();
    await synced();
    expect(
      tasks()
        .slice(0, 2)
        .map(({ Id }) => Id),
    ).toEqual(before);
    expect(tasks()).toHaveLength(3);
  });

  /** Something else to send, which wakes the sync. */
  async function attemptElsewhere(): Promise<void> {
    const { call } = await inHand(world, world.ada);
    await attempt(call.id, { outcome: 'cancelled_by_customer' });
    await eventually(() => Promise.resolve(tasks().length === 3), 30_000);
  }
});
