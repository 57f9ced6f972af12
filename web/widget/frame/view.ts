import { textLength } from '../../src/lib/text';
import { Bubbles, nameOf, type PendingActions } from './bubbles';
import { h, icon } from './dom';
import type { Settings } from './api';
import type { Locale, Strings } from './strings';
import type { Message, Thread } from './thread';

const WRITING_MS = 10_000; // said again while it lasts
const NEAR_END_PX = 80; // who is this close to the end follows the conversation

export interface ViewActions extends PendingActions {
  send(text: string): void;
  close(): void;
  earlier(): void;
  /** @returns whether the address was taken */
  leaveAddress(email: string): Promise<boolean>;
}

export class View {
  private readonly log = h('div', { className: 'log', tabIndex: 0 });
  private readonly earlier: HTMLButtonElement;
  private readonly status = h('p', { className: 'status' });
  private readonly notice = h('p', { className: 'notice', hidden: true });
  private readonly writing = h('p', { className: 'writing', hidden: true });
  private readonly state = { connected: true, online: false };
  private writingUntil: number | undefined;
  private readonly announcer = h('p', { className: 'unseen' });
  private readonly input: HTMLTextAreaElement;
  private readonly form: HTMLFormElement;
  private readonly away: HTMLFormElement;
  private readonly bubbles: Bubbles;
  private readonly greeting: HTMLElement;

  constructor(
    root: HTMLElement,
    private readonly settings: Settings,
    private readonly strings: Strings,
    locale: Locale,
    closable: boolean,
    private readonly actions: ViewActions,
  ) {
    this.bubbles = new Bubbles(locale, strings, actions);
    this.log.setAttribute('role', 'log');
    this.log.setAttribute('aria-live', 'off'); // history must not be read out; the announcer tells what is new
    this.log.ariaLabel = strings.messages;
    this.announcer.setAttribute('role', 'status');
    this.notice.setAttribute('role', 'status');
    this.earlier = h(
      'button',
      { type: 'button', className: 'earlier', hidden: true, onclick: () => actions.earlier() },
      strings.earlier,
    );
    this.input = h('textarea', {
      name: 'text',
      rows: 1,
      placeholder: strings.placeholder,
      ariaLabel: strings.write,
      enterKeyHint: 'send',
    });
    this.writing.append(strings.writing);
    this.form = this.composer();
    this.away = this.addressForm();
    const close = h(
      'button',
      { type: 'button', className: 'icon', ariaLabel: strings.close, onclick: () => actions.close() },
      icon('M6 6l12 12M18 6L6 18'),
    );
    this.greeting = h('p', { className: 'greeting', dir: 'auto' }, settings.greeting[locale] ?? strings.greeting);
    const head = h(
      'header',
      { className: 'head' },
      h('div', {}, h('h1', {}, h('bdi', {}, settings.name)), this.status),
      closable ? close : '',
    );
    root.replaceChildren(
      head,
      h(
        'section',
        { className: 'scroll', ariaLabel: strings.conversation },
        this.earlier,
        this.greeting,
        this.log,
        this.writing,
      ),
      this.notice,
      this.away,
      this.form,
      this.announcer,
    );
    document.documentElement.style.setProperty('--main', settings.color);
    document.documentElement.style.setProperty('--on-main', settings.onColor);
    addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.isComposing) actions.close();
    });
    this.setStatus({ online: settings.online });
  }

  focus(): void {
    this.input.focus();
    this.toEnd();
  }

  show(thread: Thread, more: boolean): void {
    const scroll = this.log.parentElement!;
    const follows = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END_PX;
    const fromEnd = scroll.scrollHeight - scroll.scrollTop;
    this.earlier.hidden = !more;
    this.greeting.hidden = more;
    const nodes = this.bubbles.nodes(thread.sorted, thread.pending);
    const { children } = this.log;
    if (children.length === nodes.length && nodes.every((node, at) => node === children[at])) return;
    const focused = document.activeElement;
    this.log.replaceChildren(...nodes);
    if (focused instanceof HTMLElement && this.log.contains(focused)) focused.focus();
    if (follows) this.toEnd();
    else scroll.scrollTop = scroll.scrollHeight - fromEnd;
  }

  toEnd(): void {
    const scroll = this.log.parentElement!;
    scroll.scrollTop = scroll.scrollHeight;
  }

  /** Says new answers once, politely. */
  announce(messages: readonly Message[]): void {
    const last = messages.filter(({ author, deleted }) => author.type !== 'visitor' && !deleted).at(-1);
    if (!last) return;
    this.announcer.textContent = this.strings.newFrom
      .replace('{name}', () => nameOf(last, this.strings))
      .replace('{text}', () => last.text);
  }

  setStatus(now: { connected?: boolean; online?: boolean }): void {
    Object.assign(this.state, now);
    const state = !this.state.connected ? 'connecting' : this.state.online ? 'online' : 'offline';
    this.status.textContent = this.strings[state];
    this.status.dataset['state'] = state;
  }

  /** Somebody writes an answer. Shown, not announced: it comes and goes. */
  setWriting(on: boolean): void {
    clearTimeout(this.writingUntil);
    this.writing.hidden = !on;
    if (on) this.writingUntil = window.setTimeout(() => this.setWriting(false), WRITING_MS);
  }

  setNotice(text: string | null): void {
    this.notice.hidden = text === null;
    this.notice.textContent = text;
  }

  askAddress(ask: boolean): void {
    this.away.hidden = !ask;
  }

  private composer(): HTMLFormElement {
    const send = h(
      'button',
      { type: 'submit', className: 'icon send', ariaLabel: this.strings.send },
      icon('M4 12h14M12 5l7 7-7 7', true),
    );
    const form = h(
      'form',
      { className: 'composer', noValidate: true, ariaLabel: this.strings.write },
      this.input,
      send,
    );
    const submit = () => {
      const text = this.input.value;
      if (text.trim() === '') return;
      const over = textLength(text, 'characters') - this.settings.textLimit;
      if (over > 0) return this.setNotice(this.strings.tooLong.replace('{count}', String(over)));
      this.setNotice(null);
      this.input.value = '';
      this.input.dir = '';
      this.actions.send(text);
      this.toEnd();
    };
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      submit();
      this.input.focus();
    });
    // empty, it has the page's direction, and so has its placeholder
    this.input.addEventListener('input', () => (this.input.dir = this.input.value === '' ? '' : 'auto'));
    this.input.addEventListener('keydown', (event) => {
      // while a word is being composed, Enter belongs to the keyboard
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      submit();
    });
    return form;
  }

  private addressForm(): HTMLFormElement {
    const email = h('input', {
      type: 'email',
      name: 'email',
      dir: 'ltr',
      autocomplete: 'email',
      required: true,
      ariaLabel: this.strings.email,
      placeholder: 'name@example.com',
    });
    const form = h(
      'form',
      { className: 'away', hidden: true, noValidate: true, ariaLabel: this.strings.leave },
      h('p', {}, this.strings.away),
      h('div', {}, email, h('button', { type: 'submit' }, this.strings.leave)),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (!email.checkValidity()) {
        this.setNotice(this.strings.badEmail);
        email.focus();
        return;
      }
      void this.actions.leaveAddress(email.value).then((taken) => {
        this.setNotice(taken ? this.strings.left : this.strings.unavailable);
        form.hidden = taken;
        if (taken) this.input.focus();
      });
    });
    return form;
  }
}
