import type { Capabilities } from '../../api/types';
import type { Mode } from '../../lib/drafts';

export const MODES: readonly Mode[] = ['public', 'private', 'note'];

export interface ModeState {
  mode: Mode;
  enabled: boolean;
  /** Why not, as the server says it: a code or a sentence. */
  refusal: string | null;
}

/** What is left where the server cannot tell what a channel takes. */
export const NOTES_ONLY: Capabilities = {
  reply: [],
  textLimit: { max: 0, unit: 'characters' },
  window: { kind: 'none', closesAt: null },
  privateReply: null,
  moderation: [],
  refusals: { public: 'channel_disabled', private: 'channel_disabled' },
};

/** Which ways of answering are open here. The channel's capabilities decide, never its name. */
export function modeStates(capabilities: Capabilities, may: { reply: boolean; note: boolean }): ModeState[] {
  return MODES.map((mode) => {
    if (mode === 'note') return { mode, enabled: may.note, refusal: may.note ? null : 'forbidden' };
    if (!may.reply) return { mode, enabled: false, refusal: 'forbidden' };
    const refusal = capabilities.refusals[mode] ?? (capabilities.reply.includes(mode) ? null : 'not_possible_here');
    return { mode, enabled: refusal === null, refusal };
  });
}

/** The mode to write in: the wanted one if it is open, else the first that is, else a note's place (disabled like the rest). */
export function usableMode(states: readonly ModeState[], wanted: Mode | null): Mode {
  const open = states.filter(({ enabled }) => enabled).map(({ mode }) => mode);
  if (wanted && open.includes(wanted)) return wanted;
  return open[0] ?? 'note';
}

/** The next open mode in turn, forwards (1) or backwards (-1). */
export function cycleMode(states: readonly ModeState[], current: Mode, by: 1 | -1): Mode {
  const open = states.filter(({ enabled }) => enabled).map(({ mode }) => mode);
  const at = open.indexOf(current);
  return open[(at + by + open.length) % open.length] ?? current;
}
