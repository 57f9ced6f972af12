import type { CsatResult, NpsResult, SurveyResults } from '../../api/admin/surveys';
import { useLanguage, useText } from '../../i18n/use-text';
import { Table } from '../../ui/page';

const REASONS = [
  'disabled',
  'not_solved',
  'no_answer_needed',
  'spam',
  'merged',
  'nobody_answered',
  'channel_left_out',
  'thread_left_out',
  'asked_lately',
] as const;

interface Line {
  id: string;
  name: string | null;
  csat: CsatResult | undefined;
  nps: NpsResult | undefined;
}

/** What customers said, by who answered and where. */
export function SurveyTables({ results: { csat, nps, notAsked } }: { results: SurveyResults }) {
  const t = useText();
  const { formats } = useLanguage();
  const left = notAsked.reduce((sum, { count }) => sum + count, 0);
  if (csat.asked + nps.asked + left === 0) return null;
  const lines = (csats: readonly CsatResult[], scores: readonly NpsResult[]): Line[] => {
    const ids = [...new Set([...csats, ...scores].map(({ id }) => id))];
    return ids.map((id) => {
      const [one, other] = [csats.find((row) => row.id === id), scores.find((row) => row.id === id)];
      return { id: id ?? '', name: one?.name ?? other?.name ?? null, csat: one, nps: other };
    });
  };
  const shown = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : formats.number(value);
  const table = (title: string, items: Line[]) => (
    <Table
      label={title}
      items={items}
      keyOf={({ id }) => id}
      empty={t('reports.no_answers')}
      columns={[
        { title, cell: ({ name }) => <bdi>{name ?? t('reports.none')}</bdi> },
        { title: t('reports.asked'), cell: (row) => formats.number((row.csat?.asked ?? 0) + (row.nps?.asked ?? 0)) },
        {
          title: t('reports.answered'),
          cell: (row) => formats.number((row.csat?.answers ?? 0) + (row.nps?.answers ?? 0)),
        },
        { title: t('reports.csat'), cell: (row) => shown(row.csat?.average) },
        {
          title: t('reports.satisfied'),
          cell: ({ csat: one }) =>
            one?.satisfied === null || one?.satisfied === undefined ? '–' : formats.percent(one.satisfied / 100),
        },
        { title: t('reports.nps'), cell: (row) => shown(row.nps?.nps) },
      ]}
    />
  );
  return (
    <section className="flex flex-col gap-3">
      <h2 className="text-base font-bold">{t('reports.satisfaction')}</h2>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        {table(t('reports.by.agent'), lines(csat.byAgent, nps.byAgent))}
        {table(t('reports.by.channel'), lines(csat.byChannel, nps.byChannel))}
      </div>
      {left > 0 && (
        <p className="text-sm text-muted">
          {t('reports.not_asked', { count: left })}{' '}
          <bdi>
            {notAsked
              .map(({ reason, count }) => {
                const known = REASONS.find((one) => one === reason);
                return `${known ? t(`not_asked.${known}`) : reason} (${formats.number(count)})`;
              })
              .join(t('common.comma'))}
          </bdi>
        </p>
      )}
    </section>
  );
}
