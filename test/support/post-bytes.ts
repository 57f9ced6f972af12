import { Agent, request } from 'node:http';

export interface Posted {
  /** 0 when there was no answer. */
  status: number;
  ms: number;
}

/** One POST of exact bytes over kept connections, with as little client cost as Node allows. */
export function postBytes(
  agent: Agent,
  url: string,
  body: Buffer,
  headers: Record<string, string> = {},
  timeoutMs = 10_000,
): Promise<Posted> {
  const started = performance.now();
  return new Promise((resolve) => {
    const done = (status: number) => resolve({ status, ms: performance.now() - started });
    const call = request(
      url,
      {
        method: 'POST',
        agent,
        timeout: timeoutMs,
        headers: { 'content-type': 'application/json', 'content-length': body.length, ...headers },
      },
      (response) => {
        response.resume();
        response.once('end', () => done(response.statusCode ?? 0));
        response.once('error', () => done(0));
      },
    );
    call.once('timeout', () => call.destroy());
    call.once('error', () => done(0));
    call.end(body);
  });
}

export const keepAlive = (sockets: number) => new Agent({ keepAlive: true, maxSockets: sockets });

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
