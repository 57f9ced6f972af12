import { Globe, Lock, StickyNote } from 'lucide-react';
import { useId } from 'react';
import type { Capabilities } from '../../api/types';
import { useText } from '../../i18n/use-text';
import type { Mode } from '../../lib/drafts';
import { classes } from '../../ui/classes';
import { sendRefusal } from '../../ui/send-refusal';
import type { ModeState } from './modes';

const LOOKS = {
  public: { Icon: Globe, checked: 'has-checked:bg-public has-checked:text-on-public' },
  private: { Icon: Lock, checked: 'has-checked:bg-ink has-checked:text-canvas' },
  note: { Icon: StickyNote, checked: 'has-checked:bg-note has-checked:text-on-note' },
} as const;

export interface ModePickerProps {
  states: readonly ModeState[];
  current: Mode;
  window: Capabilities['window'];
  onPick: (mode: Mode) => void;
}

/** Who will read it. Three radio buttons that never look alike; a closed one says why. */
export function ModePicker({ states, current, window, onPick }: ModePickerProps) {
  const t = useText();
  const group = useId();
  const closed = states.filter(({ enabled }) => !enabled);
  return (
    <div className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-1">
      <fieldset className="flex rounded-md border border-line bg-raised p-0.5">
        <legend className="sr-only">{t('composer.who_reads')}</legend>
        {states.map(({ mode, enabled, refusal }) => {
          const { Icon, checked } = LOOKS[mode];
          return (
            <label
              key={mode}
              title={refusal ? (sendRefusal(refusal, t) ?? refusal) : undefined}
              className={classes(
                'flex min-h-7 items-center gap-1.5 rounded-[6px] px-3 text-[13px] font-medium has-focus-visible:outline-2 has-focus-visible:outline-brand',
                checked,
                enabled ? 'text-ink' : 'cursor-not-allowed! text-muted line-through',
              )}
            >
              <input
                type="radio"
                name={group}
                value={mode}
                checked={mode === current}
                disabled={!enabled}
                onChange={() => onPick(mode)}
                className="sr-only"
                aria-describedby={enabled ? undefined : `${group}-${mode}`}
              />
              <Icon size={14} aria-hidden />
              {t(`composer.mode.${mode}`)}
            </label>
          );
        })}
      </fieldset>
      {window.kind === 'human' && <p className="text-xs text-warn">{t('composer.human_window')}</p>}
      {closed.map(({ mode, refusal }) => (
        <p
          key={mode}
          id={`${group}-${mode}`}
          className={refusal === 'not_possible_here' ? 'sr-only' : 'text-xs text-muted'}
        >
          {t(`composer.mode.${mode}`)}: {sendRefusal(refusal, t) ?? refusal}
        </p>
      ))}
    </div>
  );
}
