import { useInfiniteQuery } from '@tanstack/react-query';
import { Bell as BellIcon } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { notificationsQuery, type Notification } from '../api/notifications';
import { deskPart } from '../i18n/desk-texts';
import { useLanguage, useText } from '../i18n/use-text';
import { serverNow } from '../lib/clock';
import { DetailsPopover } from '../ui/dialog';
import { Failed, Skeleton } from '../ui/states';

const Notices = deskPart(
  () => import('../features/notifications/notices').then((part) => part.Notices),
  <Skeleton rows={3} height="h-10" />,
);

/** Rings once for each notification that comes while the page is open, when its time to ring has come. */
function useRinging(newest: Notification | undefined, loaded: boolean): void {
  const heard = useRef<string | null>(null);
  useEffect(() => {
    if (!loaded) return;
    const before = heard.current;
    heard.current = newest?.id ?? '';
    if (before === null || !newest || newest.id <= before || newest.readAt) return;
    const ring = () =>
      void import('../features/notifications/chime').then(
        (chime) => chime.ring(),
        () => undefined,
      );
    const timer = setTimeout(ring, Math.max(0, Date.parse(newest.ringAt) - serverNow()));
    return () => clearTimeout(timer);
  }, [newest, loaded]);
}

/** How much I have not heard of yet; opened, the list. */
export function Bell() {
  const t = useText();
  const { formats } = useLanguage();
  const query = useInfiniteQuery(notificationsQuery);
  const [isOpen, setOpen] = useState(false);
  const first = query.data?.pages[0];
  const unread = first?.unread ?? 0;
  useRinging(first?.items[0], first !== undefined);
  return (
    <DetailsPopover
      label={t('notice.label')}
      aria-label={unread > 0 ? t('notice.unread', { count: unread }) : t('notice.label')}
      tone="quiet"
      className="relative size-9 px-0!"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <>
          <BellIcon size={18} aria-hidden />
          {unread > 0 && (
            <span
              aria-hidden
              className="absolute end-0 top-0 min-w-4 rounded-full bg-danger px-1 text-center text-[10px] leading-4 font-semibold text-surface"
            >
              {unread > 99 ? `${formats.number(99)}+` : formats.number(unread)}
            </span>
          )}
        </>
      }
    >
      {query.isError && !query.data && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <Notices
          items={query.data.pages.flatMap(({ items }) => items)}
          unread={unread}
          onMore={query.hasNextPage ? () => void query.fetchNextPage() : null}
          onClose={() => setOpen(false)}
        />
      )}
    </DetailsPopover>
  );
}
