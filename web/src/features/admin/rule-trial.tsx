import type { Answer, RuleDryRun } from '../../api/admin/rules';
import { useLanguage, useText } from '../../i18n/use-text';
import { Ltr } from '../../ui/rich-text';
import { Card, Section } from './form-parts';
import { RULE_FIELDS } from './rule-tree';
import { eventName } from './when-editor';

/** What a rule would have answered to last week. */
export function RuleTrial({ result }: { result: RuleDryRun }) {
  const t = useText();
  const { formats } = useLanguage();
  const { events, looked, every, matched, tickets, examples, asOfNow, notCovered } = result;
  return (
    <Section title={t('rules.trial')}>
      <Card>
        <p role="status">{t('rules.trial_counts', { events, matched, tickets })}</p>
        {every > 1 && <p className="text-sm text-muted">{t('rules.trial_sample', { looked, every })}</p>}
        {asOfNow.length > 0 && (
          <p className="text-sm text-muted">
            {t('rules.as_of_now', { fields: asOfNow.map((field) => fieldName(field, t)).join(t('common.comma')) })}
          </p>
        )}
        {notCovered.length > 0 && (
          <p className="text-sm text-note">
            {t('rules.not_covered')} <Ltr>{notCovered.join(', ')}</Ltr>
          </p>
        )}
        <ul className="flex flex-col gap-2">
          {examples.map(({ event, ticket, answers }, index) => (
            <li key={index} className="rounded-md bg-raised px-3 py-2 text-sm">
              <p>
                <span className="font-medium">{t('rules.ticket', { number: formats.number(ticket.number) })}</span>{' '}
                <bdi>{ticket.subject}</bdi>
                <span className="block text-xs text-muted">
                  {eventName(event.type, t)} · {formats.dateTime(event.at)}
                </span>
              </p>
              <Answers answers={answers} />
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  );
}

const seenText = (seen: unknown): string =>
  seen === null || seen === undefined ? '–' : Array.isArray(seen) ? seen.join(', ') || '–' : JSON.stringify(seen);

/** What was asked, and what was seen. */
export function Answers({ answers }: { answers: readonly Answer[] }) {
  const t = useText();
  if (answers.length === 0) return null;
  return (
    <ul className="mt-1 text-xs">
      {answers.map(({ field, seen, holds }, index) => (
        <li key={index}>
          <span className={holds ? 'text-ok' : 'text-danger'}>{t(holds ? 'rules.holds' : 'rules.holds_not')}</span>{' '}
          {fieldName(field, t)}: <bdi>{seenText(seen)}</bdi>
        </li>
      ))}
    </ul>
  );
}

function fieldName(field: string, t: ReturnType<typeof useText>): string {
  const known = RULE_FIELDS.find((one) => one.field === field);
  return known ? t(`rule_field.${known.key}`) : field.replace(/^fields\./, '');
}
