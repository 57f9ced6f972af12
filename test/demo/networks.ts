import { type EitaaSimulator, startEitaa } from '../simulators/eitaa/server';
import { type LinkedInSimulator, SEED as LINKEDIN, startLinkedIn } from '../simulators/linkedin/server';
import { headerOf } from '../simulators/mail/mailbox';
import { type MailSimulator, startMail } from '../simulators/mail/server';
import { type MetaSimulator } from '../simulators/meta/server';
import { type RubikaSimulator, startRubika } from '../simulators/rubika/server';
import { startTelegram, type TelegramSimulator } from '../simulators/telegram/server';
import { startWhatsapp, type WhatsappSimulator } from '../simulators/whatsapp/server';
import { startX, type XSimulator } from '../simulators/x/server';
import { SEED as X_SEED } from '../simulators/x/world';
import { startYouTube, type YouTubeSimulator } from '../simulators/youtube/server';
import { MAIL } from './cast';
import { type LiveNetwork, unmatched } from './live-network';
import { startMailPage } from './mail-page';

export interface Networks {
  whatsapp: WhatsappSimulator;
  telegram: TelegramSimulator;
  x: XSimulator;
  linkedin: LinkedInSimulator;
  youtube: YouTubeSimulator;
  rubika: RubikaSimulator;
  /** Nobody writes there: notices go out. */
  eitaa: EitaaSimulator;
  mail: MailSimulator;
  /** The same, as the tally and the day see them. */
  live: readonly LiveNetwork[];
  close(): Promise<void>;
}

/** Units a day: a project whose quota Google has raised, so that it may be read every few seconds. */
export const YOUTUBE_QUOTA = 1_000_000;

/** The networks that the day's scenario plays. @param port the first of eight in a row; 0 takes free ones */
export async function startNetworks(port: number): Promise<Networks> {
  const at = (offset: number) => (port === 0 ? 0 : port + offset);
  const [whatsapp, telegram, x, linkedin, youtube, rubika, eitaa, mail] = await Promise.all([
    startWhatsapp({ port: at(0), requireProof: true, statuses: 'before' }),
    startTelegram({ port: at(1), updates: { copies: 2 } }), // every update once more, as after a lost answer
    startX({ port: at(2), delivery: { copies: 2 } }),
    startLinkedIn({ port: at(4), delivery: { copies: 2 } }),
    startYouTube({ port: at(5), quota: YOUTUBE_QUOTA }),
    startRubika({ port: at(6), posts: { copies: 2 } }),
    startEitaa({ port: at(7) }),
    startMail({ address: MAIL.address, password: MAIL.password, filesSent: true }),
  ]);
  const mailPage = await startMailPage(mail, at(3));
  const live = [
    liveWhatsapp(whatsapp),
    liveTelegram(telegram),
    liveX(x),
    liveLinkedIn(linkedin),
    liveYouTube(youtube),
    liveRubika(rubika),
    liveMail(mail, mailPage),
  ];
  const close = async () => void (await Promise.all([eitaa.close(), ...live.map((network) => network.close())]));
  return { whatsapp, telegram, x, linkedin, youtube, rubika, eitaa, mail, live, close };
}

/** Facebook and Instagram, whose scenes are played by `scenes.ts`. */
export function liveMeta(meta: MetaSimulator): LiveNetwork {
  return {
    name: 'meta',
    title: 'Facebook and Instagram',
    kinds: ['facebook', 'instagram'],
    page: `${meta.url}/`,
    script: null,
    wrote: () =>
      [...meta.world.comments.values()].filter(({ personKey }) => personKey !== null).length +
      [...meta.world.messages.values()].filter(({ fromAccount }) => !fromAccount).length,
    seen: () => meta.effects.all.flatMap(({ text }) => text ?? []),
    seenAgain: () => meta.effects.duplicates().length,
    bounced: () => 0,
    posts: () => {
      const { records } = meta.deliveries;
      return { left: records.length, lost: records.filter(({ state }) => state !== 'delivered').length };
    },
    idle: () => meta.deliveries.idle(),
    close: () => meta.close(),
  };
}

