import { wordsOf } from '../../../refusals/refusal-words';
import type { Words } from '../../../text/words';
import type { HealthCheck, HealthReport } from '../../health';
import type { HttpAnswer } from '../../egress';
import { record, string } from '../json';

const check = (name: string, state: HealthCheck['state'], message: Words, fix?: Words): HealthCheck => ({
  name,
  state,
  message,
  ...(fix === undefined ? {} : { fix }),
});

export const NOTHING_TO_ASK: HealthReport = {
  checks: [
    check(
      'sending',
      'problem',
      {
        fa: 'کانال deliveryUrl ندارد: رویدادها می‌رسند ولی پاسخ‌ها بیرون نمی‌روند.',
        en: 'The channel has no deliveryUrl: events come in, answers cannot go out.',
      },
      {
        fa: 'مدیر deliveryUrl را در تنظیمات کانال وارد کند.',
        en: 'An admin enters deliveryUrl in the channel’s settings.',
      },
    ),
  ],
};

/** Reads the answer to a `ping` or to `channel.subscribe`: `{ "webhookUrl": "where it posts events" }`, if it says so. */
export function healthOf(answer: HttpAnswer, webhookUrl: string | null): HealthReport {
  if (answer.kind === 'no_answer')
    return {
      checks: [
        check('sending', 'problem', wordsOf(answer.reason), {
          fa: 'ببینید سرویس روشن است و deliveryUrl درست است.',
          en: 'Check that the service runs and deliveryUrl is right.',
        }),
      ],
    };
  const { status } = answer;
  if (status === 401 || status === 403) {
    const message = {
      fa: `سرویس امضای ما را نمی‌پذیرد (HTTP ${status}).`,
      en: `The service refuses our signature (HTTP ${status}).`,
    };
    return {
      checks: [
        {
          ...check('token', 'problem', message, {
            fa: 'در هر دو سو یک رمز وارد کنید.',
            en: 'Enter the same secret on both sides.',
          }),
          serious: true,
        },
      ],
    };
  }
  if (!answer.ok)
    return {
      checks: [
        check(
          'sending',
          'problem',
          { fa: `سرویس به پینگ با HTTP ${status} پاسخ می‌دهد.`, en: `The service answers a ping with HTTP ${status}.` },
          { fa: '‏deliveryUrl را بررسی کنید.', en: 'Check deliveryUrl.' },
        ),
      ],
    };
  return {
    checks: [
      check('token', 'ok', { fa: 'سرویس امضای ما را می‌پذیرد.', en: 'The service takes our signature.' }),
      check('sending', 'ok', { fa: 'سرویس در دسترس است.', en: 'The service can be reached.' }),
      subscription(string(record(answer.json)?.['webhookUrl']), webhookUrl),
    ],
  };
}

function subscription(told: string | undefined, webhookUrl: string | null): HealthCheck {
  if (told === undefined || webhookUrl === null)
    return check('subscription', 'unknown', {
      fa: 'سرویس نمی‌گوید رویدادها را کجا می‌فرستد.',
      en: 'The service does not say where it posts events.',
    });
  if (told === webhookUrl)
    return check('subscription', 'ok', {
      fa: 'سرویس رویدادها را به همین کانال می‌فرستد.',
      en: 'The service posts events to this channel.',
    });
  const message =
    told === ''
      ? { fa: 'سرویس رویدادها را هیچ‌جا نمی‌فرستد.', en: 'The service posts events nowhere.' }
      : { fa: 'سرویس رویدادها را به نشانی دیگری می‌فرستد.', en: 'The service posts events to another address.' };
  return check('subscription', 'problem', message, {
    fa: `بگذارید سرویس به ${webhookUrl} بفرستد.`,
    en: `Let the service post to ${webhookUrl}.`,
  });
}
