import type { ApiClient } from '../support/api-client';
import { type CareBooks, readCare, tallyCare } from './care-books';
import type { CareDesk } from './care-desk';
import { LEILA, LINKED_HANDLES } from './cast';
import type { Played } from './day';
import { type LiveNetwork, unmatched } from './live-network';
import type { Scores } from './scores';
import type { ScriptedAgent } from './scripted-agent';
import type { Message, Page, Ticket } from './shapes';
import type { World } from './world';

const SETTLES_WITHIN_MS = 60_000;
const AT_ONCE = 8;
const WORK = new Set(['bot', 'outbound', 'crm', 'tickets', 'rules', 'sla', 'calls', 'routing']);
const DELIVERED = new Set(['sent', 'delivered', 'read']);
const ON_THE_WAY = new Set(['queued', 'sending', 'unknown']);

export interface Tally {
  lines: string[];
  /** What does not add up; nothing when all is well. */
  problems: string[];
}

interface Alarm {
  message: { fa: string; en: string };
  clearedAt: string | null;
}

/** What the product says it holds. */
interface Books {
  tickets: Ticket[];
  conversations: number;
  messages: Message[];
  /** Kinds of channel by conversation. */
  kinds: ReadonlyMap<string, string>;
}

/**
 * Waits until nothing is on its way any more, then compares books that know nothing of each other: what customers did
 * and saw at the networks, what the product holds, what its reports count, and what stands in the CRM.
 */
export async function tally(
  world: World,
  played: Played,
  agents: readonly ScriptedAgent[],
  { care, scores }: { care: CareDesk; scores: Scores },
): Promise<Tally> {
  await Promise.all(world.networks.map((network) => network.idle()));
  const books = await settled(world, played, care, scores);
  const { owner, salesforce } = world;
  const problems: string[] = [];
  const check = (holds: boolean, problem: string) => void (holds || problems.push(problem));

  const received = books.messages.filter(({ direction }) => direction === 'in').length;
  const asked = customerMessages(world, played);
  check(received === asked, `customers wrote ${asked} messages, the product holds ${received}`);

  const sent = books.messages.filter(({ author, direction }) => direction === 'out' && author.kind !== 'account');
  const delivered = sent.filter(({ delivery }) => DELIVERED.has(delivery?.state ?? ''));
  const bounced = world.networks.reduce((sum, network) => sum + network.bounced(), 0);
  const stuck = sent.filter((message) => !delivered.includes(message)).map(({ delivery }) => delivery?.reason ?? '?');
  check(
    stuck.length === bounced,
    `${stuck.length} replies were not delivered (${[...new Set(stuck)].join('; ')}), and ${bounced} bounced`,
  );
  const byNetwork = world.networks.map((network) => tallyNetwork(network, books, check));

  const { effects: notices } = world.sims.eitaa;
  check(notices.length === played.notices, `followers saw ${notices.length} of ${played.notices} notices`);

  const byBot = sent.filter(({ author }) => author.kind === 'bot').length;
  check(played.botQuestions === 0 || byBot > 0, 'the bot answered nothing');
  const own = books.conversations - care.mailThreads.length;
  check(books.tickets.length >= own, 'a conversation has no ticket');

  const mirrored = salesforce.find('Social_Message__c').length;
  const recorded = received + books.messages.filter(({ direction }) => direction === 'out').length;
  // what bounced before the CRM heard of it never stands there
  check(
    mirrored <= recorded && mirrored >= recorded - bounced,
    `${recorded} messages, of which ${mirrored} stand in the CRM`,
  );
  const threads = salesforce.find('Social_Conversation__c').length;
  check(threads === books.conversations, `${books.conversations} conversations, of which ${threads} stand in the CRM`);
  const linked = new Set(
    salesforce.find('Social_Persona__c').flatMap(({ Contact__c }) => (Contact__c ? [String(Contact__c)] : [])),
  );
  for (const { Id, LastName } of expectedContacts(world, played)) {
    check(linked.has(String(Id)), `the contact ${String(LastName)} is not linked`);
  }
  const [sahar] = salesforce.find('Social_Persona__c', { Handle__c: 'sahar.moradi' });
  check(!sahar?.Contact__c, 'a handle that stands twice in the CRM was linked to one of them');

  const files = books.messages.flatMap(({ attachments }) => attachments);
  const kept = files.filter(({ state }) => state === 'stored').length;
  const missed = files.filter(({ state }) => state !== 'stored' && state !== 'linked');
  check(missed.length === 0, `${missed.length} files were not fetched (${missed.map(({ kind }) => kind).join(', ')})`);

  const failed = (await owner.get<Page<unknown>>('/inbound-events?state=failed')).items.length;
  check(failed === 0, `${failed} webhooks failed`);
  const parked = (await owner.get<Page<unknown>>('/jobs?state=parked')).items.length;
  check(parked === 0, `${parked} jobs are parked`);

  for (const { id, name } of await every<{ id: string; name: string }>(owner, '/channels', 'cursor')) {
    const { alarms } = await owner.get<{ alarms: Alarm[] }>(`/channels/${id}/health`);
    for (const { message, clearedAt } of alarms) check(clearedAt !== null, `${name} alarms: ${message.en}`);
  }

  const { tickets, messages } = books;
  const careLines = tallyCare(books.care, { tickets, messages, played, care, scores }, check);
  const refusals = [...agents, care].flatMap((colleague) => colleague.refusals);
  const lines = [
    `customer messages       ${received}`,
    `tickets                 ${books.tickets.length}`,
    `replies delivered       ${delivered.length}, of them by the bot ${byBot} (asked ${played.botQuestions} times)`,
    `seen twice by customers ${byNetwork.reduce((sum, { again }) => sum + again, 0)}`,
    ...byNetwork.map(({ line }) => line),
    `told to followers       ${notices.length} notices`,
    `files kept              ${kept}`,
    `scenario                ${played.steps.done} steps over ${played.days} days, ${played.steps.left} left out`,
    `contacts linked         ${linked.size} in the CRM, with ${threads} conversations and ${mirrored} messages`,
    ...careLines,
    ...(refusals.length > 0
      ? [`agents were held back   ${refusals.length} times: ${[...new Set(refusals)].join('; ')}`]
      : []),
  ];
  return { lines, problems };
}

