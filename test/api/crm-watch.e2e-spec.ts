import { CrmWatchSweeper } from '../../src/crm/crm-watch.sweeper';
import { eventually } from '../harness';
import { type OutboundWorld, startOutboundWorld, type Thread } from '../outbound-world';
import { INTEGRATION_USER } from '../simulators/salesforce/org';
import { type SalesforceEmulator, startSalesforce } from '../simulators/salesforce/server';
import { appWith, CLIENT_ID, keyPair } from './crm-app';

let w: OutboundWorld;
let org: SalesforceEmulator;

beforeAll(async () => {
  const keys = keyPair();
  w = await startOutboundWorld();
  org = await startSalesforce({ seed: 7, apps: [appWith(keys.publicKey)] });
  await w.api.ok('PUT', '/crm/connection', {
    loginUrl: org.url,
    clientId: CLIENT_ID,
    username: INTEGRATION_USER,
    privateKey: keys.privateKey,
    settings: { coalesceMs: 0 },
  });
});
afterAll(async () => {
  await w?.t.close();
  await org?.close();
});

interface Ticket {
  id: string;
  contact_id: string;
}
const ticketOf = (thread: Thread) =>
  w.one<Ticket>(`SELECT id, contact_id FROM tickets WHERE conversation_id = $1`, [thread.conversationId]);
const snooze = (ticket: Ticket, on: string[] = ['crm']) => w.api.ok('PUT', `/tickets/${ticket.id}/snooze`, { on });
const isAsleep = async ({ id }: Ticket) =>
  (await w.one<{ asleep: boolean }>(`SELECT snoozed_at IS NOT NULL AS asleep FROM tickets WHERE id = $1`, [id])).asleep;
/** Five minutes have passed since the CRM was asked. */
const look = async () => {
  await w.rows(`UPDATE crm_connections SET watched_at = NULL`);
  return w.t.app.get(CrmWatchSweeper).sweep();
};
/** A connection that the sync holds just now is asked the next time. */
const wakes = (ticket: Ticket) => eventually(async () => (await look(), !(await isAsleep(ticket))), 20_000);
/** Everything told so far was heard by the tickets. */
const heard = () =>
  eventually(async () => {
    const [row] = await w.rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM domain_events e JOIN event_cursors c ON c.workspace_id = e.workspace_id
         AND c.subscriber = 'tickets.heard' WHERE e.position > c.position AND e.type LIKE 'crm.%'`,
    );
    return row!.n === 0;
  }, 20_000);

/** Somebody whose record in the CRM was changed last an hour ago, and a thread of theirs. */
async function customer(type: 'Contact' | 'Lead' = 'Contact') {
  org.setClockMs(Date.now() - 3_600_000);
  const [id] = org.seed(type, [{ LastName: 'Karimi', ...(type === 'Lead' ? { Company: 'K' } : {}) }]);
  org.setClockMs(undefined);
  const ticket = await ticketOf(await w.writes());
  await w.api.ok('POST', `/crm/contacts/${ticket.contact_id}/link`, { type, id });
  await heard();
  return { ticket, id: id! };
}
const changes = (id: string, fields: Record<string, string>) => {
  const def = org.org.schema.objectOfId(id)!;
  org.org.records.update(def, id, fields, org.org.crmScope());
};

describe('a ticket that sleeps until the CRM has news', () => {
  it.each(['Contact', 'Lead'] as const)('wakes when somebody there changes the %s, once', async (type) => {
    const { ticket, id } = await customer(type);
    const other = await customer(type);
    for (const each of [ticket, other.ticket]) await snooze(each);
    expect(await look()).toBe(0);
    expect(await isAsleep(ticket)).toBe(true);
    changes(id, { FirstName: 'Manager' });
    await wakes(ticket);
    expect(await isAsleep(other.ticket)).toBe(true);
    const { items } = await w.api.get<{ items: { type: string; data: object }[] }>(`/tickets/${ticket.id}/timeline`);
    expect(items.filter((one) => one.type === 'ticket.woken')).toMatchObject([{ data: { why: 'crm' } }]);
    expect(await look()).toBe(0);
  });

  it('wakes when a case of theirs is made or changed', async () => {
    const { ticket, id } = await customer();
    await snooze(ticket);
    org.seed('Case', [{ Subject: 'Refund', ContactId: id, Status: 'Closed' }]);
    await wakes(ticket);
    expect(await w.events('crm.changed')).toContainEqual(
      expect.objectContaining({ data: expect.objectContaining({ type: 'Case' }) }),
    );
  });

  it('sleeps on through what was changed before it fell asleep, and what we write ourselves', async () => {
    const { ticket, id } = await customer();
    org.setClockMs(Date.now() - 60_000);
    changes(id, { FirstName: 'Before' });
    org.setClockMs(undefined);
    await snooze(ticket);
    const own = { userId: String(org.find('User', { Username: INTEGRATION_USER })[0]!.Id) };
    const scope = { ...org.org.crmScope(), ...own };
    org.org.records.update(org.org.schema.objectOfId(id)!, id, { FirstName: 'Ours' }, scope);
    expect(await look()).toBe(0);
    expect(await isAsleep(ticket)).toBe(true);
  });

  it('one that sleeps for the customer only does not wake', async () => {
    const { ticket, id } = await customer();
    await snooze(ticket, ['reply']);
    changes(id, { FirstName: 'Chief' });
    await look();
    await heard();
    expect(await isAsleep(ticket)).toBe(true);
  });

  it('is asked about by one node at a time, and not again for minutes; what a failure hid is found afterwards', async () => {
    const { ticket, id } = await customer();
    await snooze(ticket);
    changes(id, { FirstName: 'Head' });
    const fault = org.faults.add({ path: 'query', effect: { kind: 'server_error' } });
    await eventually(async () => {
      expect(await look()).toBe(0);
      return (await w.rows(`SELECT 1 FROM crm_connections WHERE watched_at IS NOT NULL`)).length === 1;
    });
    org.faults.remove(fault);
    const sweeper = w.t.app.get(CrmWatchSweeper);
    expect(await sweeper.sweep()).toBe(0); // asked a moment ago
    await w.rows(`UPDATE crm_connections SET watched_at = NULL`);
    await eventually(async () => {
      await Promise.all([1, 2, 3].map(() => sweeper.sweep()));
      return !(await isAsleep(ticket));
    }, 20_000);
    const told = await w.rows(`SELECT 1 FROM domain_events WHERE type = 'crm.changed' AND contact_id = $1`, [
      ticket.contact_id,
    ]);
    expect(told).toHaveLength(1);
  });
});
