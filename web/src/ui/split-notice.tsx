import { SplitSquareVertical } from 'lucide-react';
import { useText } from '../i18n/use-text';

/** One reply that the network takes as several messages: said with their number, done only when the writer agrees. */
export function SplitNotice({
  messages,
  agreed,
  onAgree,
}: {
  messages: number;
  agreed: boolean;
  onAgree: (agreed: boolean) => void;
}) {
  const t = useText();
  return (
    <label className="mt-2 flex items-center gap-2 rounded-md border border-warn/50 bg-warn-soft px-3 py-1.5 text-sm">
      <input
        type="checkbox"
        checked={agreed}
        onChange={(event) => onAgree(event.target.checked)}
        className="size-4 accent-brand"
      />
      <SplitSquareVertical size={16} aria-hidden className="text-warn" />
      {t('composer.split', { count: messages })}
    </label>
  );
}
