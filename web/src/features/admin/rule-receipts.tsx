import { useInfiniteQuery } from '@tanstack/react-query';
import { receiptsQuery, useLiftSuspension, type OpenRule } from '../../api/admin/rules';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Table } from '../../ui/page';
import { inOurLanguage, refusalText } from '../../ui/refusal';
import { Failed, Skeleton } from '../../ui/states';
import { useTell } from '../../ui/toasts';
import { ActionsText } from './actions-editor';
import { Section } from './form-parts';
import { Answers } from './rule-trial';
import { eventName } from './when-editor';

const STOPS = ['own_change', 'loop', 'too_deep', 'too_often', 'suspended'] as const;

/** Each time a rule matched: what was seen, what changed, what refused. */
export function Receipts({ ruleId }: { ruleId: string }) {
  const t = useText();
  const { formats } = useLanguage();
  const query = useInfiniteQuery(receiptsQuery(ruleId));
  const receipts = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Section title={t('rules.receipts')} hint={t('rules.receipts_hint')}>
      {query.isPending && <Skeleton rows={3} height="h-8" />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <Table
          label={t('rules.receipts')}
          items={receipts}
          keyOf={({ id }) => id}
          empty={t('rules.no_receipts')}
          columns={[
            {
              title: t('rules.at'),
              cell: ({ at, event }) => (
                <>
                  {formats.dateTime(at)}
                  <span className="block text-xs text-muted">{eventName(event.type, t)}</span>
                </>
              ),
            },
            {
              title: t('preview_sla.ticket'),
              cell: ({ ticket }) => (
                <>
                  {formats.number(ticket.number)}
                  <span className="block text-xs text-muted">
                    <bdi>{ticket.subject}</bdi>
                  </span>
                </>
              ),
            },
            {
              title: t('rules.did'),
              cell: ({ changed, refused, stopped }) => (
                <>
                  {stopped !== null && (
                    <span className="text-note">
                      {t('rules.stopped')}{' '}
                      {STOPS.some((one) => one === stopped) && t(`rules.stop.${stopped as 'loop'}`)}
                    </span>
                  )}
                  {changed.length > 0 && <ActionsText actions={changed} />}
                  {refused.map(({ do: name, message, words }, index) => (
                    <span key={index} className="block text-xs text-danger">
                      <ActionsText actions={[{ do: name }]} />: <bdi>{inOurLanguage(words, message)}</bdi>
                    </span>
                  ))}
                </>
              ),
            },
            { title: t('rules.why'), cell: ({ matched }) => <Answers answers={matched} /> },
          ]}
        />
      )}
      {query.hasNextPage && (
        <Button onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>
          {t('common.more')}
        </Button>
      )}
    </Section>
  );
}

/** Tickets a rule is kept away from because it changed them too often. */
export function Suspensions({ rule }: { rule: OpenRule }) {
  const t = useText();
  const tell = useTell();
  const { formats } = useLanguage();
  const lift = useLiftSuspension(rule.id);
  if (rule.suspensions.length === 0) return null;
  return (
    <Section title={t('rules.suspensions')} hint={t('rules.suspensions_hint')}>
      <Table
        label={t('rules.suspensions')}
        items={rule.suspensions}
        keyOf={({ ticket }) => ticket.id}
        empty=""
        columns={[
          {
            title: t('preview_sla.ticket'),
            cell: ({ ticket }) => (
              <>
                {formats.number(ticket.number)} <bdi className="text-muted">{ticket.subject}</bdi>
              </>
            ),
          },
          { title: t('rules.since'), cell: ({ since }) => formats.dateTime(since) },
          {
            title: t('common.actions'),
            cell: ({ ticket }) => (
              <Button
                size="small"
                onPress={() => lift.mutate(ticket.id, { onError: (error) => tell.error(refusalText(error, t)) })}
              >
                {t('rules.lift')}
              </Button>
            ),
          },
        ]}
      />
    </Section>
  );
}
