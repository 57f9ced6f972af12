import { type ServerResponse } from 'node:http';
import { type DeliverySettings } from '../meta/deliveries';
import { type JsonObject } from '../meta/events';
import { type FaultRule } from '../meta/faults';
import { json } from '../meta/http';
import { type NamedError } from './errors';
import { type WhatsappSimulator } from './server';

type Verb = (simulator: WhatsappSimulator, body: JsonObject) => unknown;

/** The same operations the methods offer, for another process. Bodies are trusted: this plane is for loopback. */
const ROUTES: Record<string, Verb> = {
  'GET effects': ({ effects }) => ({ effects: effects.all, duplicates: effects.duplicates() }),
  'GET calls': ({ calls }) => ({ calls }),
  'GET faults': ({ faults }) => ({ faults: faults.list() }),
  'POST faults': ({ faults }, body) => ({ id: faults.add(body as unknown as FaultRule<NamedError>) }),
  'DELETE faults': ({ faults }) => (faults.clear(), {}),
  'POST flush': ({ deliveries }, body) => (deliveries.flush(body), {}),
  'POST redeliver': ({ deliveries }) => (deliveries.redeliver(), {}),
  'POST idle': async ({ deliveries }) => (await deliveries.idle(), {}),
  'PATCH delivery': ({ deliveries }, body) => Object.assign(deliveries.settings, body as Partial<DeliverySettings>),
  'POST clock': ({ world }, body) => (world.advance(Number(body['advanceMs'] ?? 0)), { now: world.now() }),
};

export async function handleControl(
  simulator: WhatsappSimulator,
  method: string,
  url: URL,
  text: string,
  response: ServerResponse,
): Promise<void> {
  const [, , what = '', name = ''] = url.pathname.split('/');
  const verb = ROUTES[`${method} ${what}`];
  try {
    const body = (text === '' ? {} : JSON.parse(text)) as JsonObject;
    const act: unknown = Reflect.get(simulator.act, name);
    if (method === 'POST' && what === 'act' && typeof act === 'function')
      json(response, 200, (act as (action: JsonObject) => unknown).call(simulator.act, body) ?? {});
    else if (verb) json(response, 200, await verb(simulator, body));
    else json(response, 404, { error: 'unknown', routes: Object.keys(ROUTES) });
  } catch (error) {
    json(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}
