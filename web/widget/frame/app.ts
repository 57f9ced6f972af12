import type { PageUser, ToFrame } from '../bridge';
import { type Api, Refused, type Settings } from './api';
import { Identity } from './identity';
import { Live } from './live';
import { Outbox } from './outbox';
import type { Page } from './page';
import { Storage } from './storage';
import { type Locale, stringsOf, type Strings } from './strings';
import { type Message, Thread } from './thread';
import { View } from './view';

const OVERLAP = 50; // messages read again after a gap, so that edits and deletions of the latest are seen

type TabWord = { session: true } | { messages: Message[] } | { readSeq: number };

/** The chat in this tab: what the visitor sees follows the server's rows; sockets and other tabs only make it quicker. */
export class App {
  private readonly thread = new Thread();
  private readonly storage: Storage;
  private readonly identity: Identity;
  private readonly live: Live;
  private readonly outbox: Outbox;
  private readonly view: View;
  private readonly strings: Strings;
  private readonly tabs: BroadcastChannel;
  private open: boolean;
  private caughtUp = false;
  private earlier: number | null = null;

  constructor(
    root: HTMLElement,
    private readonly page: Page,
    private readonly api: Api,
    private readonly settings: Settings,
    locale: Locale,
    start: { open: boolean; user: PageUser | null; reset: boolean },
  ) {
    this.strings = stringsOf(locale);
    this.open = start.open;
    this.storage = new Storage(settings.inboxId);
    this.identity = new Identity(api, this.storage, () => this.sessionChanged(true));
    this.tabs = new BroadcastChannel(`pasokh.chat.${settings.inboxId}`);
    this.tabs.onmessage = ({ data }: MessageEvent<TabWord>) => this.hearTab(data);
    this.live = new Live(settings.inboxId, () => this.identity.token, {
      joined: () => void this.catchUp(),
      message: (message) => this.take([message]),
      writing: (on) => this.view.setWriting(on),
      refused: (token) => this.sessionEnded(token),
      state: (connected) => this.view.setStatus({ connected }),
    });
    this.outbox = new Outbox(api, this.identity, this.storage, this.thread, {
      changed: () => this.show(),
      stored: (message) => {
        this.take([message]);
        this.say({ messages: [message] });
      },
      busy: () => this.view.setNotice(this.strings.busy),
      refused: (reason) => this.view.setNotice(reason === 'identity_required' ? this.strings.signIn : null),
    });
    this.view = new View(root, settings, this.strings, locale, page.there, {
      send: (text) => this.outbox.add(text),
      again: (pending) => this.outbox.again(pending),
      discard: (pending) => this.outbox.discard(pending),
      close: () => page.tell({ pasokh: 'close' }),
      earlier: () => void this.showEarlier(),
      leaveAddress: (email) => this.leaveAddress(email),
    });
    this.setOnline(settings.online);
    if (start.reset) this.signOut();
    if (start.user) this.useUser(start.user);
    this.outbox.restore();
    document.addEventListener('visibilitychange', () => this.read());
    if (this.open) this.shown();
    else this.resume();
  }

  hear(message: ToFrame): void {
    switch (message.pasokh) {
      case 'shown':
        this.open = true;
        this.shown();
        break;
      case 'hidden':
        this.open = false;
        break;
      case 'user':
        this.useUser(message.user);
        if (this.open || this.identity.token) void this.signIn();
        break;
      case 'reset':
        this.signOut();
        break;
    }
  }

  private useUser(user: PageUser): void {
    if (this.identity.isOfAnother(user)) this.signOut();
    this.identity.setUser(user);
  }

  private signOut(): void {
    this.thread.pending = [];
    void this.identity.signOut();
  }

  private shown(): void {
    this.view.focus();
    if (this.settings.identity === 'required' && !this.identity.mustExchange && !this.identity.token) {
      this.view.setNotice(this.strings.signIn);
    }
    this.resume();
    this.read();
    // the frame may have been loaded long before it was opened
    void this.api.settings().then(
      ({ online }) => this.setOnline(online),
      () => undefined,
    );
  }

