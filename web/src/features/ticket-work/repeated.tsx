import { Link } from '@tanstack/react-router';
import { ChevronDown, Users } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Message } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';

export interface RepeatedProps {
  message: Message;
  /** The same said again right after it. */
  again: readonly Message[];
  /** Messages are being chosen: each has to be in reach. */
  choosing: boolean;
  draw: (message: Message, continued: boolean) => ReactNode;
}

/** Under a bubble: how often it was said, with the others behind a press, and whether many people write it. */
export function Repeated({ message: { wave }, again, choosing, draw }: RepeatedProps) {
  const t = useText();
  const { formats } = useLanguage();
  const [opened, setOpened] = useState(false);
  const last = again.at(-1);
  const open = opened || choosing;
  const count = again.length + 1;
  return (
    <>
      {open && again.map((message) => draw(message, true))}
      <p className="-mt-2 flex flex-wrap gap-1.5 self-start text-xs">
        {last && !choosing && (
          <button
            type="button"
            aria-expanded={open}
            aria-label={open ? undefined : t('repeat.said', { count, time: formats.time(last.networkAt) })}
            onClick={() => setOpened(!opened)}
            className="flex min-h-6 items-center gap-1 rounded-full border border-line bg-raised px-2 text-muted hover:border-line-strong"
          >
            {open ? (
              t('repeat.fold')
            ) : (
              <>
                <strong className="text-ink">×{formats.number(count)}</strong>
                <time dateTime={last.networkAt}>{formats.time(last.networkAt)}</time>
              </>
            )}
            <ChevronDown size={12} aria-hidden className={open ? 'rotate-180' : undefined} />
          </button>
        )}
        {wave && (
          <Link
            to="/waves"
            className="flex min-h-6 items-center gap-1 rounded-full bg-warn-soft px-2 text-warn hover:underline"
          >
            <Users size={12} aria-hidden />
            {t('repeat.wave', { count: wave.people })}
          </Link>
        )}
      </p>
    </>
  );
}
