import { useQuery } from '@tanstack/react-query';
import { slaQuery } from '../../api/tickets';
import type { SlaClock, TicketDetail } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { DetailsPopover } from '../../ui/dialog';
import { DueMark } from '../../ui/due-mark';
import { Failed, Skeleton } from '../../ui/states';

/** The next due time; opened, every clock with the minutes that counted and why. */
export function SlaPopover({ ticket }: { ticket: TicketDetail }) {
  const t = useText();
  if (!ticket.dueAt) return null;
  return (
    <DetailsPopover
      label={t('sla.label')}
      size="small"
      tone="quiet"
      trigger={
        <>
          <span className="sr-only">{t('sla.label')}</span>
          <DueMark dueAt={ticket.dueAt} />
        </>
      }
    >
      <Clocks ticketId={ticket.id} />
    </DetailsPopover>
  );
}

function Clocks({ ticketId }: { ticketId: string }) {
  const t = useText();
  const query = useQuery(slaQuery(ticketId));
  if (query.isPending) return <Skeleton rows={2} />;
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data.length === 0) return <p className="text-muted">{t('sla.none')}</p>;
  return (
    <ul className="flex flex-col gap-4">
      {query.data.map((clock) => (
        <Clock key={`${clock.kind}-${clock.startedAt}`} clock={clock} />
      ))}
    </ul>
  );
}

const MINUTE = 60_000;
const WHY = ['open_hours', 'closed_hours'];

function Clock({ clock }: { clock: SlaClock }) {
  const t = useText();
  const { formats } = useLanguage();
  const kind =
    clock.kind === 'first_response' || clock.kind === 'next_response' || clock.kind === 'resolution'
      ? clock.kind
      : null;
  const policy = clock.policy.name;
  const state = clock.cancelledAt
    ? 'cancelled'
    : clock.metAt
      ? clock.breached
        ? 'met_late'
        : 'met'
      : clock.breached
        ? 'breached'
        : 'running';
  return (
    <li className="flex flex-col gap-1 text-sm">
      <p className="flex items-baseline justify-between gap-2">
        <strong>{kind ? t(`sla.${kind}`) : clock.kind}</strong>
        <span className={clock.breached ? 'text-danger' : 'text-muted'}>{t(`sla.state.${state}`)}</span>
      </p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-3 text-xs">
        <dt className="text-muted">{t('sla.due')}</dt>
        <dd>{formats.dateTime(clock.dueAt)}</dd>
        <dt className="text-muted">{t('sla.target')}</dt>
        <dd>{t('sla.minutes', { count: Math.round(clock.targetMs / MINUTE) })}</dd>
        {policy && (
          <>
            <dt className="text-muted">{t('sla.policy')}</dt>
            <dd>
              <bdi>{policy}</bdi>
            </dd>
          </>
        )}
      </dl>
      {clock.explanation.length > 0 && (
        <ol className="mt-1 flex flex-col gap-0.5 border-s-2 border-line ps-2 text-xs">
          {clock.explanation.map((row) => (
            <li key={row.from} className={row.counted ? undefined : 'text-muted'}>
              {t(row.counted ? 'sla.counted' : 'sla.not_counted', {
                from: formats.time(row.from),
                to: formats.time(row.to),
              })}{' '}
              <span className="text-muted">
                ({WHY.includes(row.why) ? t(`sla.why.${row.why as 'open_hours'}`) : row.why})
              </span>
            </li>
          ))}
        </ol>
      )}
    </li>
  );
}
