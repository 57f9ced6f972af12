import type { ChannelPulls } from '../../api/types';
import { useLanguage, useText, type Text } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { Table } from '../../ui/page';
import { inOurLanguage } from '../../ui/refusal';

const REASONS = ['poll', 'reconcile', 'backfill', 'listen'] as const;
const UNITS = ['usd', 'quota'] as const;

function unitName(unit: string, t: Text): string {
  const known = UNITS.find((one) => one === unit.toLowerCase());
  return known ? t(`readings.unit.${known}`) : unit;
}

/** What is read from the network by ourselves: when, what it found that nobody had pushed, and what a day costs. */
export function ChannelReadings({ pulls: { plan, pulls, costs } }: { pulls: ChannelPulls }) {
  const t = useText();
  const { formats } = useLanguage();
  if (!plan && pulls.length === 0)
    return (
      <section>
        <h2 className="text-base font-bold">{t('readings.title')}</h2>
        <p className="text-sm text-muted">{t('readings.none')}</p>
      </section>
    );
  return (
    <section className="flex flex-col gap-3">
      <h2 className="text-base font-bold">{t('readings.title')}</h2>
      <Table
        label={t('readings.title')}
        items={pulls}
        keyOf={({ reason }) => reason}
        empty={t('readings.not_yet')}
        columns={[
          {
            title: t('readings.what'),
            cell: ({ reason, error, errorWords, failures }) => {
              const known = REASONS.find((one) => one === reason);
              return (
                <>
                  <span className="font-medium">{known ? t(`readings.reason.${known}`) : reason}</span>
                  {failures > 0 && (
                    <span className="block text-xs text-danger">
                      {t('readings.failures', { count: failures })}{' '}
                      {error && <bdi>{inOurLanguage(errorWords, error)}</bdi>}
                    </span>
                  )}
                </>
              );
            },
          },
          {
            title: t('readings.last'),
            cell: ({ lastOkAt }) => (lastOkAt ? formats.ago(lastOkAt, serverNow()) : t('common.never')),
          },
          {
            title: t('readings.next'),
            cell: ({ dueAt }) => (dueAt ? formats.ago(dueAt, serverNow()) : '—'),
          },
          {
            title: t('readings.found'),
            cell: ({ found, lastFoundAt }) => (
              <>
                {formats.number(found)}
                {lastFoundAt && (
                  <span className="block text-xs text-muted">{formats.ago(lastFoundAt, serverNow())}</span>
                )}
              </>
            ),
          },
        ]}
      />
      {costs.length > 0 && (
        <>
          <h3 className="text-sm font-bold">{t('readings.costs')}</h3>
          {plan?.dailyBudget && (
            <p className="text-sm text-muted">
              {t('readings.budget', {
                amount: formats.number(plan.dailyBudget.amount),
                unit: unitName(plan.dailyBudget.unit, t),
              })}
            </p>
          )}
          <Table
            label={t('readings.costs')}
            items={costs}
            keyOf={({ day, unit }) => day + unit}
            empty=""
            columns={[
              { title: t('readings.day'), cell: ({ day }) => formats.longDate(`${day}T12:00:00Z`) },
              {
                title: t('readings.amount'),
                cell: ({ amount, unit }) => `${formats.number(amount)} ${unitName(unit, t)}`,
              },
            ]}
          />
        </>
      )}
    </section>
  );
}
