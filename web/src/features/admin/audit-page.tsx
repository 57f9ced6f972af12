import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { AuditSearch } from '../../app/search';
import { auditQuery } from '../../api/admin/audit';
import { channelsQuery } from '../../api/channels';
import { agentsQuery, brandsQuery, teamsQuery } from '../../api/people';
import { useSession } from '../../api/session';
import { useText } from '../../i18n/use-text';
import { addDays, instantIn } from '../../lib/day';
import { Button } from '../../ui/button';
import { PageHead } from '../../ui/page';
import { Failed, Skeleton } from '../../ui/states';
import { AuditFilters } from './audit-filters';
import { AuditLine } from './audit-line';

/** Who changed what, newest first; the address holds the question. */
export function AuditPage() {
  const t = useText();
  const navigate = useNavigate();
  const search = useSearch({ from: '/signed-in/admin/audit' });
  const { timeZone } = useSession().workspace;
  const { agentId, subject, from, to } = search;
  const query = useInfiniteQuery(
    auditQuery({
      agentId,
      subject,
      from: from && instantIn(from, 0, timeZone),
      to: to && instantIn(addDays(to, 1), 0, timeZone),
    }),
  );
  const names = useNames();
  const set = (change: AuditSearch) =>
    void navigate({ to: '/admin/audit', search: { ...search, ...change }, replace: true });
  const entries = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const narrowed = Boolean(agentId ?? subject ?? from ?? to);
  return (
    <>
      <PageHead title={t('admin.audit')} hint={t('audit.hint')} />
      <AuditFilters search={search} names={names} onChange={set} />
      {query.isPending && <Skeleton rows={5} height="h-12" />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && entries.length === 0 && (
        <p className="rounded-lg border border-line bg-surface p-8 text-center text-muted">
          {t(narrowed ? 'audit.none_fits' : 'audit.none')}
        </p>
      )}
      {entries.length > 0 && (
        <ol className="flex flex-col rounded-lg border border-line bg-surface">
          {entries.map((entry) => (
            <li key={entry.id} className="border-b border-line px-4 py-2.5 last:border-b-0">
              <AuditLine entry={entry} names={names} onSubject={(wanted) => set({ subject: wanted })} />
            </li>
          ))}
        </ol>
      )}
      {query.hasNextPage && (
        <Button onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>
          {t('common.more')}
        </Button>
      )}
    </>
  );
}

/** What is called by an id here: people, teams, brands, channels. */
function useNames(): ReadonlyMap<string, string> {
  const { data: agents } = useQuery(agentsQuery);
  const { data: teams } = useQuery(teamsQuery);
  const { data: brands } = useQuery(brandsQuery);
  const { data: channels } = useQuery(channelsQuery);
  return useMemo(
    () => new Map([agents, teams, brands, channels].flatMap((list) => (list ?? []).map(({ id, name }) => [id, name]))),
    [agents, teams, brands, channels],
  );
}
