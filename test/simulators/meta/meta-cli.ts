import { parseArgs } from 'node:util';
import { startMeta } from './server';

const HELP = `Meta simulator: the Graph API, its webhooks and its public on loopback.

  --port N         port to listen on (default: a free one)
  --callback URL   where webhooks are posted, e.g. http://127.0.0.1:3000/webhooks/meta
  --secret S       app secret that signs webhooks (default: the one of the recorded samples)
  --echo WHEN      before | after | random: the echo of a send against the send's own answer
  --seed N         seed of shuffles and probabilities
  --require-proof  refuse calls without appsecret_proof
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      callback: { type: 'string' },
      secret: { type: 'string' },
      echo: { type: 'string' },
      seed: { type: 'string' },
      'require-proof': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const { echo } = values;
  if (echo !== undefined && echo !== 'before' && echo !== 'after' && echo !== 'random') {
    throw new Error('--echo takes before, after or random.');
  }
  const simulator = await startMeta({
    port: Number(values.port ?? 0),
    appSecret: values.secret,
    requireProof: values['require-proof'] ?? false,
    seed: Number(values.seed ?? 1),
    echo,
    delivery: { callbackUrl: values.callback ?? null },
  });
  process.stdout.write(`${simulator.url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close());
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
