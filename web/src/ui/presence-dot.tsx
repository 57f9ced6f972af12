import type { PresenceState } from '../api/types';
import { classes } from './classes';

const LOOKS: Record<PresenceState, string> = {
  online: 'bg-ok',
  away: 'border-2 border-warn',
  offline: 'border-2 border-line-strong bg-transparent',
};

/** Full, ring, grey ring: told apart without colour. The word stands beside it. */
export const PresenceDot = ({ state }: { state: PresenceState }) => (
  <span aria-hidden className={classes('inline-block size-2.5 shrink-0 rounded-full', LOOKS[state])} />
);
