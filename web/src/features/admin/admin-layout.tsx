import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { LockKeyhole } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useCan } from '../../api/session';
import { AdminTexts } from '../../i18n/admin-texts';
import { useText } from '../../i18n/use-text';
import { ChannelTrouble } from '../channel-trouble/channel-trouble';
import { ADMIN_GROUPS, ADMIN_PAGES } from './pages';

export function AdminLayout() {
  return (
    <AdminTexts>
      <Settings />
    </AdminTexts>
  );
}

function Settings() {
  const t = useText();
  const can = useCan();
  const { pathname } = useLocation();
  const open = ADMIN_PAGES.filter(({ permission }) => can(permission));
  // An address that is none of the pages is the router's to answer.
  const here = ADMIN_PAGES.find(({ to }) => pathname === to || pathname.startsWith(`${to}/`));
  const bar = useRef<HTMLElement>(null);
  // On a narrow page the bar scrolls sideways: where one is must be in sight.
  useEffect(() => {
    // Braces: where scrolling answers a promise, it would be taken for the effect's way back.
    bar.current?.querySelector('[data-status=active]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [here?.to]);
  if (open.length === 0) return <NoAccess />;
  return (
    <div className="flex min-h-0 min-w-0 flex-1 max-[899px]:flex-col">
      <nav
        ref={bar}
        aria-label={t('nav.admin')}
        className="flex shrink-0 gap-1 border-line bg-surface p-3 max-[899px]:overflow-x-auto max-[899px]:border-b min-[900px]:w-52 min-[900px]:flex-col min-[900px]:overflow-y-auto min-[900px]:border-e"
      >
        {ADMIN_GROUPS.map((group) => {
          const pages = open.filter((page) => page.group === group);
          if (pages.length === 0) return null;
          return (
            <div key={group} role="group" aria-label={t(`admin.group.${group}`)} className="contents">
              <p aria-hidden className="px-3 pt-2 text-xs font-semibold text-muted max-[899px]:hidden">
                {t(`admin.group.${group}`)}
              </p>
              {pages.map(({ to, name }) => (
                <Link
                  key={to}
                  to={to}
                  className="rounded-md px-3 py-1 whitespace-nowrap text-muted hover:bg-raised hover:text-ink data-[status=active]:bg-brand-soft data-[status=active]:font-semibold data-[status=active]:text-brand"
                >
                  {t(`admin.${name}`)}
                  {name === 'channels' && <ChannelTrouble place="ms-2 inline-block" />}
                </Link>
              ))}
            </div>
          );
        })}
      </nav>
      {here && !can(here.permission) ? (
        <NoAccess />
      ) : (
        <main className="min-h-0 min-w-0 flex-1 overflow-auto p-6 max-[899px]:p-4">
          <div className="mx-auto flex max-w-5xl flex-col gap-5">
            <Outlet />
          </div>
        </main>
      )}
    </div>
  );
}

/** Somebody followed an address that their role does not open: nothing to try again, only the way back. */
function NoAccess() {
  const t = useText();
  return (
    <main className="flex min-w-0 flex-1 flex-col items-center justify-center gap-2 px-6 py-12 text-center text-muted">
      <LockKeyhole aria-hidden />
      <h1 className="font-semibold text-ink">{t('page.no_access')}</h1>
      <p>{t('page.no_access_hint')}</p>
      <Link to="/inbox/$view" params={{ view: 'mine' }} className="text-brand underline">
        {t('page.to_inbox')}
      </Link>
    </main>
  );
}
