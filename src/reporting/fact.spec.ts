import type { DomainEvent, DomainEventData, DomainEventType } from '../outbox/domain-event';
import { count, type MessageTimes, type Work } from './fact';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 21, 9, minute));
const MINUTE = 60_000;

function happened<T extends DomainEventType>(minute: number, type: T, data: DomainEventData[T], actor = 'agent') {
  return {
    workspaceId: 'harbour',
    position: minute,
    at: at(minute),
    type,
    data,
    actor: { kind: actor, id: 'ada' },
    ticketId: 't1',
    conversationId: 'c1',
    contactId: 'omar',
    messageId: 'm1',
    audience: [],
    requestId: null,
  } as DomainEvent;
}
const wrote = (minute: number) =>
  happened(minute, 'message.received', { seq: 1, direction: 'in', kind: 'dm', opensWork: true }, 'contact');
const sent = (minute: number, author: 'agent' | 'bot' | 'system') =>
  happened(minute, 'message.sent', { seq: 2, visibility: 'private', author }, author);

/** The books after all of these. */
function books(...events: readonly (DomainEvent | [DomainEvent, MessageTimes])[]) {
  let work: Work = { openedAt: at(0), waitingSince: null, botAnswered: false, answeredAt: null };
  const lines: string[] = [];
  for (const each of events) {
    const [event, times] = Array.isArray(each) ? each : [each, undefined];
    const counted = count(event, work, times);
    ({ work } = counted);
    for (const { kind, actor, took, value, detail } of counted.facts) {
      const minutes = took ? ` after ${(took.to.getTime() - took.from.getTime()) / MINUTE}` : '';
      const first = kind === 'answer' ? ` ${detail['first'] === true ? 'first' : 'later'}` : '';
      lines.push(`${kind} by ${actor}${minutes}${first}${value === null ? '' : ` =${value}`}`);
    }
  }
  return { lines, work };
}

it.each<[string, (DomainEvent | [DomainEvent, MessageTimes])[], string[]]>([
  [
    'an answer is measured from the first word it answers',
    [wrote(0), wrote(5), sent(12, 'agent')],
    ['customer_message by contact =1', 'customer_message by contact =1', 'answer by agent after 12 first'],
  ],
  [
    'each wait begins anew',
    [wrote(0), sent(2, 'agent'), wrote(10), sent(11, 'agent')],
    [
      'customer_message by contact =1',
      'answer by agent after 2 first',
      'customer_message by contact =1',
      'answer by agent after 1 later',
    ],
  ],
  ['a word of ours that nobody waited for took no time', [sent(2, 'agent')], ['answer by agent first']],
  [
    'a person who answers after the bot is measured from the question',
    [wrote(0), sent(1, 'bot'), sent(20, 'agent')],
    ['customer_message by contact =1', 'answer by bot after 1 first', 'answer by agent after 20 first'],
  ],
  [
    'but not from a question the bot had answered before the next',
    [wrote(0), sent(1, 'bot'), wrote(15), sent(20, 'agent')],
    [
      'customer_message by contact =1',
      'answer by bot after 1 first',
      'customer_message by contact =1',
      'answer by agent after 5 first',
    ],
  ],
  ['a survey answers nothing', [wrote(0), sent(1, 'system')], ['customer_message by contact =1']],
  [
    'thanks that ask for nothing begin no wait',
    [
      happened(0, 'message.received', { seq: 1, direction: 'in', kind: 'dm', opensWork: false }, 'contact'),
      sent(3, 'agent'),
    ],
    ['customer_message by contact =0', 'answer by agent first'],
  ],
  [
    'what was delayed on its way is measured from when it was written',
    [[wrote(30), { networkAt: at(10), receivedAt: at(30), appliedAt: at(30) }], sent(40, 'agent')],
    ['customer_message by contact =1', 'answer by agent after 30 first'],
  ],
  [
    'a network’s clock that runs ahead makes nobody wait less than nothing',
    [[wrote(0), { networkAt: at(50), receivedAt: at(0), appliedAt: at(0) }], sent(5, 'agent')],
    ['customer_message by contact =1', 'answer by agent after 5 first'],
  ],
  [
    'solved counts from the opening and ends the wait; reopened is a fact of its own',
    [
      wrote(0),
      happened(30, 'ticket.status_changed', { from: 'open', to: 'solved' }),
      happened(31, 'ticket.status_changed', { from: 'solved', to: 'open', reason: 'customer_wrote' }, 'contact'),
    ],
    [
      'customer_message by contact =1',
      'status_changed by agent',
      'solved by agent after 30',
      'status_changed by contact',
      'reopened by contact',
    ],
  ],
  [
    'a merge is counted on the ticket that went away',
    [
      happened(1, 'ticket.merged', { from: 't1', into: 't2' }),
      happened(2, 'ticket.merged', { from: 't9', into: 't1' }),
    ],
    ['merged by agent =1'],
  ],
  [
    'a customer who deletes moderates nobody',
    [happened(1, 'message.deleted', { by: 'contact' }, 'contact'), happened(2, 'message.hidden', {})],
    ['moderated by agent'],
  ],
])('%s', (_, events, expected) => expect(books(...events).lines).toEqual(expected));
