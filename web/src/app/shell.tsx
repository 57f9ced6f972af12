import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { ChartColumn, CircleUserRound, Inbox, Keyboard, Phone, Settings, Waves } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { offersQuery } from '../api/routing';
import { useCan, useSession } from '../api/session';
import { ADMIN_PAGES } from '../features/admin/pages';
import { ChannelTrouble } from '../features/channel-trouble/channel-trouble';
import { deskPart } from '../i18n/desk-texts';
import { useText } from '../i18n/use-text';
import { readPreferences, writePreference } from '../lib/preferences';
import type { Realtime } from '../realtime/socket';
import { RealtimeContext } from '../realtime/use-realtime';
import { IconButton } from '../ui/button';
import { classes } from '../ui/classes';
import { useCommands } from '../ui/use-commands';
import { Bell } from './bell';
import { ConnectionBanner } from './connection-banner';
import { PresenceControl } from './presence-control';
import { ShortcutSheet } from './shortcut-sheet';

const OfferBar = deskPart(() => import('../features/offers/offer-bar').then((part) => part.OfferBar));

const RAIL_LINK =
  'flex w-full flex-col items-center gap-0.5 rounded-md px-1 py-2 text-[11px] leading-tight text-muted hover:bg-raised hover:text-ink max-[899px]:min-w-0 max-[899px]:flex-1 max-[899px]:overflow-hidden max-[899px]:px-0';
const RAIL_LINK_HERE = 'bg-brand-soft font-semibold text-brand hover:text-brand';

/** The first sign-in on a machine takes the agent's own language; a choice made here stays. */
function useOwnLanguage(): void {
  const { agent } = useSession();
  useEffect(() => {
    if (readPreferences().locale || agent.locale === document.documentElement.lang) return;
    if (writePreference('locale', agent.locale)) location.reload();
  }, [agent.locale]);
}

function useRealtimeLine(): Realtime | null {
  const client = useQueryClient();
  const [realtime, setRealtime] = useState<Realtime | null>(null);
  useEffect(() => {
    let line: Realtime | undefined;
    let gone = false;
    // The screen is drawn from HTTP first; the socket is fetched beside it.
    import('../realtime/socket').then(
      (module) => {
        if (gone) return;
        line = new module.Realtime(client);
        setRealtime(line);
      },
      () => setRealtime(null),
    );
    return () => {
      gone = true;
      line?.close();
    };
  }, [client]);
  return realtime;
}

function Rail({ onHelp }: { onHelp: () => void }) {
  const t = useText();
  const can = useCan();
  const admin = ADMIN_PAGES.find(({ permission }) => can(permission));
  const { pathname } = useLocation();
  const look = (section: string) => classes(RAIL_LINK, pathname.startsWith(section) && RAIL_LINK_HERE);
  return (
    <nav
      aria-label={t('nav.label')}
      className="flex shrink-0 items-center gap-1 border-line bg-surface p-2 max-[899px]:order-last max-[899px]:border-t min-[900px]:w-[72px] min-[900px]:flex-col min-[900px]:border-e min-[900px]:py-3"
    >
      <img src="/favicon.svg" alt="" className="mb-3 size-9 max-[899px]:hidden" />
      <Link to="/inbox/$view" params={{ view: 'mine' }} className={look('/inbox')}>
        <Inbox size={20} aria-hidden />
        {t('nav.inbox')}
      </Link>
      {can('tickets.write') && (
        <Link to="/calls" className={look('/calls')}>
          <Phone size={20} aria-hidden />
          {t('nav.calls')}
        </Link>
      )}
      {can('reports.read') && (
        <Link to="/reports" className={look('/reports')}>
          <ChartColumn size={20} aria-hidden />
          {t('nav.reports')}
        </Link>
      )}
      {can('tickets.read') && (
        <Link to="/waves" className={classes(look('/waves'), 'max-[899px]:hidden')}>
          <Waves size={20} aria-hidden />
          {t('nav.waves')}
        </Link>
      )}
      {admin && (
        <Link to={admin.to} className={classes('relative', look('/admin'))}>
          <Settings size={20} aria-hidden />
          {t('nav.admin')}
          {can('channels.manage') && <ChannelTrouble place="absolute end-1 top-0.5" />}
        </Link>
      )}
      <Link to="/me" className={look('/me')}>
        <CircleUserRound size={20} aria-hidden />
        {t('nav.me')}
      </Link>
      <div className="flex items-center gap-1 min-[900px]:mt-auto min-[900px]:flex-col">
        <span className="max-[899px]:hidden">
          <IconButton label={t('nav.shortcuts')} icon={<Keyboard size={18} />} onPress={onHelp} />
        </span>
        {can('tickets.read') && <Bell />}
        <PresenceControl />
      </div>
    </nav>
  );
}

/** Most of the time there are none, and nothing is fetched for them. */
function Offers() {
  const { data: offers = [] } = useQuery(offersQuery);
  return offers.length > 0 ? <OfferBar offers={offers} /> : null;
}

function Frame({ children }: { children: ReactNode }) {
  const can = useCan();
  const [help, setHelp] = useState(false);
  useCommands({ help: () => setHelp(true) });
  return (
    <div className="flex h-full min-h-0 flex-col">
      <ConnectionBanner />
      {can('tickets.write') && <Offers />}
      <div className="flex min-h-0 flex-1 max-[899px]:flex-col">
        <Rail onHelp={() => setHelp(true)} />
        {children}
      </div>
      <ShortcutSheet isOpen={help} onClose={() => setHelp(false)} />
    </div>
  );
}

export function Shell() {
  useOwnLanguage();
  return (
    <RealtimeContext value={useRealtimeLine()}>
      <Frame>
        <Outlet />
      </Frame>
    </RealtimeContext>
  );
}
