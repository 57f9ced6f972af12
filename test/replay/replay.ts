import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ApiClient } from '../support/api-client';
import { connectAccounts, replay, SAMPLE_SECRETS } from './replay-samples';
import { NETWORKS, type Network, readSamples, RECORDINGS } from './samples';

const HELP = `Posts recorded webhook payloads, signed as their networks sign them, to a running server.

  npm run replay -- --url http://127.0.0.1:3000 --all --setup --email owner@pasokh.local --password …

  --url URL            the server (default http://127.0.0.1:3000)
  --all                every sample of the folders; without it only those whose path contains --only
  --only TEXT          samples whose path contains this
  --samples DIR        a folder with meta/, whatsapp/, x/ or telegram/ in it; may be repeated
                       (default: the recordings in this repository)
  --times N            post each sample N times (default 1)
  --shuffle            in random order
  --seed N             … of this seed (default 1)
  --concurrency N      requests at once (default 1: the order is kept)
  --secret NAME=VALUE  signing secret of meta, whatsapp, x or telegram (default: those of the samples)
  --telegram-channel ID  where Telegram's updates go (found by --setup)
  --setup              connect the accounts first, through the API, with
  --token T            an API token, or
  --email E --password P

Answers of APIs, errors and backfill pages among the samples are no webhooks: they are left out and named.
Exit code 1 when a request is not answered with 200.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:3000' },
      all: { type: 'boolean' },
      only: { type: 'string' },
      samples: { type: 'string', multiple: true },
      times: { type: 'string', default: '1' },
      shuffle: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      concurrency: { type: 'string', default: '1' },
      secret: { type: 'string', multiple: true, default: [] },
      'telegram-channel': { type: 'string' },
      setup: { type: 'boolean' },
      token: { type: 'string' },
      email: { type: 'string' },
      password: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help || (!values.all && values.only === undefined)) {
    process.stdout.write(HELP);
    if (!values.help) process.exitCode = 2;
    return;
  }
  const secrets = { ...SAMPLE_SECRETS, ...Object.fromEntries(values.secret.map(secretOf)) };
  const { samples, leftOut } = readSamples(values.samples?.map((dir) => resolve(dir)) ?? RECORDINGS);
  const chosen = samples.filter((sample) => values.all || sample.file.includes(values.only ?? ''));
  for (const file of leftOut) process.stdout.write(`left out, not a webhook: ${file}\n`);

  let telegramChannelId = values['telegram-channel'];
  if (values.setup) {
    const api = values.token
      ? ApiClient.withToken(values.url, values.token)
      : await ApiClient.signIn(values.url, values.email ?? '', values.password ?? '');
    telegramChannelId ??= (await connectAccounts(api, chosen, secrets)).telegramChannelId;
  }
  const result = await replay({
    url: values.url,
    samples: chosen,
    secrets,
    telegramChannelId,
    times: Number(values.times),
    shuffle: values.shuffle,
    seed: Number(values.seed),
    concurrency: Number(values.concurrency),
  });
  for (const file of result.skipped) process.stdout.write(`skipped, no --telegram-channel: ${file}\n`);
  for (const { file, status } of result.notAccepted) process.stdout.write(`answered ${status || 'nothing'}: ${file}\n`);
  const statuses = Object.entries(result.statuses).map(([status, count]) => `${count} × ${status}`);
  process.stdout.write(`posted ${result.posted}: ${statuses.join(', ')}\n`);
  if (result.notAccepted.length > 0) process.exitCode = 1;
}

function secretOf(pair: string): [Network, string] {
  const name = NETWORKS.find((network) => pair.startsWith(`${network}=`));
  if (!name) throw new Error(`--secret takes NAME=VALUE with a name of ${NETWORKS.join(', ')}.`);
  return [name, pair.slice(name.length + 1)];
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
