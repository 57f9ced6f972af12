import type { MetaSimulator } from '../simulators/meta/server';
import { playScenario } from '../simulators/scenario/runner';
import type { ApiClient } from '../support/api-client';
import { readScenario, type ScenarioNetwork, type Step } from '../simulators/scenario/scenario';
import { customerOfSite, SHOP, stranger } from './cast';
import { ChatVisitor } from './chat-visitor';
import scenario from './day-networks.json';
import type { LiveNetwork } from './live-network';
import type { Networks } from './networks';
import { DAY, type Stage } from './scenes';

const PATIENCE_MS = 15_000;
const LOOK_EVERY_MS = 100;

/** Thrown out of a wait when the demo ends in the middle of a scene. */
class DayOver extends Error {}

/** Time as the scenes count it: `speed` seconds pass in one. */
export class DayClock {
  private readonly sleepers = new Set<() => void>();
  private over = false;

  constructor(private readonly speed: number) {}

  /** @throws when the day ended meanwhile, which `today` takes as an end like any other */
  wait = async (seconds: number): Promise<void> => {
    if (!this.over) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          this.sleepers.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, (seconds * 1_000) / this.speed);
        this.sleepers.add(wake);
      });
    }
    if (this.over) throw new DayOver('The day is over.');
  };

  /** Looks again and again until `look` sees it, for at most a quarter of a minute of real time. */
  async until(look: () => boolean | Promise<boolean>): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!(await look()) && Date.now() < end) await this.wait((LOOK_EVERY_MS / 1_000) * this.speed);
  }

  end(): void {
    this.over = true;
    for (const wake of this.sleepers) wake();
  }

  /** Runs `work`, which the end of the day may cut short. */
  async today(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DayOver)) throw error;
    }
  }

  /** Repeats `work` until the day ends. */
  async untilOver(work: () => Promise<void>): Promise<void> {
    while (!this.over) await this.today(work);
  }
}

const CAPTIONS: readonly [page: string, media: string][] = [
  ['سبد میوهٔ پاییزی رسید 🍎 ارسال تا پنج‌شنبه', 'انار ساوه، همین هفته | Saveh pomegranates, this week only'],
  ['خرمالو، به، نارنگی؛ همه در یک سبد 🧡', 'Behind the scenes: packing 300 baskets before noon 🍇'],
  ['پیش‌فروش سبد یلدا شروع شد 🍉', 'صبحانهٔ جمعه با میوهٔ تازه ☀️'],
];

/** Everything the customers did, as the demo knows it. */
export interface Played {
  days: number;
  botQuestions: number;
  visitors: ChatVisitor[];
  /** What the shop told its followers. */
  notices: number;
  /** Letters that reached the shop long after they were written. */
  lateLetters: number;
  /** Steps of the scenario that took place, and those whose answer did not come in time. */
  steps: { done: number; left: number };
}

/** What the customers live on. */
export interface Places {
  meta: MetaSimulator;
  networks: readonly LiveNetwork[];
  sims: Networks;
  webchat: { url: string; inboxId: string };
  owner: ApiClient;
  noticesId: string;
}

/** Plays the same day again and again, with other people, until the clock is ended. */
export async function playDays(
  clock: DayClock,
  { meta, networks, sims: { mail }, webchat, owner, noticesId }: Places,
  played: Played,
): Promise<void> {
  const playNetworks = networksOfDay(clock, networks, played);
  let newcomers = 0;
  const under: Promise<void>[] = [];
  const failures: unknown[] = [];
  const play = async (scene: () => Promise<void>) => {
    try {
      await clock.today(scene);
    } catch (error) {
      failures.push(error);
      clock.end();
    }
  };
  await clock.untilOver(async () => {
    const [page, picture] = CAPTIONS[played.days % CAPTIONS.length]!;
    const day = played.days;
    const { world } = meta;
    const understudies: Record<string, string> = {};
    const stage: Stage = {
      meta,
      pagePost: world.addPost({ accountId: SHOP.pageId, text: page }).id,
      media: world.addPost({ accountId: SHOP.instagramId, text: picture }).id,
      wait: clock.wait,
      part: (key) => (day === 0 ? key : (understudies[key] ??= stranger(world, newcomers++))),
      stranger: () => stranger(world, newcomers++),
      visitor: async ({ signedIn }) => {
        const chat = signedIn
          ? await ChatVisitor.signedIn(webchat.url, webchat.inboxId, customerOfSite(day))
          : await ChatVisitor.arrive(webchat.url, webchat.inboxId);
        played.visitors.push(chat);
        return chat;
      },
      ask: async (accountId, person, text) => {
        played.botQuestions += 1;
        meta.act.directMessage({ accountId, person, text });
        await clock.until(() => world.thread(accountId, person).messages.at(-1)!.fromAccount);
      },
      askInChat: async (visitor, text) => {
        played.botQuestions += 1;
        await visitor.write(text);
        await clock.until(() => visitor.isAnswered());
      },
      letter: async (from, { subject, text, writtenAgoMinutes }) => {
        const by = day === 0 ? from.address : `${day}.${from.address}`;
        mail.people.cast[by] ??= { name: from.name, address: by };
        const at = new Date(Date.now() - writtenAgoMinutes * 60_000).toISOString();
        await mail.act.mail({ by, subject, text, at });
        played.lateLetters += 1;
      },
      answerMail: async (from, text) => {
        mail.people.cast[from.address] ??= { ...from };
        const isThere = () => mail.effects.some(({ to, shown }) => shown && to === from.address);
        await clock.until(isThere);
        if (isThere()) await mail.act.reply({ by: from.address, text });
      },
      isFirstDay: day === 0,
    };
    played.days += 1;
    under.push(play(() => playNetworks(day)));
    under.push(
      play(async () => {
        await owner.post(`/channels/${noticesId}/notices`, { text: page });
        played.notices += 1;
      }),
    );
    for (const [scene, next] of DAY) {
      under.push(play(() => scene(stage)));
      await clock.wait(next);
    }
  });
  meta.deliveries.settings.hold = false;
  meta.deliveries.flush();
  await Promise.all(under);
  if (failures.length > 0) throw failures[0];
}

/** The same script every day, with understudies from the second day on. */
function networksOfDay(clock: DayClock, networks: readonly LiveNetwork[], played: Played) {
  const scripts = new Map(networks.flatMap(({ name, script }) => (script ? [[name, script] as const] : [])));
  const actors: Record<string, ScenarioNetwork> = Object.fromEntries(scripts);
  const steps = readScenario(scenario, actors);
  return async (day: number): Promise<void> => {
    const cast = (network: string, person: string) =>
      day === 0 ? person : scripts.get(network)!.understudy(person, day);
    const told = (_step: Step, tookPlace: boolean) => void (played.steps[tookPlace ? 'done' : 'left'] += 1);
    await playScenario(steps, actors, clock, { again: day > 0, cast, told });
  };
}
