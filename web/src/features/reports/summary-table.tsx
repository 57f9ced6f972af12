import { useQuery } from '@tanstack/react-query';
import type { Spread, SummaryRow } from '../../api/admin/reports';
import { channelsQuery } from '../../api/channels';
import { agentsQuery, brandsQuery, teamsQuery } from '../../api/people';
import type { Priority } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { BothDates } from '../../ui/day-field';
import { Table } from '../../ui/page';
import type { ReportGrouping } from './search';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function SummaryTable({ rows, by }: { rows: readonly SummaryRow[]; by: ReportGrouping }) {
  const t = useText();
  const { formats } = useLanguage();
  const number = (title: string, of: (row: SummaryRow) => number) => ({
    title,
    cell: (row: SummaryRow) => <span className="timer">{formats.number(of(row))}</span>,
  });
  const time = (title: string, of: (row: SummaryRow) => Spread) => ({
    title,
    cell: (row: SummaryRow) => <SpreadText spread={of(row)} />,
  });
  return (
    <Table<SummaryRow>
      label={t('reports.table', { by: t(`reports.by.${by}`) })}
      items={rows}
      keyOf={({ key }) => key ?? ''}
      empty={t('reports.empty')}
      columns={[
        { title: t(`reports.by.${by}`), cell: ({ key }) => <KeyName name={key} by={by} /> },
        number(t('reports.messages'), (row) => row.customerMessages),
        number(t('reports.answers'), (row) => row.answersByAgents),
        number(t('reports.by_bot'), (row) => row.answersByBot),
        number(t('reports.elsewhere'), (row) => row.answersElsewhere),
        number(t('reports.opened'), (row) => row.opened),
        number(t('reports.solved'), (row) => row.solved),
        number(t('reports.reopened'), (row) => row.reopened),
        number(t('reports.late'), (row) => row.breached),
        time(t('reports.first_wall'), (row) => row.firstAnswerWallMs),
        time(t('reports.first_business'), (row) => row.firstAnswerBusinessMs),
        time(t('reports.any_business'), (row) => row.anyAnswerBusinessMs),
        time(t('reports.resolution'), (row) => row.resolutionBusinessMs),
        {
          title: t('reports.csat'),
          cell: ({ csat }) => <Score value={csat.mean} answers={csat.answers} />,
        },
        {
          title: t('reports.nps'),
          cell: ({ nps }) => <Score value={nps.score} answers={nps.answers} />,
        },
        {
          title: t('reports.calls'),
          cell: ({ callsReached, callsNotReached }) =>
            callsReached + callsNotReached === 0
              ? '–'
              : t('reports.calls_of', { reached: callsReached, all: callsReached + callsNotReached }),
        },
      ]}
    />
  );
}

/** What a row stands for, by its name. */
function KeyName({ name, by }: { name: string | null; by: ReportGrouping }) {
  const t = useText();
  const { formats } = useLanguage();
  const agents = useQuery({ ...agentsQuery, enabled: by === 'agent' }).data;
  const teams = useQuery({ ...teamsQuery, enabled: by === 'team' }).data;
  const channels = useQuery({ ...channelsQuery, enabled: by === 'channel' }).data;
  const brands = useQuery({ ...brandsQuery, enabled: by === 'brand' }).data;
  if (name === null) return <span className="text-muted">{t('reports.none')}</span>;
  switch (by) {
    case 'day':
      return (
        <span className="whitespace-nowrap">
          <BothDates day={name} isStacked />
        </span>
      );
    case 'hour':
      return t('reports.hour', { hour: formats.number(Number(name)) });
    case 'threadKind':
      return t(name === 'comment' ? 'kind.comment' : 'kind.dm');
    case 'priority':
      return t(`priority.${name as Priority}`);
    case 'language':
      return <bdi>{new Intl.DisplayNames(formats.tag, { type: 'language', fallback: 'code' }).of(name)}</bdi>;
    default: {
      const list: readonly { id: string; name: string }[] = agents ?? teams ?? channels ?? brands ?? [];
      return <bdi>{list.find(({ id }) => id === name)?.name ?? name.slice(0, 8)}</bdi>;
    }
  }
}

function SpreadText({ spread: { median, p90 } }: { spread: Spread }) {
  const t = useText();
  const short = useShortDuration();
  if (median === null) return '–';
  return (
    <span className="whitespace-nowrap">
      {short(median)}
      {p90 !== null && <span className="block text-xs text-muted">{t('reports.p90', { time: short(p90) })}</span>}
    </span>
  );
}

function useShortDuration(): (ms: number) => string {
  const t = useText();
  const { formats } = useLanguage();
  return (ms) => {
    const minutes = Math.round(ms / MINUTE);
    if (ms >= 2 * DAY) return t('reports.days', { count: formats.number(Math.round(ms / DAY)) });
    if (minutes < 60) return t('reports.minutes', { count: formats.number(minutes) });
    return t('reports.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  };
}

function Score({ value, answers }: { value: number | null; answers: number }) {
  const t = useText();
  const { formats } = useLanguage();
  if (value === null) return '–';
  return (
    <span className="whitespace-nowrap">
      {formats.number(Math.round(value * 10) / 10)}
      <span className="block text-xs text-muted">{t('reports.of_answers', { count: answers })}</span>
    </span>
  );
}