/** Reads until two looks in a row find no work left anywhere, or until the time is up. */
async function settled(
  world: World,
  played: Played,
  kian: CareDesk,
  scores: Scores,
): Promise<Books & { care: CareBooks }> {
  const end = Date.now() + SETTLES_WITHIN_MS;
  let quiet = 0;
  for (;;) {
    const [books, queue, jobs] = await Promise.all([
      readBooks(world.owner, kian),
      world.owner.get<{ waiting: number }>('/crm/queue'),
      world.owner.get<{ items: { queue: string; ready: number; running: number }[] }>('/jobs/counts'),
    ]);
    const received = books.messages.filter(({ direction }) => direction === 'in').length;
    const onTheWay = books.messages.some(({ delivery }) => delivery !== null && ON_THE_WAY.has(delivery.state));
    const working = jobs.items.some(({ queue: name, ready, running }) => WORK.has(name) && ready + running > 0);
    const fetching = books.messages.some(({ attachments }) => attachments.some(({ state }) => state === 'pending'));
    const busy = onTheWay || working || fetching || queue.waiting > 0;
    const done = received >= customerMessages(world, played) && !busy;
    quiet = done ? quiet + 1 : 0;
    if (quiet >= 2 || Date.now() > end) {
      const care = await readCare(world.owner, kian, every);
      const behind: string[] = []; // reports follow what happens, a moment later
      const { tickets, messages } = books;
      const done = { tickets, messages, played, care: kian, scores };
      tallyCare(care, done, (holds, problem) => void (holds || behind.push(problem)));
      if (behind.length === 0 || Date.now() > end) return { ...books, care };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function readBooks(owner: ApiClient, care: CareDesk): Promise<Books> {
  const tickets = new Map<string, Ticket>();
  for (const view of ['all', 'solved']) {
    for (const ticket of await every<Ticket>(owner, `/tickets?view=${view}`, 'cursor')) tickets.set(ticket.id, ticket);
  }
  const kinds = new Map([...tickets.values()].map(({ conversationId, channel }) => [conversationId, channel.kind]));
  for (const thread of care.mailThreads) kinds.set(thread, 'email'); // work of a ticket that began elsewhere
  const conversations = [...kinds.keys()];
  const messages: Message[] = [];
  for (let from = 0; from < conversations.length; from += AT_ONCE) {
    const some = conversations.slice(from, from + AT_ONCE);
    const pages = await Promise.all(
      some.map((id) => every<Message>(owner, `/conversations/${id}/messages`, 'after', '0')),
    );
    messages.push(...pages.flat());
  }
  return {
    tickets: [...tickets.values()],
    conversations: conversations.length,
    messages,
    kinds,
  };
}

async function every<T>(owner: ApiClient, path: string, cursorName: string, first: string | null = null): Promise<T[]> {
  const all: T[] = [];
  let cursor = first;
  do {
    const from = cursor === null ? '' : `&${cursorName}=${encodeURIComponent(cursor)}`;
    const page: Page<T> = await owner.get(`${path}${path.includes('?') ? '&' : '?'}limit=100${from}`);
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return all;
}

/** Compares what a network's people did and saw with what the product holds of its channels. */
function tallyNetwork(network: LiveNetwork, books: Books, check: (holds: boolean, problem: string) => void) {
  const { title, kinds } = network;
  const of = messagesOf(books, kinds);
  const [wrote, received] = [network.wrote(), of.filter(({ direction }) => direction === 'in').length];
  check(received === wrote, `${title}: customers wrote ${wrote} messages, the product holds ${received}`);
  const out = of.filter(({ author, direction }) => direction === 'out' && author.kind !== 'account');
  const sent = out.filter(({ delivery }) => DELIVERED.has(delivery?.state ?? ''));
  const seen = network.seen();
  const unseen = unmatched(
    sent.map(({ text }) => text),
    seen,
  );
  check(
    seen.length === sent.length + network.bounced(),
    `${title}: customers saw ${seen.length} replies, the product sent ${sent.length}` +
      (unseen.length === sent.length - seen.length ? `; not seen: ${unseen.join(' | ')}` : ''),
  );
  const again = network.seenAgain(out.map(({ text }) => text));
  check(again === 0, `${title}: ${again} replies were seen twice`);
  const { left, lost } = network.posts();
  check(lost === 0, `${title}: ${lost} webhooks were never acknowledged`);
  const bounced = network.bounced() > 0 ? `, ${network.bounced()} bounced` : '';
  const posts = left > 0 ? `, ${left} webhooks` : '';
  return { again, line: `  ${title.padEnd(24)}wrote ${wrote}, were answered ${seen.length} times${bounced}${posts}` };
}

function messagesOf({ messages, kinds: known }: Books, kinds: readonly string[]): Message[] {
  return messages.filter(({ conversationId }) => kinds.includes(known.get(conversationId) ?? ''));
}

/** As the networks and the visitors know it. */
function customerMessages({ networks }: World, { visitors }: Played): number {
  const wrote = networks.reduce((sum, network) => sum + network.wrote(), 0);
  return wrote + visitors.reduce((sum, { written }) => sum + written, 0);
}

/** Contacts who stand once in the CRM, for everybody among them who wrote where we know them by handle or address. */
function expectedContacts({ meta, salesforce }: World, { visitors }: Played) {
  const { comments, posts, accounts } = meta.world;
  const onInstagram = new Set(
    [...comments.values()]
      .filter(({ postId }) => accounts.get(posts.get(postId)!.accountId)!.platform === 'instagram')
      .map(({ personKey }) => personKey),
  );
  const handles = Object.entries(LINKED_HANDLES).filter(([key]) => onInstagram.has(key));
  return [
    ...handles.flatMap(([, LastName]) => salesforce.find('Contact', { LastName })),
    ...(visitors.some(({ vouchedFor }) => vouchedFor) ? salesforce.find('Contact', { Email: LEILA.email }) : []),
  ];
}
