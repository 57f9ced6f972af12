import { textDir, textLang, textRuns } from '../../src/lib/text';
import { h } from './dom';
import type { Locale, Strings } from './strings';
import type { Message, Pending } from './thread';

export interface PendingActions {
  again(pending: Pending): void;
  discard(pending: Pending): void;
}

/** One node for each message and pending message, kept while what it shows stays the same. */
export class Bubbles {
  private readonly kept = new Map<string, { looks: string; node: HTMLElement }>();

  constructor(
    private readonly locale: Locale,
    private readonly strings: Strings,
    private readonly actions: PendingActions,
  ) {}

  nodes(messages: readonly Message[], pending: readonly Pending[]): HTMLElement[] {
    return [
      ...messages.map((message, at) => {
        const opensGroup = authorOf(messages[at - 1]) !== authorOf(message);
        return this.keep(message.id, JSON.stringify([message, opensGroup]), () => this.message(message, opensGroup));
      }),
      ...pending.map((each) => this.keep(each.clientId, each.state, () => this.pending(each))),
    ];
  }

  private keep(key: string, looks: string, make: () => HTMLElement): HTMLElement {
    const known = this.kept.get(key);
    if (known?.looks === looks) return known.node;
    const node = make();
    this.kept.set(key, { looks, node });
    return node;
  }

  private message(message: Message, opensGroup: boolean): HTMLElement {
    const { author, deleted, version, createdAt } = message;
    const own = author.type === 'visitor';
    const name = own ? this.strings.you : nameOf(message, this.strings);
    const time = timeOf(createdAt, this.locale);
    const bubble = h(
      'div',
      { className: 'bubble' },
      ...(deleted ? [h('p', { className: 'gone' }, this.strings.deleted)] : this.lines(message.text)),
    );
    const foot = h(
      'footer',
      {},
      h('time', { dateTime: createdAt }, time),
      version > 1 && !deleted ? ` · ${this.strings.edited}` : '',
    );
    const head =
      own || !opensGroup
        ? ''
        : h('header', {}, h('bdi', {}, name), author.type === 'bot' && author.name ? h('i', {}, this.strings.bot) : '');
    const ariaLabel = `${name}${this.locale === 'fa' ? '،' : ','} ${time}`;
    return h('article', { className: own ? 'own' : 'theirs', ariaLabel }, head, bubble, foot);
  }

  private pending(pending: Pending): HTMLElement {
    const { again, discard, failed, sending } = this.strings;
    const foot =
      pending.state === 'sending'
        ? h('footer', {}, sending)
        : h(
            'footer',
            { className: 'failed' },
            `${failed} · `,
            h('button', { type: 'button', onclick: () => this.actions.again(pending) }, again),
            ' · ',
            h('button', { type: 'button', onclick: () => this.actions.discard(pending) }, discard),
          );
    const bubble = h('div', { className: 'bubble' }, ...this.lines(pending.text));
    return h('article', { className: 'own pending', ariaLabel: this.strings.you }, bubble, foot);
  }

  /** Each line has the direction of its own prose; codes, numbers and links keep theirs inside it. Text is only ever text. */
  private lines(text: string): HTMLElement[] {
    const fallback = this.locale === 'fa' ? 'rtl' : 'ltr';
    return text.split('\n').map((line) => {
      if (line.trim() === '') return h('br', {});
      const runs = textRuns(line).map((run) => {
        if (run.kind === 'prose') return run.text;
        if (run.kind === 'isolate') return h('bdi', { dir: 'ltr' }, run.text);
        return h('a', { href: run.text, dir: 'ltr', target: '_blank', rel: 'noopener noreferrer nofollow' }, run.text);
      });
      return h('div', { dir: textDir(line, fallback), lang: textLang(line, fallback) }, ...runs);
    });
  }
}

const authorOf = (message: Message | undefined) => message && `${message.author.type}\n${message.author.name ?? ''}`;

export const nameOf = ({ author }: Message, strings: Strings): string =>
  author.name ?? (author.type === 'bot' ? strings.bot : strings.agent);

function timeOf(at: string, locale: Locale): string {
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(locale === 'fa' ? 'fa-IR' : 'en', {
    hour: '2-digit',
    minute: '2-digit',
    ...(today ? {} : { day: 'numeric', month: 'long' }),
  }).format(date);
}
