import { MessageSquareWarning } from 'lucide-react';
import type { Message } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { MessageText } from '../../ui/rich-text';

export interface StaleNoticeProps {
  newer: readonly Message[];
  contactName: string;
  onSendAnyway: () => void;
  onEdit: () => void;
}

/** The reply was held back once: this came in meanwhile. */
export function StaleNotice({ newer, contactName, onSendAnyway, onEdit }: StaleNoticeProps) {
  const t = useText();
  const { formats } = useLanguage();
  return (
    <div role="alert" className="mb-3 rounded-md border border-warn/50 bg-warn-soft p-3">
      <p className="flex items-center gap-2 font-semibold text-warn">
        <MessageSquareWarning size={17} aria-hidden />
        {t('stale.title')}
      </p>
      <ul className="my-2 flex max-h-40 flex-col gap-2 overflow-auto">
        {newer.map((message) => (
          <li key={message.id} className="rounded-md border border-line bg-surface px-3 py-1.5">
            <p className="text-xs text-muted">
              <bdi>{message.author.name || (message.direction === 'in' ? contactName : t('author.us'))}</bdi> ·{' '}
              {formats.time(message.networkAt)}
            </p>
            <MessageText text={message.text} />
          </li>
        ))}
      </ul>
      <div className="flex gap-2">
        <Button size="small" tone="brand" onPress={onEdit}>
          {t('stale.edit')}
        </Button>
        <Button size="small" onPress={onSendAnyway}>
          {t('stale.send_anyway')}
        </Button>
      </div>
    </div>
  );
}
