import { Hourglass } from 'lucide-react';
import type { Attachment } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { kindName } from '../../ui/kind-name';

const REASONS = ['story_expired'] as const;

/** What is left of a file that the network let be kept only so long: what it was, since when it is gone, and why. */
export function EndedFile({ attachment: { kind, name, removed } }: { attachment: Attachment }) {
  const t = useText();
  const { formats } = useLanguage();
  const reason = REASONS.find((one) => one === removed?.reason);
  return (
    <div className="flex max-w-80 min-w-48 items-center gap-2 rounded-md border border-dashed border-line px-2.5 py-1.5 text-sm text-muted">
      <Hourglass size={16} aria-hidden className="shrink-0" />
      <span className="min-w-0 leading-snug">
        <span className="block truncate">
          <bdi>{name ?? kindName(kind, t)}</bdi>
        </span>
        <span className="block text-xs">
          {reason && removed
            ? t(`attachment.removed_${reason}`, { at: formats.dateTime(removed.at) })
            : t('attachment.gone')}
        </span>
      </span>
    </div>
  );
}

/** Until when the network lets a file be shown. */
export function KeptUntil({ at }: { at: string }) {
  const t = useText();
  const { formats } = useLanguage();
  return <span className="block text-xs text-muted">{t('attachment.keep_until', { at: formats.dateTime(at) })}</span>;
}
