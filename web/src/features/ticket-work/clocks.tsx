import { useQuery } from '@tanstack/react-query';
import { slaQuery } from '../../api/tickets';
import type { SlaClock } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { useDuration } from '../../ui/duration';
import { Failed, Skeleton } from '../../ui/states';

/** Every clock of a ticket, as the server computed it: the page reckons nothing. */
export function Clocks({ ticketId }: { ticketId: string }) {
  const t = useText();
  const query = useQuery(slaQuery(ticketId));
  if (query.isPending) return <Skeleton rows={2} />;
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data.length === 0) return <p className="text-muted">{t('sla.none')}</p>;
  return (
    <ul className="flex max-h-[60vh] flex-col gap-4 overflow-y-auto">
      {query.data.map((clock) => (
        <Clock key={clock.id} clock={clock} />
      ))}
    </ul>
  );
}

const KINDS = ['first_response', 'next_response', 'resolution', 'callback'] as const;
const WHY = ['open_hours', 'closed_hours', 'wall_time', 'holiday', 'paused'] as const;
const PAUSES = ['pending', 'on_hold', 'solved'] as const;

function stateOf({ cancelledAt, metAt, breached, pausedSince }: SlaClock) {
  if (cancelledAt) return 'cancelled';
  if (metAt) return breached ? 'met_late' : 'met';
  if (pausedSince) return 'paused';
  return breached ? 'breached' : 'running';
}

const COLOURS = {
  cancelled: 'text-muted',
  met: 'text-ok',
  met_late: 'text-danger',
  paused: 'text-note',
  breached: 'text-danger',
  running: 'text-muted',
};

function Clock({ clock }: { clock: SlaClock }) {
  const t = useText();
  const { formats, locale } = useLanguage();
  const duration = useDuration();
  const kind = KINDS.find((one) => one === clock.kind);
  const state = stateOf(clock);
  const facts: [string, string][] = [];
  if (clock.dueAt) facts.push([t('sla.due'), formats.dateTime(clock.dueAt)]);
  if (clock.pausedSince) facts.push([t('clock.paused_since'), formats.dateTime(clock.pausedSince)]);
  if (clock.remainingMs !== null)
    facts.push([t(clock.remainingMs < 0 ? 'clock.over' : 'clock.left'), duration(clock.remainingMs)]);
  if (clock.targetMs !== null) facts.push([t('sla.target'), duration(clock.targetMs)]);
  facts.push([t('clock.hours'), t(`clock.hours_${clock.hours}`)]);
  if (clock.policy.name) facts.push([t('sla.policy'), clock.policy.name]);
  return (
    <li className="flex flex-col gap-1 text-sm">
      <p className="flex items-baseline justify-between gap-2">
        <strong>{kind === 'callback' ? t('clock.call_back') : kind ? t(`sla.${kind}`) : clock.kind}</strong>
        <span className={COLOURS[state]}>{state === 'paused' ? t('clock.paused') : t(`sla.state.${state}`)}</span>
      </p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 text-xs">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <p className="rounded-md bg-raised px-2.5 py-1.5 text-xs leading-relaxed">{clock.text[locale]}</p>
      {clock.explanation.length > 0 && (
        <details className="text-xs">
          <summary className="w-fit text-muted">{t('clock.stretches', { count: clock.explanation.length })}</summary>
          <ol className="mt-1 flex flex-col gap-0.5 border-s-2 border-line ps-2">
            {clock.explanation.map((row) => (
              <Stretch key={row.from} row={row} />
            ))}
          </ol>
          {clock.explanationLeftOut > 0 && (
            <p className="text-muted">{t('clock.left_out', { count: clock.explanationLeftOut })}</p>
          )}
        </details>
      )}
    </li>
  );
}

function Stretch({ row }: { row: SlaClock['explanation'][number] }) {
  const t = useText();
  const { formats, locale } = useLanguage();
  const why = WHY.find((one) => one === row.why);
  const pause = PAUSES.find((one) => one === row.pausedBy);
  const day = formats.day(row.from) === formats.day(row.to);
  const at = (instant: string) =>
    day ? formats.time(instant) : `${formats.shortDate(instant)} ${formats.time(instant)}`;
  const reason =
    why === 'holiday' && row.holiday
      ? row.holiday.name[locale]
      : why === 'paused' && pause
        ? t('clock.why.paused_by', { status: t(`status.${pause}`) })
        : why === 'open_hours' || why === 'closed_hours'
          ? t(`sla.why.${why}`)
          : why
            ? t(`clock.why.${why}`)
            : row.why;
  return (
    <li className={row.counted ? undefined : 'text-muted'}>
      {day && `${formats.shortDate(row.from)}${t('common.comma')}`}
      {t(row.counted ? 'sla.counted' : 'sla.not_counted', { from: at(row.from), to: at(row.to) })}{' '}
      <span className="text-muted">
        (<bdi>{reason}</bdi>)
      </span>
    </li>
  );
}
