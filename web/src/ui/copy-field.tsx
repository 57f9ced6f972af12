import { Check, Copy } from 'lucide-react';
import { useId, useState } from 'react';
import { useText } from '../i18n/use-text';
import { IconButton } from './button';

const SHOWN_MS = 2_000;

/** An address to be carried elsewhere by hand: read-only, selected by a click, copied by a button. */
export function CopyField({ label, value, help }: { label: string; value: string; help?: string }) {
  const t = useText();
  const id = useId();
  const [copied, setCopied] = useState(false);
  async function copy() {
    await navigator.clipboard.writeText(value);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  }
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <div className="flex gap-1">
        <input
          id={id}
          readOnly
          dir="ltr"
          value={value}
          aria-describedby={help ? `${id}-help` : undefined}
          onFocus={(event) => event.currentTarget.select()}
          className="min-h-9 min-w-0 flex-1 rounded-md border border-line-strong bg-raised px-3 py-1.5 font-mono text-[13px]"
        />
        <IconButton
          tone="plain"
          label={copied ? t('common.copied') : t('common.copy')}
          icon={copied ? <Check size={16} className="text-ok" /> : <Copy size={16} />}
          onPress={() => void copy()}
        />
      </div>
      {help && (
        <p id={`${id}-help`} className="text-xs text-muted">
          {help}
        </p>
      )}
      <p role="status" className="sr-only">
        {copied ? t('common.copied') : ''}
      </p>
    </div>
  );
}
