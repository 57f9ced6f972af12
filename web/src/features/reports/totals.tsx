import type { SummaryRow } from '../../api/admin/reports';
import type { SurveyResults } from '../../api/admin/surveys';
import { useLanguage, useText } from '../../i18n/use-text';

const sum = (rows: readonly SummaryRow[], of: (row: SummaryRow) => number) =>
  rows.reduce((total, row) => total + of(row), 0);

/** What adds up over the rows; medians do not, and stay in the table. */
export function Totals({ rows, surveys }: { rows: readonly SummaryRow[]; surveys: SurveyResults | undefined }) {
  const t = useText();
  const { formats } = useLanguage();
  const [met, breached] = [sum(rows, (row) => row.met), sum(rows, (row) => row.breached)];
  const tiles = [
    [t('reports.opened'), formats.number(sum(rows, (row) => row.opened))],
    [t('reports.solved'), formats.number(sum(rows, (row) => row.solved))],
    [t('reports.messages'), formats.number(sum(rows, (row) => row.customerMessages))],
    [t('reports.answers'), formats.number(sum(rows, (row) => row.answersByAgents + row.answersElsewhere))],
    [t('reports.by_bot'), formats.number(sum(rows, (row) => row.answersByBot))],
    [t('reports.in_time'), met + breached === 0 ? '–' : formats.percent(met / (met + breached))],
    [t('reports.csat'), show(surveys?.csat.average, formats)],
    [t('reports.nps'), show(surveys?.nps.nps, formats)],
  ];
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4 lg:grid-cols-8">
      {tiles.map(([title, value]) => (
        <div
          key={title}
          className="flex flex-col-reverse justify-end rounded-lg border border-line bg-surface px-3 py-2"
        >
          <dt className="text-xs text-muted">{title}</dt>
          <dd className="timer text-lg font-bold">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const show = (value: number | null | undefined, { number }: { number: (value: number) => string }) =>
  value === null || value === undefined ? '–' : number(value);
