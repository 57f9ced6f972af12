import { PhoneCall } from 'lucide-react';
import { OUTCOMES } from '../../api/calls';
import type { Message } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { useDuration } from '../../ui/duration';
import { MessageText } from '../../ui/rich-text';

const CODES = ['not_reached_write_instead', 'wrong_number_write_instead'] as const;

/** A phone call as its thread tells it: which try, how it went, how long, what was said. */
export function CallNote({ message: { call, text } }: { message: Message }) {
  const t = useText();
  const { formats } = useLanguage();
  const duration = useDuration();
  if (!call) return null;
  const outcome = OUTCOMES.find((one) => one === call.outcome);
  const code = CODES.find((one) => one === call.code);
  const head = call.code
    ? t(`call.code_${code ?? 'not_reached_write_instead'}`)
    : outcome
      ? t(`call.outcome_${outcome}`)
      : (call.outcome ?? t('call.under_way'));
  return (
    <div className="flex flex-col gap-0.5">
      <p className="flex flex-wrap items-center gap-2 font-medium">
        <PhoneCall size={15} aria-hidden className="text-note" />
        {call.attempt !== undefined && <span>{t('call.attempt', { number: formats.number(call.attempt) })}</span>}
        <span>{head}</span>
        {call.durationMs != null && <span className="text-xs font-normal text-muted">{duration(call.durationMs)}</span>}
      </p>
      {text && <MessageText text={text} />}
      {call.recordingUrl && (
        <a href={call.recordingUrl} target="_blank" rel="noopener noreferrer" className="text-xs text-public underline">
          {t('call.recording')}
        </a>
      )}
    </div>
  );
}
