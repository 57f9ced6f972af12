import type { MetaSimulator } from '../simulators/meta/server';
import { type ChatVisitor, SURVEY_WORDS } from './chat-visitor';
import type { Networks } from './networks';

const SCORES = ['5', '۵', '4', '5', '2', '۳']; // most are glad, in either script
const VISITORS_AT_ONCE = 8;

/** Customers who were asked how it was say it, each once, wherever they were asked. */
export class Scores {
  given = 0;
  private readonly said = new Set<unknown>();

  constructor(
    private readonly meta: MetaSimulator,
    private readonly networks: Pick<Networks, 'whatsapp' | 'telegram'>,
    private readonly visitors: readonly ChatVisitor[],
  ) {}

  /** One look at what everybody has been asked. */
  async round(): Promise<void> {
    const { meta } = this;
    const { whatsapp, telegram } = this.networks;
    for (const thread of meta.world.threads.values()) {
      const { accountId, personKey: person } = thread;
      if (thread.messages.some(({ fromAccount, text }) => fromAccount && asksIn(text)))
        this.say(thread, (text) => meta.act.directMessage({ accountId, person, text }));
    }
    for (const thread of whatsapp.world.threads.values()) {
      const { personKey: by } = thread;
      if (thread.messages.some(({ fromAccount, text }) => fromAccount && asksIn(text)))
        this.say(thread, (text) => whatsapp.act.dm({ by, text }));
    }
    for (const { chatId, text: asked } of telegram.effects.all) {
      const person = [...telegram.world.people.values()].find(({ id }) => id === chatId);
      if (person && asksIn(asked)) this.say(person, (text) => telegram.act.dm({ by: person.key, text }));
    }
    for (const visitor of this.visitors.filter((each) => !this.said.has(each)).slice(-VISITORS_AT_ONCE)) {
      if (!(await visitor.isAsked())) continue;
      this.said.add(visitor);
      await visitor.write(this.next());
    }
  }

  private say(who: unknown, write: (score: string) => unknown): void {
    if (this.said.has(who)) return;
    this.said.add(who);
    write(this.next());
  }

  private next(): string {
    this.given += 1;
    return SCORES[(this.given - 1) % SCORES.length]!;
  }
}

const asksIn = (text: string | null | undefined): boolean => SURVEY_WORDS.test(text ?? '');
