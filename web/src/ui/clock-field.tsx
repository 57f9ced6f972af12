import { useState } from 'react';
import { useLanguage, useText } from '../i18n/use-text';
import { clockText, minutesOf } from '../lib/day';
import { latinDigits } from '../lib/text';
import { TextField } from './field';

/**
 * A time of the day in 24 hours and the reader's digits; "9", "930" and "۹:۳۰" are understood. Minutes after midnight;
 * null where an empty one is allowed.
 */
export function ClockField({
  label,
  help,
  value,
  required = true,
  onChange,
}: {
  label: string;
  help?: string;
  value: number | null;
  required?: boolean;
  onChange: (minutes: number | null) => void;
}) {
  const t = useText();
  const { formats } = useLanguage();
  const [written, setWritten] = useState<string | null>(null);
  const [isWrong, setWrong] = useState(false);
  const shown = value === null ? '' : clockText(value, formats.tag);
  function settle() {
    const text = latinDigits(written ?? '').trim();
    const minutes = minutesOf(text);
    const isEmpty = text === '';
    if (isEmpty && !required) onChange(null);
    else if (!Number.isNaN(minutes)) onChange(minutes);
    setWrong(!isEmpty && Number.isNaN(minutes));
    setWritten(null);
  }
  return (
    <TextField
      label={label}
      help={help}
      problem={isWrong ? t('date.clock_problem') : undefined}
      inputMode="numeric"
      autoComplete="off"
      dir="ltr"
      required={required}
      value={written ?? shown}
      onChange={({ target }) => setWritten(target.value)}
      onBlur={() => written !== null && settle()}
      onKeyDown={({ key }) => key === 'Enter' && written !== null && settle()}
      className="timer"
    />
  );
}