function liveWhatsapp(sim: WhatsappSimulator): LiveNetwork {
  const messages = () =>
    [...sim.world.threads.values()].flatMap(({ personKey, messages: said }) =>
      said.map((message) => ({ personKey, ...message })),
    );
  return {
    name: 'whatsapp',
    title: 'WhatsApp',
    kinds: ['whatsapp'],
    page: `${sim.url}/`,
    script: {
      act: sim.act,
      faults: sim.faults,
      answers: (by) => messages().filter(({ personKey, fromAccount }) => personKey === by && fromAccount),
      understudy: (key, day) => {
        const name = `${key}-${day}`;
        const person = sim.world.person(key);
        if (!sim.world.people.has(name)) {
          const digits = String(day).padStart(4, '0');
          const phone = `${person.phone.slice(0, -4)}${digits}`;
          const userId = `${person.userId.slice(0, 3)}7000${digits}${person.phone.slice(-6)}`;
          sim.world.people.set(name, { ...person, key: name, phone, userId, blocked: new Set() });
        }
        return name;
      },
    },
    wrote: () => messages().filter(({ fromAccount }) => !fromAccount).length,
    seen: () => sim.effects.all.flatMap(({ text }) => text ?? []),
    seenAgain: () => sim.effects.duplicates().length,
    bounced: () => 0,
    posts: () => {
      const { records } = sim.deliveries;
      return { left: records.length, lost: records.filter(({ state }) => state !== 'delivered').length };
    },
    idle: () => sim.deliveries.idle(),
    close: () => sim.close(),
  };
}

function liveTelegram(sim: TelegramSimulator): LiveNetwork {
  const texts = () => sim.effects.all.filter(({ kind, text }) => kind === 'message' && text !== null);
  return {
    name: 'telegram',
    title: 'Telegram',
    kinds: ['telegram'],
    page: `${sim.url}/`,
    script: {
      act: sim.act,
      faults: sim.faults,
      answers: (by) => texts().filter(({ chatId }) => chatId === sim.world.person(by).id),
      understudy: (key, day) => {
        const name = `${key}-${day}`;
        const { id, username, ...person } = sim.world.person(key);
        if (!sim.world.people.has(name))
          sim.world.people.set(name, {
            ...person,
            key: name,
            id: id + day,
            ...(username === undefined ? {} : { username: `${username}${day}` }),
          });
        return name;
      },
    },
    wrote: () => {
      const own = new Set([sim.world.person('owner').id, 777000]); // the shop's owner, and the network itself
      const said = sim.world.messages.filter(({ body, byBot }) => {
        const from = body['from'] as { id: number } | undefined;
        return !byBot && from !== undefined && !own.has(from.id);
      });
      // an album is one message
      return new Set(
        said.map(({ body, chatId, messageId }) => JSON.stringify([chatId, body['media_group_id'] ?? messageId])),
      ).size;
    },
    seen: () => texts().map(({ text }) => text ?? ''),
    seenAgain: (sent) =>
      unmatched(
        texts().map(({ text }) => text ?? ''),
        sent,
      ).length,
    bounced: () => 0,
    posts: () => ({ left: sim.updates.log.length, lost: sim.updates.pendingCount }),
    idle: () => sim.updates.idle(),
    close: () => sim.close(),
  };
}

function liveX(sim: XSimulator): LiveNetwork {
  const texts = () => sim.world.effects.flatMap(({ text }) => text ?? []);
  const ofPerson = (by: string) => {
    const { id } = sim.world.user(by);
    const posts = new Set(
      sim.world.posts.filter(({ authorId }) => authorId === id).flatMap(({ versions }) => versions),
    );
    return (target: string) => target === id || posts.has(target);
  };
  return {
    name: 'x',
    title: 'X',
    kinds: ['x'],
    page: `${sim.url}/`,
    script: {
      act: sim.act,
      faults: sim.faults,
      answers: (by) => {
        const isTheirs = ofPerson(by);
        return sim.world.effects.filter(({ target, text }) => text !== null && isTheirs(target));
      },
      understudy: (name, day) => {
        const person = sim.world.user(name);
        const handle = `${name}${day}_${person.handle.split('_')[1] ?? 'x'}`;
        const id = String(BigInt(person.id) + BigInt(day));
        if (!sim.world.users.has(id)) sim.world.addUser({ ...person, id, handle });
        return handle;
      },
    },
    wrote: () =>
      sim.world.posts.filter(({ authorId }) => authorId !== X_SEED.brandId).length +
      sim.world.dms.filter(({ recipientId }) => recipientId === X_SEED.brandId).length,
    seen: texts,
    seenAgain: (sent) => unmatched(texts(), sent).length,
    bounced: () => 0,
    posts: () => {
      const { records } = sim.deliveries;
      return { left: records.length, lost: records.filter(({ status }) => status !== 200).length };
    },
    idle: () => sim.deliveries.idle(),
    close: () => sim.close(),
  };
}

