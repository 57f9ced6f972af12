import { useQuery } from '@tanstack/react-query';
import { Star } from 'lucide-react';
import { surveyQuery } from '../../api/surveys';
import { useLanguage, useText } from '../../i18n/use-text';
import { MessageText } from '../../ui/rich-text';

/** What the customer said when asked how it was. Nothing where nobody asked. */
export function SurveyResult({ ticketId }: { ticketId: string }) {
  const t = useText();
  const { formats } = useLanguage();
  const { data: survey } = useQuery(surveyQuery(ticketId));
  if (!survey?.askedAt) return null;
  const { kind, score, comment, askedAt, answeredAt } = survey;
  return (
    <section aria-label={t('survey.title')} className="rounded-md border border-line bg-raised px-3 py-2">
      <p className="flex items-center gap-2 font-medium">
        <Star size={15} aria-hidden className="text-note" />
        {score === null
          ? t('survey.waiting', { at: formats.dateTime(askedAt) })
          : t(`survey.${kind}`, { score: formats.number(score) })}
      </p>
      {comment && <MessageText text={comment} />}
      {answeredAt && <p className="text-xs text-muted">{formats.dateTime(answeredAt)}</p>}
    </section>
  );
}
