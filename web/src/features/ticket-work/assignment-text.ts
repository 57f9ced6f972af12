import type { Assignment } from '../../api/routing';
import type { Text } from '../../i18n/use-text';
import { isolate } from '../../lib/text';

const HOWS = ['push', 'next', 'claim', 'accepted', 'manual', 'handover', 'returned', 'moved', 'undone'] as const;
const ENDS = ['accepted', 'declined', 'timed_out', 'withdrawn'] as const;
const REASONS = ['shift_end', 'no_answer', 'ticket_moved_on', 'not_my_subject', 'busy', 'other'] as const;
const RULES = ['only_one', 'knows_customer', 'owed_turn', 'best_skill', 'freest', 'waited_longest', 'pulled'] as const;

/** One step in how a ticket came to whom, in words. */
export function assignmentText({ what, how, agent, from, actor }: Assignment, t: Text): string {
  const name = agent ? isolate(agent.name || t('common.someone')) : '';
  const who = isolate(actor.name ?? t('whose.router'));
  if (what === 'queued') return t('whose.queued');
  if (what === 'offered') return t('whose.offered', { name });
  if (what === 'offer_ended') {
    const end = ENDS.find((one) => one === how);
    return end ? t(`whose.end_${end}`, { name }) : `${name} ${how}`;
  }
  if (!agent) return t('whose.back', { name: isolate(from?.name || t('common.someone')), who });
  const way = HOWS.find((one) => one === how);
  const manner = way ? t(`whose.how_${way}`, { who }) : how;
  return t('whose.assigned', { name, how: manner });
}

/** Why: what decided, and the figures it rests on. */
export function reasonsOf(
  { why }: Assignment,
  t: Text,
  format: { duration: (ms: number) => string; number: (value: number) => string },
): string[] {
  const reasons: string[] = [];
  const rule = RULES.find((one) => one === why.rule);
  if (rule) reasons.push(t(`whose.rule_${rule}`));
  if (typeof why.slackMs === 'number')
    reasons.push(t(why.slackMs < 0 ? 'whose.late_by' : 'whose.slack', { time: format.duration(why.slackMs) }));
  if (typeof why.load === 'number' && typeof why.capacity === 'number')
    reasons.push(t('whose.load', { load: format.number(why.load), capacity: format.number(why.capacity) }));
  if (typeof why.candidates === 'number') reasons.push(t('whose.candidates', { count: why.candidates }));
  if (why.vip === true) reasons.push(t('whose.vip'));
  if (typeof why.reason === 'string') {
    const known = REASONS.find((one) => one === why.reason);
    reasons.push(known ? t(`whose.reason_${known}`) : isolate(why.reason));
  }
  return reasons;
}
