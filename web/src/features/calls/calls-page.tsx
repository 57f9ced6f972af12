import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Phone } from 'lucide-react';
import { useEffect } from 'react';
import { CALL_VIEWS, callsQuery, type CallView as View } from '../../api/calls';
import { DeskTexts } from '../../i18n/desk-texts';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { classes } from '../../ui/classes';
import { contactName } from '../../ui/names';
import { PageHead } from '../../ui/page';
import { Ltr } from '../../ui/rich-text';
import { Empty, Failed, Skeleton } from '../../ui/states';
import { CallView } from './call-detail';
import { CallLine } from './call-line';

const route = getRouteApi('/signed-in/calls');

/** The queue of promised calls. */
export function CallsPage() {
  return (
    <DeskTexts>
      <Calls />
    </DeskTexts>
  );
}

function Calls() {
  const t = useText();
  const { view = 'due', call: openId } = route.useSearch();
  useEffect(() => {
    document.title = `${t('call.page')} · ${t('app.name')}`;
  }, [t]);
  return (
    <main className="min-h-0 min-w-0 flex-1 overflow-y-auto p-4 min-[900px]:p-6">
      <div className="mx-auto flex max-w-6xl flex-col gap-4">
        <PageHead title={t('call.page')} hint={t('call.page_hint')} />
        <nav aria-label={t('call.views')} className="flex flex-wrap gap-1">
          {CALL_VIEWS.map((name) => (
            <Link
              key={name}
              to="/calls"
              search={{ view: name }}
              className={classes(
                'rounded-full px-3 py-1 text-sm',
                name === view ? 'bg-brand font-semibold text-on-brand' : 'text-muted hover:bg-raised hover:text-ink',
              )}
            >
              {t(`call.view_${name}`)}
            </Link>
          ))}
        </nav>
        <div className="grid gap-6 min-[900px]:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
          <List view={view} openId={openId} />
          {openId && (
            <div className="rounded-lg border border-line bg-surface p-4 max-[899px]:order-first">
              <CallView callId={openId} />
            </div>
          )}
        </div>
      </div>
    </main>
  );
}

function List({ view, openId }: { view: View; openId: string | undefined }) {
  const t = useText();
  const query = useInfiniteQuery(callsQuery(view));
  if (query.isPending) return <Skeleton rows={4} />;
  if (query.isError && !query.data) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  const calls = query.data.pages.flatMap(({ items }) => items);
  if (calls.length === 0)
    return (
      <Empty icon={<Phone size={32} aria-hidden />} title={t(`call.empty_${view}`)}>
        <p className="text-sm">{t('call.empty_hint')}</p>
        <Link to="/inbox/$view" params={{ view: 'mine' }} className="text-brand underline">
          {t('page.to_inbox')}
        </Link>
      </Empty>
    );
  return (
    <div className="flex flex-col gap-2">
      <ul className="flex flex-col gap-2">
        {calls.map((call) => (
          <li key={call.id}>
            <Link
              to="/calls"
              search={{ view, call: call.id }}
              aria-current={call.id === openId || undefined}
              className={classes(
                'flex flex-col gap-1 rounded-lg border bg-surface px-4 py-2.5 hover:border-line-strong',
                call.id === openId ? 'border-brand' : 'border-line',
              )}
            >
              <span className="flex items-baseline gap-2">
                <strong className="truncate">
                  <bdi>{contactName({ name: call.contact.name }, t)}</bdi>
                </strong>
                <span className="text-xs text-muted">
                  <Ltr>{`#${call.ticketNumber}`}</Ltr>
                </span>
                {call.claimedBy && (
                  <span className="ms-auto text-xs text-muted">{t('call.by', { name: call.claimedBy.name })}</span>
                )}
              </span>
              <bdi className="truncate text-sm text-muted">{call.subject}</bdi>
              <CallLine call={call} />
            </Link>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          onPress={() => void query.fetchNextPage()}
          isDisabled={query.isFetchingNextPage}
          className="self-center"
        >
          {t('common.more')}
        </Button>
      )}
    </div>
  );
}
