import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type DeliverySettings } from './deliveries';
import { type JsonObject } from './events';
import { type FaultRule } from './faults';
import { json, readBody } from './http';
import { type MetaOptions, type MetaSimulator, type Usage } from './server';
import { type TokenState } from './world';

const ACTIONS = [
  'comment',
  'editComment',
  'removeComment',
  'hideComment',
  'reactToComment',
  'postOnPage',
  'mention',
  'directMessage',
  'editMessage',
  'unsendMessage',
  'reactToMessage',
  'readMessages',
  'deliverMessages',
  'postback',
  'replyFromOtherTool',
  'block',
  'dropSubscription',
  'consent',
] as const;

type Action = (typeof ACTIONS)[number];

const isAction = (name: string): name is Action => (ACTIONS as readonly string[]).includes(name);

type Verb = (simulator: MetaSimulator, body: JsonObject, url: URL) => unknown;

/**
 * The same operations the methods offer, for another process: `/__sim/<what>`. Bodies are the methods' arguments and
 * are trusted: this plane is for tests on loopback.
 */
const ROUTES: Record<string, Verb> = {
  'GET state': (simulator) => state(simulator),
  'GET effects': (simulator) => ({ effects: simulator.effects.all, duplicates: simulator.effects.duplicates() }),
  'GET deliveries': (simulator) => ({
    held: simulator.deliveries.heldCount,
    deliveries: simulator.deliveries.records.map(({ body, ...record }) => ({
      ...record,
      body: body.toString('ascii'),
    })),
  }),
  'GET calls': (simulator) => ({ calls: simulator.calls }),
  'GET faults': (simulator) => ({ faults: simulator.faults.list() }),
  'POST faults': (simulator, body) => ({ id: simulator.faults.add(body as unknown as FaultRule) }),
  'DELETE faults': (simulator) => {
    simulator.faults.clear();
    return {};
  },
  'POST flush': (simulator, body) => {
    simulator.deliveries.flush(body);
    return {};
  },
  'POST redeliver': (simulator, body) => {
    simulator.deliveries.redeliver(body['ids'] as number[] | undefined);
    return {};
  },
  'POST raw': (simulator, body) => {
    simulator.deliveries.sendBytes(Buffer.from(String(body['bytes']), 'utf8'), body['signature'] as string | undefined);
    return {};
  },
  'POST idle': async (simulator) => {
    await simulator.deliveries.idle();
    return {};
  },
  'PATCH delivery': (simulator, body) =>
    Object.assign(simulator.deliveries.settings, body as Partial<DeliverySettings>),
  'PATCH settings': (simulator, body) => Object.assign(simulator.settings, body as MetaOptions),
  'PATCH usage': (simulator, body) => Object.assign(simulator.usage, body as Partial<Usage>),
  'POST clock': (simulator, body) => {
    const { world } = simulator;
    world.setClock(typeof body['ms'] === 'number' ? body['ms'] : world.now() + Number(body['advanceMs'] ?? 0));
    return { now: world.now() };
  },
  'POST token': (simulator, body) => {
    const token = simulator.world.tokens.get(String(body['value']));
    if (token) token.state = body['state'] as TokenState;
    return { found: token !== undefined };
  },
  'POST account': (simulator, body) =>
    simulator.world.addAccount(body as unknown as Parameters<typeof simulator.world.addAccount>[0]),
  'POST person': ({ world }, body) => {
    const { key, name, username, facebookId } = body as Record<string, string | undefined>;
    if (!key) throw new Error('A person needs a key, a name and a username.');
    return { key: world.addPerson(key, name ?? key, username ?? key, { facebookId }).key };
  },
  'POST post': ({ world }, body) => world.addPost(body as unknown as Parameters<typeof world.addPost>[0]),
};

export async function handleControl(
  simulator: MetaSimulator,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const answer = (status: number, body: unknown) => json(response, status, body);
  const text = await readBody(request);
  const [, , what = '', name = ''] = url.pathname.split('/');
  const verb = ROUTES[`${request.method} ${what}`];
  try {
    const body = (text === '' ? {} : JSON.parse(text)) as JsonObject;
    if (request.method === 'POST' && what === 'act' && isAction(name)) {
      const act = simulator.act[name].bind(simulator.act) as (action: JsonObject) => unknown;
      answer(200, act(body) ?? {});
    } else if (verb) {
      answer(200, await verb(simulator, body, url));
    } else {
      answer(404, { error: 'unknown', routes: Object.keys(ROUTES), actions: ACTIONS });
    }
  } catch (error) {
    answer(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

/** The whole world as JSON; maps and sets become objects and lists. */
function state({ world }: MetaSimulator): unknown {
  const { accounts, tokens, people, posts, comments, threads } = world;
  const text = JSON.stringify(
    { now: world.now(), accounts, tokens, people, posts, comments, threads },
    (_key, value) => {
      if (value instanceof Set) return [...(value as Set<unknown>)];
      return value instanceof Map ? Object.fromEntries(value as Map<string, unknown>) : (value as unknown);
    },
  );
  return JSON.parse(text);
}
