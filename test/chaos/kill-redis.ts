import { startMeta } from '../simulators/meta/server';
import { SEED } from '../simulators/meta/seed';
import { sleep } from '../support/post-bytes';
import { ThrowAwayRedis } from '../support/redis';
import { checkTables } from './checker';
import { between, type Scenario, some } from './scenario';
import { APP_SECRET, World } from './world';

const REBUILT_MS = 15_000;
const SEND_MS = 60; // what the network takes for a call: replies are under way when Redis goes

interface Thread {
  conversation_id: string;
  message_id: string;
}

/** Test 4: Redis killed or emptied while replies go out through Bull. The rows are the truth: none lost, none twice. */
export const killRedis: Scenario = {
  name: 'kill-redis',
  test: 4,
  about: 'Redis killed -9 or emptied with replies under way',
  run: async ({ random, cut, seed, say }) => {
    const redis = await ThrowAwayRedis.start();
    const meta = await startMeta({ seed, appSecret: APP_SECRET });
    const env = { REDIS_URL: redis.url };
    try {
      return await World.with(
        {
          nodes: [
            { ...env, ROLE: 'web' },
            { ...env, ROLE: 'worker' },
          ],
        },
        async (world) => {
          const [faults, perFault] = cut ? [2, 40] : [10, 60];
          await world.api.post('/channels', {
            kind: 'facebook',
            externalId: SEED.pageId,
            name: 'Chaos page',
            settings: { apiBaseUrl: meta.url },
            credentials: { accessToken: SEED.pageToken, appSecret: APP_SECRET, verifyToken: 'verify' },
          });
          meta.deliveries.settings.callbackUrl = `${world.app.url}/webhooks/meta`;
          const people = Array.from({ length: perFault }, (_, i) =>
            meta.world.addPerson(`p${i}`, `Person ${i}`, `p${i}`),
          );
          for (const { key } of people) meta.act.comment({ postId: SEED.pagePostId, person: key, text: `سؤال ${key}` });
          await meta.deliveries.idle();
          await world.untilSettled(30_000);
          const threads = await world.query<Thread>(
            `SELECT conversation_id, id AS message_id FROM messages WHERE direction = 'in' ORDER BY id`,
          );
          meta.faults.add({ method: 'POST', path: '/comments$', when: 'before', answer: 'none', delayMs: SEND_MS });

          const texts: string[] = [];
          const refused: string[] = [];
          for (let fault = 0; fault < faults; fault++) {
            const wave = threads.map(async (thread, i) => {
              await sleep(i * 15);
              const text = `جواب ${fault}-${i}`;
              texts.push(text);
              const answer = await world.api.request<{ id: string }>(
                'POST',
                `/conversations/${thread.conversation_id}/replies`,
                { text, visibility: 'public', seenMessageId: thread.message_id },
                { 'idempotency-key': text.replaceAll(/\W/g, '_') + `${fault}-${i}` },
              );
              if (answer.status === 201) thread.message_id = answer.body.id;
              else refused.push(`a reply was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
            });
            await sleep(between(random, 100, perFault * 10));
            if (random() < 0.5) {
              say(`fault ${fault + 1} of ${faults}: kill -9`);
              await redis.kill();
              await sleep(between(random, 0, 3_000));
              await redis.up();
            } else {
              say(`fault ${fault + 1} of ${faults}: FLUSHALL`);
              await redis.empty();
            }
            await Promise.all(wave);
          }
          const started = Date.now();
          const left = async () =>
            (
              await world.query<{ n: number }>(
                `SELECT (SELECT count(*) FROM jobs WHERE queue = 'outbound')::int
                 + (SELECT count(*) FROM outbound_deliveries WHERE state NOT IN ('sent', 'delivered', 'read'))::int AS n`,
              )
            )[0]!.n;
          let waiting = await left();
          while (waiting > 0 && Date.now() - started < 2 * REBUILT_MS) {
            await sleep(200);
            waiting = await left();
          }
          const ms = Date.now() - started;
          const seen = new Map<string, number>();
          for (const { text } of meta.effects.all) if (text !== null) seen.set(text, (seen.get(text) ?? 0) + 1);
          const lost = texts.filter((text) => !seen.has(text)).map((text) => `never reached the network: ${text}`);
          const twice = texts
            .filter((text) => (seen.get(text) ?? 0) > 1)
            .map((text) => `the customer saw it ${seen.get(text)} times: ${text}`);
          return {
            broken: [
              ...some(refused),
              ...some(lost),
              ...some(twice),
              ...(meta.effects.duplicates().length > 0 ? ['the network saw a message twice'] : []),
              ...(waiting > 0 ? [`${waiting} sends or jobs were left after ${ms} ms`] : []),
              ...(ms > REBUILT_MS ? [`the jobs were back only after ${ms} ms (at most ${REBUILT_MS})`] : []),
              ...(world.nodes.some((node) => node.deaths > 0) ? ['a node ended'] : []),
              ...(await checkTables(world)),
            ],
            facts: { faults, replies: texts.length, allOutAfterMs: ms },
          };
        },
      );
    } finally {
      await meta.close();
      await redis.kill();
    }
  },
};
