import { CircleAlert, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../i18n/use-text';
import { Button } from './button';
import { refusalText } from './refusal';

/** Nothing here, and what that means. */
export function Empty({ icon, title, children }: { icon?: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center justify-center gap-2 px-6 py-12 text-center text-muted">
      {icon}
      <p className="font-semibold text-ink">{title}</p>
      {children}
    </div>
  );
}

/** A part that could not be read: says why, offers the way on, leaves the other parts alone. */
export function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useText();
  return (
    <div role="alert" className="flex flex-col items-center gap-3 px-6 py-10 text-center">
      <CircleAlert className="text-danger" aria-hidden />
      <p>
        <bdi>{refusalText(error, t)}</bdi>
      </p>
      <Button onPress={onRetry} size="small">
        <RotateCw size={15} aria-hidden />
        {t('common.retry')}
      </Button>
    </div>
  );
}

/** Grey bars in the place of what is being read; a screen reader hears one sentence. */
export function Skeleton({ rows, height = 'h-16' }: { rows: number; height?: string }) {
  const t = useText();
  return (
    <div role="status" className="flex flex-col gap-3 p-4">
      <span className="sr-only">{t('common.loading')}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={`skeleton ${height}`} />
      ))}
    </div>
  );
}
