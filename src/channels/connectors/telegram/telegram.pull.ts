import type { PullOutcome, PullRequest } from '../../pulling';
import { integer, list, milliseconds, record } from '../json';
import type { TelegramClient, TelegramError } from './telegram.client';
import { is, outcomeOf } from './telegram.errors';
import type { Flavour } from './telegram.flavours';
import type { TelegramSettings } from './telegram.settings';

const AT_MOST = 100; // updates an answer
const ANSWER_MS = 10_000; // beyond the wait for news
const RETRY_MS = 5_000;
/**
 * After a week without updates the next id is drawn at random and may lie below the offset, which would hide it for
 * ever. Shortly before, the offset is left out: what was confirmed does not come again.
 */
const OFFSET_LASTS_MS = 6 * 86_400_000;

/** One question for news. What it brings is confirmed by the next one's offset, so only after it was stored. */
export async function pullUpdates(
  client: TelegramClient,
  flavour: Flavour,
  settings: TelegramSettings,
  request: PullRequest,
  now: number,
): Promise<PullOutcome> {
  const last = record(request.cursor);
  const newsAt = milliseconds(last?.['newsAt']) ?? 0;
  const offset = now - newsAt < OFFSET_LASTS_MS ? integer(last?.['offset']) : undefined;
  const reply = await client.call({
    method: 'getUpdates',
    params: {
      limit: AT_MOST,
      timeout: settings.pollTimeoutSeconds,
      ...(offset === undefined ? {} : { offset }),
      ...(settings.allowedUpdates === null ? {} : { allowed_updates: settings.allowedUpdates }),
    },
    timeoutMs: settings.pollTimeoutSeconds * 1000 + ANSWER_MS,
    signal: request.signal,
  });
  if (reply.kind === 'no_answer') return { status: 'retry', reason: reply.reason, afterMs: RETRY_MS };
  if (reply.kind === 'refused') return refused(reply.error, flavour, settings);
  const bodies = list(reply.result);
  const ids = bodies.flatMap((update) => integer(record(update)?.['update_id']) ?? []);
  const cursor = ids.length === 0 ? (request.cursor ?? null) : { offset: Math.max(...ids) + 1, newsAt: now };
  return { status: 'pulled', bodies, cursor, more: bodies.length >= AT_MOST };
}

function refused(error: TelegramError, flavour: Flavour, settings: TelegramSettings): PullOutcome {
  if (error.code === 409) {
    const webhook = is(error, "can't use getupdates method while webhook is active");
    return {
      status: 'refused',
      code: webhook ? 'webhook_set' : 'polled_elsewhere',
      reason: `${flavour.name} 409: ${error.description.slice(0, 200)}`,
      fix: webhook
        ? {
            fa: 'بات وب‌هوک دارد. کانال را دوباره در شبکه راه‌اندازی کنید تا برداشته شود، یا «mode» را «webhook» بگذارید.',
            en: 'The bot has a webhook. Repair the channel to remove it, or set "mode" to "webhook".',
          }
        : {
            fa: 'برنامهٔ دیگری به‌روزرسانی‌های این بات را می‌پرسد. آن را متوقف کنید، یا از BotFather توکن تازه بگیرید.',
            en: 'Another program asks for this bot’s updates. Stop it, or take a new token from BotFather.',
          },
    };
  }
  const outcome = outcomeOf(error, flavour.name, settings.rateWaitMs);
  switch (outcome.status) {
    case 'reconnect':
      return outcome;
    case 'failed':
      return { status: 'refused', reason: outcome.reason, code: outcome.code };
    case 'unknown':
      return { status: 'retry', reason: outcome.reason, afterMs: RETRY_MS };
    case 'retry':
      return { status: 'retry', reason: outcome.reason, code: outcome.code, afterMs: outcome.afterMs };
  }
}
