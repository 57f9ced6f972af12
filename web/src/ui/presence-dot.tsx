import type { PresenceState } from '../api/types';
import { classes } from './classes';

const LOOKS: Record<PresenceState, string> = {
  online: 'bg-ok',
  draining: 'bg-warn',
  away: 'border-2 border-warn',
  break: 'border-2 border-note',
  offline: 'border-2 border-line-strong bg-transparent',
};

/** Full for who is at work, a ring for who is not: told apart without colour. The word stands beside it. */
export const PresenceDot = ({ state }: { state: PresenceState }) => (
  <span aria-hidden className={classes('inline-block size-2.5 shrink-0 rounded-full', LOOKS[state])} />
);
