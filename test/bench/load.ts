import { io, type Socket } from 'socket.io-client';
import { keepAlive, postBytes, sleep } from '../support/post-bytes';
import { hook } from './hooks';

/** The load generator, a process of its own: what it costs is not on anybody's account. */
export type LoadOrder =
  | { kind: 'closed'; url: string; run: string; clients: number; seconds: number; accounts: string[]; people: number }
  | { kind: 'open'; url: string; run: string; rate: number; seconds: number; accounts: string[]; people: number }
  | { kind: 'listen'; url: string; sockets: { auth: Record<string, unknown>; resume: boolean }[]; types: string[] }
  | { kind: 'heard' };

export interface LoadResult {
  ok: number;
  failed: number;
  seconds: number;
  /** ms, sorted. For an open load from the moment a request was due, so that waiting counts. */
  times: number[];
}

let ages: number[] = [];
let sockets: Socket[] = [];

async function obey(order: LoadOrder): Promise<LoadResult | 'listening'> {
  switch (order.kind) {
    case 'closed':
      return closed(order);
    case 'open':
      return open(order);
    case 'listen':
      await listen(order);
      return 'listening';
    case 'heard': {
      const times = ages.toSorted((a, b) => a - b);
      ages = [];
      sockets.forEach((socket) => socket.disconnect());
      sockets = [];
      return { ok: times.length, failed: 0, seconds: 0, times };
    }
  }
}

async function closed(order: LoadOrder & { kind: 'closed' }): Promise<LoadResult> {
  const agent = keepAlive(order.clients);
  const times: number[] = [];
  let [n, failed] = [0, 0];
  const started = performance.now();
  const end = started + order.seconds * 1000;
  await Promise.all(
    Array.from({ length: order.clients }, async () => {
      while (performance.now() < end) {
        n += 1;
        const { bytes, signature } = hook(order.run, n, order.accounts[n % order.accounts.length]!, order.people);
        const posted = await postBytes(agent, order.url, bytes, { 'x-hub-signature-256': signature });
        if (posted.status === 200) times.push(posted.ms);
        else failed += 1;
      }
    }),
  );
  agent.destroy();
  return {
    ok: times.length,
    failed,
    seconds: (performance.now() - started) / 1000,
    times: times.toSorted((a, b) => a - b),
  };
}

async function open(order: LoadOrder & { kind: 'open' }): Promise<LoadResult> {
  const agent = keepAlive(512);
  const times: number[] = [];
  let failed = 0;
  const under: Promise<void>[] = [];
  const total = order.rate * order.seconds;
  const started = performance.now();
  for (let n = 0; n < total;) {
    const due = started + (n * 1000) / order.rate;
    const now = performance.now();
    if (due > now) {
      await sleep(due - now);
      continue;
    }
    n += 1;
    const { bytes, signature } = hook(order.run, n, order.accounts[n % order.accounts.length]!, order.people);
    const posting = postBytes(agent, order.url, bytes, { 'x-hub-signature-256': signature }).then(({ status }) => {
      if (status === 200) times.push(performance.now() - due);
      else failed += 1;
    });
    under.push(posting);
  }
  await Promise.all(under);
  agent.destroy();
  return {
    ok: times.length,
    failed,
    seconds: (performance.now() - started) / 1000,
    times: times.toSorted((a, b) => a - b),
  };
}

async function listen(order: LoadOrder & { kind: 'listen' }): Promise<void> {
  const connect = async ({ auth, resume }: { auth: Record<string, unknown>; resume: boolean }) => {
    const socket = io(order.url, { transports: ['websocket'], auth, reconnection: false, forceNew: true });
    socket.on('events', (events: { at: string; type: string }[]) => {
      const now = Date.now();
      for (const event of events) if (order.types.includes(event.type)) ages.push(now - Date.parse(event.at));
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    if (resume) await socket.emitWithAck('resume', { after: null });
    sockets.push(socket);
  };
  for (let i = 0; i < order.sockets.length; i += 20) await Promise.all(order.sockets.slice(i, i + 20).map(connect));
  ages = [];
}

process.on('message', (order: LoadOrder) => {
  obey(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
