/** What a request shows of its caller, and where it comes from. No Nest, so HTTP and sockets read it alike. */
export interface Credentials {
  /** `Authorization: Bearer …`, or a socket's `auth.token`. */
  token?: string;
  /** The cookie's value. */
  session?: string;
}

export const SESSION_COOKIE = 'pasokh_session';

interface Headers {
  authorization?: string;
  cookie?: string;
}

/** A bearer token, when there is one, is the only thing that counts: no falling back to a cookie behind it. */
export function credentialsOf(headers: Headers): Credentials {
  if (headers.authorization !== undefined) {
    return { token: /^Bearer +(\S+)$/i.exec(headers.authorization)?.[1] ?? '' };
  }
  return { session: cookieValue(headers.cookie ?? '', SESSION_COOKIE) };
}

function cookieValue(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

export function sessionCookie(token: string, maxAgeSeconds: number, secure: boolean): string {
  const parts = [`${SESSION_COOKIE}=${token}`, 'Path=/', `Max-Age=${maxAgeSeconds}`, 'HttpOnly', 'SameSite=Lax'];
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ');
}

export const endedSessionCookie = (secure: boolean) => sessionCookie('', 0, secure);

/**
 * Whether a browser that names its page's origin may act on a session here: the page came from this very host or from
 * PUBLIC_URL. Scripts send no Origin and are judged by their token.
 */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  publicUrl: string | undefined,
): boolean {
  if (origin === undefined) return true;
  const from = parsed(origin);
  if (!from || !['http:', 'https:'].includes(from.protocol)) return false;
  if (publicUrl && new URL(publicUrl).origin === from.origin) return true;
  return host !== undefined && from.host === hostOf(host, from.protocol);
}

/** `host[:port]` without the scheme's own port, as URLs write it. */
const hostOf = (host: string, protocol: string) => parsed(`${protocol}//${host}`)?.host;

const parsed = (url: string) => (URL.canParse(url) ? new URL(url) : undefined);