  private setOnline(online: boolean): void {
    this.view.setStatus({ online });
    this.view.askAddress(!online && !this.storage.read().emailLeft);
  }

  /** Goes on with the session there is; a user the page vouches for gets theirs, others when they first write. */
  private resume(): void {
    if (this.identity.mustExchange && (this.open || this.identity.token)) void this.signIn();
    else if (this.identity.token) this.live.start();
  }

  private async signIn(): Promise<void> {
    try {
      await this.identity.open();
    } catch (error) {
      // an anonymous session, where there is one, goes on
      if (this.identity.token) this.live.start();
      else if (error instanceof Refused && !error.passing) this.view.setNotice(this.strings.signIn);
    }
  }

  private sessionChanged(tell: boolean): void {
    this.thread.clear();
    this.caughtUp = false;
    this.earlier = null;
    this.storage.write({ readSeq: 0 });
    if (tell) this.say({ session: true });
    if (this.identity.token) this.live.start();
    else this.live.stop();
    this.show();
  }

  private sessionEnded(token: string): void {
    this.identity.drop(token);
    if (this.identity.token || this.identity.mustExchange) this.resume();
    else this.live.stop(); // the next message starts a new conversation
  }

  /** Reads what came since, page by page. What arrives meanwhile by socket falls into place by its id. */
  private async catchUp(): Promise<void> {
    const { token } = this.identity;
    if (!token) return;
    try {
      if (!this.caughtUp) {
        const { items, nextCursor } = await this.api.newest(token);
        if (token !== this.identity.token) return;
        this.earlier = nextCursor;
        this.take(items, false);
      } else {
        let from: number | null = Math.max(0, this.thread.lastSeq - OVERLAP);
        while (from !== null) {
          const { items, nextCursor } = await this.api.after(token, from);
          if (token !== this.identity.token) return;
          this.take(items);
          from = nextCursor;
        }
      }
      this.caughtUp = true;
    } catch (error) {
      if (error instanceof Refused && error.status === 401) this.sessionEnded(token);
      else this.live.again();
    }
  }

  private async showEarlier(): Promise<void> {
    const { token } = this.identity;
    if (!token || this.earlier === null) return;
    try {
      const { items, nextCursor } = await this.api.before(token, this.earlier);
      if (token !== this.identity.token) return;
      this.earlier = nextCursor;
      this.take(items, false);
    } catch {
      this.view.setNotice(this.strings.unavailable);
    }
  }

  private async leaveAddress(email: string): Promise<boolean> {
    try {
      await this.identity.using((token) => this.api.leaveAddress(token, email));
    } catch {
      return false;
    }
    this.storage.write({ emailLeft: true });
    return true;
  }

  private take(messages: readonly Message[], announce = true): void {
    const fresh = this.thread.merge(messages);
    for (const { clientId } of messages) if (clientId) this.storage.dropPending(clientId);
    if (fresh.some(({ author }) => author.type !== 'visitor')) this.view.setWriting(false);
    if (announce && this.open) this.view.announce(fresh);
    this.show();
    this.read();
  }

  private show(): void {
    this.view.show(this.thread, this.earlier !== null);
    this.page.tell({ pasokh: 'unread', count: this.open ? 0 : this.thread.unreadAfter(this.storage.read().readSeq) });
  }

  /** What is on the screen counts as read, in all tabs. */
  private read(): void {
    const { lastSeq } = this.thread;
    if (!this.open || document.visibilityState !== 'visible' || lastSeq <= this.storage.read().readSeq) return;
    this.storage.write({ readSeq: lastSeq });
    this.say({ readSeq: lastSeq });
    this.show();
  }

  private say(word: TabWord): void {
    this.tabs.postMessage(word);
  }

  private hearTab(word: TabWord): void {
    if ('messages' in word) this.take(word.messages);
    else if ('session' in word) this.sessionChanged(false);
    else this.show(); // read in another tab: the mark is in storage
  }
}
