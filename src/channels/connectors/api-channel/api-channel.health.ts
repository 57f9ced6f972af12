import type { HealthCheck, HealthReport } from '../../connector';
import type { HttpAnswer } from '../../egress';
import { record, string } from '../json';

const check = (name: string, state: HealthCheck['state'], message: string, fix?: string): HealthCheck => ({
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
      'The channel has no deliveryUrl: events come in, answers cannot go out.',
      'An admin enters deliveryUrl in the channel’s settings.',
    ),
  ],
};

/** Reads the answer to a `ping` or to `channel.subscribe`: `{ "webhookUrl": "where it posts events" }`, if it says so. */
export function healthOf(answer: HttpAnswer, webhookUrl: string | null): HealthReport {
  if (answer.kind === 'no_answer')
    return {
      checks: [check('sending', 'problem', answer.reason, 'Check that the service runs and deliveryUrl is right.')],
    };
  const { status } = answer;
  if (status === 401 || status === 403) {
    const message = `The service refuses our signature (HTTP ${status}).`;
    return {
      checks: [{ ...check('token', 'problem', message, 'Enter the same secret on both sides.'), serious: true }],
    };
  }
  if (!answer.ok)
    return {
      checks: [check('sending', 'problem', `The service answers a ping with HTTP ${status}.`, 'Check deliveryUrl.')],
    };
  return {
    checks: [
      check('token', 'ok', 'The service takes our signature.'),
      check('sending', 'ok', 'The service can be reached.'),
      subscription(string(record(answer.json)?.['webhookUrl']), webhookUrl),
    ],
  };
}

function subscription(told: string | undefined, webhookUrl: string | null): HealthCheck {
  if (told === undefined || webhookUrl === null)
    return check('subscription', 'unknown', 'The service does not say where it posts events.');
  if (told === webhookUrl) return check('subscription', 'ok', 'The service posts events to this channel.');
  const message = told === '' ? 'The service posts events nowhere.' : 'The service posts events to another address.';
  return check('subscription', 'problem', message, `Let the service post to ${webhookUrl}.`);
}
