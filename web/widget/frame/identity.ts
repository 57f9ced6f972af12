import type { PageUser } from '../bridge';
import { type Api, Refused, type Session } from './api';
import type { Storage } from './storage';

/**
 * Which session this tab speaks with. Sessions are shared by the tabs of a browser through storage, so one that another
 * tab renewed is taken over before a new one is made.
 */
export class Identity {
  private user: PageUser | null = null;
  private opening: Promise<string> | null = null;
  /** Grows with each sign-out: a session asked for before it must not be kept after it. */
  private turn = 0;

  constructor(
    private readonly api: Api,
    private readonly storage: Storage,
    /** The session is another one now: other tabs are told, the socket joins again. */
    private readonly changed: () => void,
  ) {}

  get token(): string | null {
    return this.storage.read().session?.token ?? null;
  }

  /** Whether the page named a user whose session is not open yet. */
  get mustExchange(): boolean {
    return this.user !== null && this.storage.read().session?.user !== idOf(this.user);
  }

  /** Whether the session kept here is another user's than the one the page names now. */
  isOfAnother(user: PageUser): boolean {
    const { session } = this.storage.read();
    return session !== null && session.user !== null && session.user !== idOf(user);
  }

  setUser(user: PageUser | null): void {
    this.user = user;
  }

  /** A session to write with, made where there is none. */
  open(): Promise<string> {
    this.opening ??= this.ensure().finally(() => (this.opening = null));
    return this.opening;
  }

  /** Runs `work` with the session; when that has ended, once more with another one. */
  async using<T>(work: (token: string) => Promise<T>): Promise<T> {
    const token = await this.open();
    try {
      return await work(token);
    } catch (error) {
      if (!(error instanceof Refused && error.status === 401)) throw error;
      this.drop(token);
      return work(await this.open());
    }
  }

  /** The server does not know this session any more. What another tab has stored meanwhile stays. */
  drop(token: string): void {
    if (this.token === token) this.storage.write({ session: null });
  }

  async signOut(): Promise<void> {
    this.turn += 1;
    this.user = null;
    const { token } = this;
    this.storage.clear();
    this.changed();
    if (token) await this.api.logout(token).catch(() => undefined); // it runs out by itself at the latest
  }

  private async ensure(): Promise<string> {
    const { turn, user } = this;
    const stored = this.storage.read().session;
    if (stored && !this.mustExchange) return stored.token;
    // an anonymous conversation comes along
    const session = user ? await this.api.exchange(user, stored?.token) : await this.api.init();
    return this.keep(session, user && idOf(user), turn);
  }

  private keep({ token }: Session, user: string | null, turn: number): string {
    if (turn !== this.turn) {
      void this.api.logout(token).catch(() => undefined);
      throw new Refused(0, 'signed_out');
    }
    this.storage.write({ session: { token, user } });
    this.changed();
    return token;
  }
}

/** Read from the token for comparing only; the server is who believes it or not. */
function idOf({ jwt, identifier }: PageUser): string {
  if (!jwt) return `id:${identifier ?? ''}`;
  try {
    const payload = (jwt.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    const { external_user_id: own, sub } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const id = own ?? sub;
    return typeof id === 'string' || typeof id === 'number' ? `id:${id}` : 'id:';
  } catch {
    return 'id:';
  }
}
