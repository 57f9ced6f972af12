import { CircleAlert, X } from 'lucide-react';
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react';
import { useText } from '../i18n/use-text';
import { Button, IconButton } from './button';
import { classes } from './classes';

interface Toast {
  id: number;
  text: string;
  tone: 'info' | 'error';
  way?: WayOn;
}

/** A way on, or back, beside what was said. */
export interface WayOn {
  label: string;
  go: () => void;
}

export interface Tell {
  /** Says something in passing: it goes away by itself. */
  info(text: string, way?: WayOn): void;
  /** Says what failed: it stays until it is closed. */
  error(text: string): void;
}

const INFO_MS = 6_000;
// A way back must stay long enough to be reached with the keyboard.
const UNDO_MS = 15_000;
const ToastContext = createContext<Tell | null>(null);

export function useTell(): Tell {
  const tell = useContext(ToastContext);
  if (!tell) throw new Error('ToastProvider is missing above this component.');
  return tell;
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const t = useText();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const next = useRef(0);
  const close = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), []);
  const tell = useMemo<Tell>(() => {
    const show = (text: string, tone: Toast['tone'], way?: WayOn) => {
      const id = ++next.current;
      setToasts((shown) => [...shown.filter((toast) => toast.text !== text), { id, text, tone, way }]);
      if (tone === 'info') setTimeout(() => close(id), way ? UNDO_MS : INFO_MS);
    };
    return { info: (text, way) => show(text, 'info', way), error: (text) => show(text, 'error') };
  }, [close]);
  return (
    <ToastContext value={tell}>
      {children}
      <div className="pointer-events-none fixed start-4 bottom-4 z-30 flex w-96 max-w-[calc(100vw-2rem)] flex-col gap-2">
        {toasts.map(({ id, text, tone, way }) => (
          <div
            key={id}
            role={tone === 'error' ? 'alert' : 'status'}
            className={classes(
              'appear pointer-events-auto flex items-start gap-2 rounded-lg border bg-surface py-2 ps-3 pe-1 shadow-xl',
              tone === 'error' ? 'border-danger/50' : 'border-line',
            )}
          >
            {tone === 'error' && <CircleAlert size={18} className="mt-1 shrink-0 text-danger" aria-hidden />}
            <p className="flex-1 py-0.5">
              <bdi>{text}</bdi>
            </p>
            {way && (
              <Button
                size="small"
                onPress={() => {
                  close(id);
                  way.go();
                }}
              >
                {way.label}
              </Button>
            )}
            <IconButton size="small" label={t('common.close')} icon={<X size={16} />} onPress={() => close(id)} />
          </div>
        ))}
      </div>
    </ToastContext>
  );
}