function liveLinkedIn(sim: LinkedInSimulator): LiveNetwork {
  const texts = () => sim.effects.flatMap(({ kind, text }) => (kind !== 'edit' && text !== null ? [text] : []));
  return {
    name: 'linkedin',
    title: 'LinkedIn',
    kinds: ['linkedin'],
    page: null,
    script: {
      act: sim.act,
      faults: sim.faults,
      understudy: (key, day) => {
        const name = `${key}-${day}`;
        const { id, ...person } = sim.world.person(key);
        if (!sim.world.people.has(name)) sim.world.people.set(name, { ...person, key: name, id: `${id}${day}` });
        return name;
      },
    },
    wrote: () =>
      [...sim.world.comments.values()].filter(({ actor }) => actor !== `urn:li:organization:${LINKEDIN.organization}`)
        .length,
    seen: texts,
    seenAgain: (sent) => unmatched(texts(), sent).length,
    bounced: () => 0,
    posts: () => {
      const { records } = sim.deliveries;
      return { left: records.length, lost: records.filter(({ attempts }) => attempts.at(-1) !== 200).length };
    },
    idle: () => sim.deliveries.idle(),
    close: () => sim.close(),
  };
}

/** Nothing is pushed here: what people wrote is there to be read, and the channel reads it. */
function liveYouTube(sim: YouTubeSimulator): LiveNetwork {
  const answers = () =>
    sim.effects.filter(({ kind, text }) => (kind === 'reply' || kind === 'comment') && text !== null);
  const seen = () => answers().map(({ text }) => text ?? '');
  return {
    name: 'youtube',
    title: 'YouTube',
    kinds: ['youtube'],
    page: null,
    script: {
      act: sim.act,
      faults: sim.faults,
      answers: (by) => {
        const { channelId } = sim.world.person(by);
        return answers().filter(({ target }) => sim.world.comments.get(target)?.authorId === channelId);
      },
      understudy: (key, day) => {
        const name = `${key}-${day}`;
        const { channelId, ...person } = sim.world.person(key);
        if (!sim.world.people.has(name))
          sim.world.people.set(name, { ...person, key: name, channelId: `${channelId}${day}` });
        return name;
      },
    },
    wrote: () => [...sim.world.comments.values()].filter(({ authorId }) => authorId !== sim.world.channelId).length,
    seen,
    seenAgain: (sent) => unmatched(seen(), sent).length,
    bounced: () => 0,
    posts: () => ({ left: 0, lost: 0 }),
    idle: () => Promise.resolve(),
    close: () => sim.close(),
  };
}

/** People go by their names here: a bot is told nothing else of them. */
function liveRubika(sim: RubikaSimulator): LiveNetwork {
  const answers = () => sim.chats.effects.filter(({ kind, text }) => kind === 'message' && text !== null);
  const seen = () => answers().map(({ text }) => text ?? '');
  return {
    name: 'rubika',
    title: 'Rubika',
    kinds: ['rubika'],
    page: `${sim.url}/`,
    script: {
      act: sim.act,
      faults: sim.faults,
      answers: (by) => answers().filter(({ chatId }) => chatId === sim.chats.chatOf(by)),
      understudy: (name, day) => `${name}-${day}`,
    },
    wrote: () => [...sim.chats.messages.values()].filter(({ by }) => by !== 'bot').length,
    seen,
    seenAgain: (sent) => unmatched(seen(), sent).length,
    bounced: () => 0,
    posts: () => {
      const { records } = sim.posts;
      return { left: records.length, lost: records.filter(({ state }) => state !== 'delivered').length };
    },
    idle: () => sim.posts.idle(),
    close: () => sim.close(),
  };
}

function liveMail(sim: MailSimulator, page: Awaited<ReturnType<typeof startMailPage>>): LiveNetwork {
  const isReport = (source: Buffer) => headerOf(source, 'content-type').startsWith('multipart/report');
  return {
    name: 'mail',
    title: 'E-mail',
    kinds: ['email'],
    page: `${page.url}/`,
    script: {
      act: sim.act,
      answers: (by) => sim.effects.filter(({ to, shown }) => shown && to === sim.people.cast[by]?.address),
      understudy: (key, day) => {
        const { name, address } = sim.people.cast[key]!;
        sim.people.cast[`${key}-${day}`] ??= { name, address: address.replace('@', `${day}@`) };
        return `${key}-${day}`;
      },
    },
    wrote: () => sim.inbox.mails.filter(({ source }) => !isReport(source)).length,
    seen: () => sim.effects.map(({ messageId }) => messageId),
    seenAgain: () => sim.effects.filter(({ shown }) => !shown).length,
    bounced: () => sim.inbox.mails.filter(({ source }) => isReport(source)).length,
    posts: () => ({ left: 0, lost: 0 }),
    idle: () => Promise.resolve(),
    close: async () => void (await Promise.all([sim.close(), page.close()])),
  };
}
