import type { Socket } from 'node:net';
import { SocksClient } from 'socks';
import { Agent, buildConnector, type Dispatcher, ProxyAgent } from 'undici';

const CONNECT_MS = 10_000;
const SCHEME = /^(?:https?|socks5):\/\//;

/** Whether calls can go through it: an HTTP proxy that tunnels, or SOCKS 5. Name and password stand in the address. */
export const isProxyUrl = (text: string): boolean =>
  SCHEME.test(text) && URL.canParse(text) && new URL(text).hostname !== '';

/** No connection came about through the proxy, so nothing happened behind it. */
export class ProxyUnreachable extends Error {
  readonly code = 'EPROXY';
}

export const isSocks = (proxyUrl: string): boolean => proxyUrl.startsWith('socks5://');

/** A connection through a SOCKS 5 proxy; names are resolved behind it. @throws ProxyUnreachable */
export async function throughSocks(proxyUrl: string, host: string, port: number): Promise<Socket> {
  const { hostname, port: proxyPort, username, password } = new URL(proxyUrl);
  try {
    const { socket } = await SocksClient.createConnection({
      command: 'connect',
      proxy: {
        type: 5,
        host: unbracketed(hostname),
        port: Number(proxyPort === '' ? 1080 : proxyPort),
        ...(username === '' ? {} : { userId: decodeURIComponent(username), password: decodeURIComponent(password) }),
      },
      destination: { host: unbracketed(host), port },
      timeout: CONNECT_MS,
      set_tcp_nodelay: true,
    });
    return socket;
  } catch {
    // the library's words may repeat what it was given
    throw new ProxyUnreachable('The proxy makes no connection.');
  }
}

/** How calls reach the world through a proxy. */
export function proxyDispatcher(proxyUrl: string): Dispatcher {
  if (!isSocks(proxyUrl)) return new ProxyAgent({ uri: proxyUrl, connect: { timeout: CONNECT_MS } });
  const secured = buildConnector({ timeout: CONNECT_MS });
  const connect = async (options: buildConnector.Options, done: buildConnector.Callback): Promise<void> => {
    const secure = options.protocol === 'https:';
    let socket: Socket;
    try {
      socket = await throughSocks(proxyUrl, options.hostname, Number(options.port || (secure ? 443 : 80)));
    } catch (error) {
      done(error instanceof Error ? error : new ProxyUnreachable('The proxy makes no connection.'), null);
      return;
    }
    if (secure) secured({ ...options, httpSocket: socket }, done);
    else done(null, socket);
  };
  return new Agent({ connect: (options, done) => void connect(options, done) });
}

const unbracketed = (host: string): string => host.replaceAll(/^\[|\]$/g, '');
