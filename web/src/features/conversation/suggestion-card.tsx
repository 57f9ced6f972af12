import { Bot, Check, X } from 'lucide-react';
import type { BotSuggestion } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { MessageText } from '../../ui/rich-text';

function settlement({ mode, outcome }: BotSuggestion, answered: boolean) {
  if (mode === 'sent') return mode;
  return outcome ?? (answered ? 'answered' : null);
}

/** What the bot would answer to the question above, with the article and how sure it is; or what became of it. */
export function SuggestionCard({
  suggestion,
  answered,
  onSettle,
}: {
  suggestion: BotSuggestion;
  answered: boolean;
  onSettle: (outcome: 'accepted' | 'dismissed') => void;
}) {
  const t = useText();
  const { formats } = useLanguage();
  const { title, answer, score } = suggestion;
  const settled = settlement(suggestion, answered);
  const source = (
    <>
      <bdi>{t('common.quoted', { text: title })}</bdi> · {t('suggestion.score', { score: formats.percent(score) })}
    </>
  );
  if (settled)
    return (
      <p className="-mt-2 flex items-center gap-1.5 ps-2 text-xs text-muted">
        <Bot size={13} aria-hidden className="text-bot" />
        <span>
          {t(`suggestion.${settled}`)} {source}
        </span>
      </p>
    );
  return (
    <section
      aria-label={t('suggestion.label')}
      className="-mt-1 w-fit max-w-[85%] self-start rounded-lg border border-dashed border-bot/60 bg-bot-soft px-3 py-2"
    >
      <p className="flex items-center gap-1.5 text-xs font-semibold text-bot">
        <Bot size={14} aria-hidden />
        <span>
          {t('suggestion.label')} · {source}
        </span>
      </p>
      <div className="my-1">
        <MessageText text={answer} />
      </div>
      <div className="flex gap-2">
        <Button size="small" onPress={() => onSettle('accepted')}>
          <Check size={14} aria-hidden />
          {t('suggestion.use')}
        </Button>
        <Button size="small" tone="quiet" onPress={() => onSettle('dismissed')}>
          <X size={14} aria-hidden />
          {t('suggestion.dismiss')}
        </Button>
      </div>
    </section>
  );
}
