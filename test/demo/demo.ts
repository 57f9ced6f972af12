import { parseArgs } from 'node:util';
import { CareDesk } from './care-desk';
import { AGENTS, CARE, OWNER, PLAYED } from './cast';
import { DayClock, playDays, type Played } from './day';
import { Scores } from './scores';
import { ScriptedAgent } from './scripted-agent';
import { tally } from './tally';
import { startWorld, type World } from './world';

const HELP = `npm run demo -- [--port 3000] [--speed 1] [--seconds N] [--data DIR]

A believable, bilingual day at an invented fruit shop. Starts the product with a Postgres of its own, simulators of Meta
(Facebook and Instagram), WhatsApp, Telegram, X, LinkedIn, YouTube, Rubika, Eitaa, a mail server and a phone line, and a
Salesforce emulator, connects them by the public API, and lets customers write. Three colleagues are played: two answer, the third goes on by
e-mail and phone, merges and lays aside. Sign in as one of the others and answer the rest.

  --port     of the console; the networks' pages and Salesforce take the next ten (default 3000; 0: free ports)
  --speed    how many times faster than life (default 1)
  --seconds  stop by itself after so many seconds, say what happened, and exit with 1 if it does not add up
  --data     where this demo's database goes, emptied at each start (default .data/demo)

Ctrl-C stops everything.
`;

const LEAST_ROUND_MS = 1_000; // real time: looking around is not what the machine is for

/** So much is written there that the played colleagues leave most of it for whoever watches. */
const CROWDED = new Set(['facebook', 'instagram']);

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '3000' },
      speed: { type: 'string', default: '1' },
      seconds: { type: 'string' },
      data: { type: 'string', default: '.data/demo' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const port = numberFrom('--port', values.port, 0, 65_000);
  const speed = numberFrom('--speed', values.speed, 0.1, 1_000);
  const seconds = values.seconds === undefined ? null : numberFrom('--seconds', values.seconds, 1, 86_400);

  say('Starting the networks, the CRM and the product …');
  const world = await startWorld({ port, dataDir: values.data });
  try {
    say(card(world));
    return await run(world, speed, seconds);
  } finally {
    await world.stop();
  }
}

async function run(world: World, speed: number, seconds: number | null): Promise<number> {
  const clock = new DayClock(speed);
  const played: Played = {
    days: 0,
    botQuestions: 0,
    visitors: [],
    notices: 0,
    lateLetters: 0,
    steps: { done: 0, left: 0 },
  };
  let lastWords: string | null = null;
  const hearEnd = async () => {
    lastWords = await world.ended;
    clock.end();
  };
  void hearEnd();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      say('\nThe day ends: finishing what is under way …');
      clock.end();
    });
  }
  const timer = seconds === null ? undefined : setTimeout(() => clock.end(), seconds * 1_000);

  const desks = AGENTS.filter(({ email }) => PLAYED.includes(email));
  const agents = await Promise.all(
    desks.map(({ email, password }) =>
      ScriptedAgent.start({
        url: world.url,
        email,
        password,
        claims: ({ kind, number, channel }) => kind === 'dm' || !CROWDED.has(channel.kind) || number % 3 === 0,
        wait: clock.wait,
      }),
    ),
  );
  const care = await CareDesk.open({
    url: world.url,
    email: CARE,
    password: AGENTS.find(({ email }) => email === CARE)!.password,
    voice: world.voice,
    accountId: world.voiceAccountId,
    wait: clock.wait,
    until: (look) => clock.until(look),
    speed,
  });
  const scores = new Scores(world.meta, world.sims, played.visitors);
  const work = agents.map((agent) =>
    clock.untilOver(async () => {
      await agent.tend();
      await clock.wait(2);
    }),
  );
  const unhurried = (round: () => Promise<void>) =>
    clock.untilOver(async () => {
      await round();
      await Promise.all([clock.wait(5), new Promise((resolve) => setTimeout(resolve, LEAST_ROUND_MS))]);
    });
  work.push(
    unhurried(() => care.tend()),
    unhurried(() => scores.round()),
  );
  const webchat = { url: world.url, inboxId: world.webchatId };
  try {
    await Promise.all([playDays(clock, { ...world, webchat }, played), ...work]);
  } catch (error) {
    await Promise.race([world.ended, new Promise((resolve) => setTimeout(resolve, 1_000))]); // it may be why
    if (lastWords === null) throw error;
  } finally {
    clock.end();
    clearTimeout(timer);
    agents.forEach((agent) => agent.leave());
  }
  if (lastWords !== null) throw new Error(`The app ended by itself. Its last words:\n${String(lastWords)}`);
  if (seconds === null) return 0;

  const { lines, problems } = await tally(world, played, agents, { care, scores });
  say(['', 'What happened', ...lines.map((line) => `  ${line}`)].join('\n'));
  if (problems.length > 0) say(['Does not add up:', ...problems.map((line) => `  ${line}`)].join('\n'));
  return problems.length > 0 ? 1 : 0;
}

function card({ url, networks, salesforce, webchatId }: World): string {
  const free = AGENTS.filter(({ email }) => email !== CARE && !PLAYED.includes(email));
  const [contact] = salesforce.find('Contact', { LastName: 'رستمی' });
  return `
  Console          ${url}
    owner          ${OWNER.email}  ${OWNER.password}
${free.map(({ email, password, locale }) => `    ${(locale === 'fa' ? 'agent, Persian' : 'agent, English').padEnd(15)}${email.padEnd(20)}  ${password}`).join('\n')}
${networks.flatMap(({ title, page }) => (page === null ? [] : `  ${`${title}, as people see it`.padEnd(43)}${page}`)).join('\n')}
  A contact in Salesforce                    ${salesforce.url}/lightning/r/Contact/${String(contact?.Id)}/view
  The shop's site with the web chat          ${url}/widget/demo?inbox=${webchatId}
`;
}

function numberFrom(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new Error(`${name} must be a number from ${least} to ${most}.`);
}

const say = (text: string) => void process.stdout.write(`${text}\n`);

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
