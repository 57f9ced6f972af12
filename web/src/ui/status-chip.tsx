import { Circle, CircleCheck, CircleDashed, CircleDot, CirclePause, CircleX } from 'lucide-react';
import type { Priority, TicketStatus } from '../api/types';
import { useText } from '../i18n/use-text';
import { classes } from './classes';

/** One shape and one colour for each status; the meanings are in README.md. */
const LOOKS = {
  new: { Icon: CircleDot, colour: 'text-public' },
  open: { Icon: Circle, colour: 'text-brand' },
  pending: { Icon: CircleDashed, colour: 'text-note' },
  on_hold: { Icon: CirclePause, colour: 'text-muted' },
  solved: { Icon: CircleCheck, colour: 'text-ok' },
  closed: { Icon: CircleX, colour: 'text-muted' },
} as const;

export function StatusIcon({ status, size = 14 }: { status: TicketStatus; size?: number }) {
  const { Icon, colour } = LOOKS[status];
  return <Icon size={size} aria-hidden className={classes(colour, 'shrink-0')} />;
}

export function StatusChip({ status }: { status: TicketStatus }) {
  const t = useText();
  return (
    <span
      className={classes('inline-flex items-center gap-1 whitespace-nowrap text-xs font-medium', LOOKS[status].colour)}
    >
      <StatusIcon status={status} size={13} />
      {t(`status.${status}`)}
    </span>
  );
}

const PRIORITY_COLOURS: Record<Priority, string> = {
  low: 'text-muted',
  normal: 'text-muted',
  high: 'text-warn',
  urgent: 'text-danger',
};

/** Drawn for what stands out; a normal priority is silence. */
export function PriorityChip({ priority }: { priority: Priority }) {
  const t = useText();
  if (priority === 'normal' || priority === 'low') return null;
  return (
    <span className={classes('text-xs font-semibold whitespace-nowrap', PRIORITY_COLOURS[priority])}>
      {t(`priority.${priority}`)}
    </span>
  );
}
