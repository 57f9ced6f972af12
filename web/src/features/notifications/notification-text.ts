import type { Notification } from '../../api/notifications';
import type { ChannelAlarm, TicketStatus } from '../../api/types';
import type { Text } from '../../i18n/use-text';
import type { Formats } from '../../lib/dates';
import { isolate } from '../../lib/text';
import { inOurLanguage } from '../../ui/refusal';

const CLOCKS = ['first_response', 'next_response', 'resolution'] as const;
const STATUSES = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed'] as const satisfies TicketStatus[];
// Said the same way whatever their data is.
const PLAIN = new Map([
  ['call.failed', 'call_failed'],
  ['handoff.address_offered', 'address_offered'],
  ['handoff.address_confirmed', 'address_confirmed'],
  ['handoff.bounced', 'mail_bounced'],
  ['handoff.expired', 'address_not_told'],
  ['ticket.customer_wrote', 'customer_wrote'],
  ['presence.away_after_timeouts', 'away_after_timeouts'],
  ['approval.requested', 'approval'],
] as const);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function windowOf({ windowStart, windowEnd }: Notification['data'], formats: Formats): string {
  if (typeof windowStart !== 'string' || typeof windowEnd !== 'string') return '';
  return `${formats.shortDate(windowStart)} ${formats.time(windowStart)}–${formats.time(windowEnd)}`;
}

interface Trouble {
  channelId: string | null;
  name: string;
  alarms: Pick<ChannelAlarm, 'message' | 'fix'>[];
}

function troubleOf({ channel, alarms }: Notification['data']): Trouble {
  const { id, name } = (channel ?? {}) as { id?: string; name?: string };
  return { channelId: id ?? null, name: name ?? '', alarms: (alarms ?? []) as Trouble['alarms'] };
}

/** The channel a notification leads to; null where it is of none. */
export const channelOf = ({ kind, data }: Notification): string | null =>
  kind === 'channel.alarm' ? troubleOf(data).channelId : null;

/** Of a channel in trouble: since when, and what to do, or that it is over. Null for everything else. */
export function hintOf({ kind, data, createdAt }: Notification, t: Text, formats: Formats): string | null {
  if (kind !== 'channel.alarm') return null;
  const from = formats.dateTime(createdAt);
  if (typeof data.overAt === 'string') return t('notice.channel_over', { from, to: formats.dateTime(data.overAt) });
  const fixes = troubleOf(data).alarms.flatMap(({ fix }) => (fix ? [inOurLanguage(fix, fix.en)] : []));
  return [t('notice.channel_since', { from }), ...fixes].join(' ');
}

/** What an agent is told, in words. A kind we have no words for is named as it is, never left out. */
export function notificationText(notice: Notification, t: Text, formats: Formats): string {
  const { count, tickets } = notice;
  if (tickets.count > 1) return textOfMany(notice, t, formats);
  const text = textOfOne(notice, t, formats);
  return count > 1 ? t('notice.times', { text, count }) : text;
}

/** Of several tickets at once: what is true of all of them. */
function textOfMany(notice: Notification, t: Text, formats: Formats): string {
  const { kind, data, tickets } = notice;
  const { count } = tickets;
  switch (kind) {
    case 'sla.warned':
      return t('notice.many.sla_warned', { count });
    case 'sla.escalated':
      return t('notice.many.sla_escalated', { count });
    case 'ticket.customer_wrote':
      return t('notice.many.customer_wrote', { count });
    case 'ticket.status_changed': {
      const status = STATUSES.find((one) => one === data.to);
      return t('notice.many.status', { count, status: status ? t(`status.${status}`) : textOf(data.to) });
    }
    case 'approval.requested':
      return t('notice.many.approval', { count });
    default:
      return t('notice.many.other', { count, text: textOfOne(notice, t, formats) });
  }
}

function textOfOne({ kind, data }: Notification, t: Text, formats: Formats): string {
  const clockKind = CLOCKS.find((one) => one === data.clock);
  const clock = clockKind ? t(`sla.${clockKind}`) : t('clock.call_back');
  const plain = PLAIN.get(kind as never);
  if (plain) return t(`notice.${plain}`);
  switch (kind) {
    case 'sla.warned':
      return t('notice.sla_warned', {
        clock,
        at: formats.time(textOf(data.dueAt)),
        percent: formats.percent(Number(data.percent) / 100),
      });
    case 'sla.escalated':
      return t('notice.sla_escalated', { clock, at: formats.dateTime(textOf(data.dueAt)) });
    case 'files.filling': {
      const percent = Number(data.percent);
      return percent >= 100
        ? t('notice.files_full')
        : t('notice.files_filling', { percent: formats.percent(percent / 100) });
    }
    case 'call.due':
      return t('notice.call_due', { window: windowOf(data, formats) });
    case 'call.missed':
      return t('notice.call_missed', { window: windowOf(data, formats) });
    case 'ticket.status_changed': {
      const status = STATUSES.find((one) => one === data.to);
      return t('notice.status', { status: status ? t(`status.${status}`) : textOf(data.to) });
    }
    case 'rule.notify':
      return textOf(data.text) || t('notice.rule', { name: isolate(textOf(data.rule)) });
    case 'rule.suspended':
      return t('notice.rule_suspended', { name: isolate(textOf(data.rule)) });
    case 'rule.stopped':
      return t('notice.rule_stopped', { name: isolate(textOf(data.rule)) });
    case 'queue.no_one_can': {
      const team = data.team as { name?: string } | undefined;
      return t('notice.no_one_can', { team: isolate(team?.name ?? '') });
    }
    case 'channel.alarm': {
      const { name, alarms } = troubleOf(data);
      const what = alarms.map(({ message }) => inOurLanguage(message, message.en)).join(' ');
      return t('notice.channel_alarm', { name: isolate(name), what });
    }
    case 'webhook.disabled':
      return t('notice.webhook', { name: isolate(textOf(data.name)) });
    default:
      return kind;
  }
}
