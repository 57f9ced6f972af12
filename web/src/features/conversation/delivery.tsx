import { Check, CheckCheck, CircleAlert, CircleHelp, Clock } from 'lucide-react';
import type { DeliveryState } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { classes } from '../../ui/classes';

const LOOKS = {
  queued: { Icon: Clock, colour: 'text-muted' },
  sending: { Icon: Clock, colour: 'text-muted' },
  sent: { Icon: Check, colour: 'text-muted' },
  delivered: { Icon: CheckCheck, colour: 'text-muted' },
  read: { Icon: CheckCheck, colour: 'text-ok' },
  failed: { Icon: CircleAlert, colour: 'text-danger' },
  unknown: { Icon: CircleHelp, colour: 'text-warn' },
} as const;

/** A tick and the word for it: the word is read aloud, and shown where something is wrong. */
export function DeliveryMark({ state }: { state: DeliveryState }) {
  const t = useText();
  const { Icon, colour } = LOOKS[state];
  const loud = state === 'failed' || state === 'unknown';
  return (
    <span className={classes('inline-flex items-center gap-1', colour)}>
      <Icon size={14} aria-hidden />
      <span className={loud ? 'font-semibold' : 'sr-only'}>{t(`delivery.${state}`)}</span>
    </span>
  );
}
