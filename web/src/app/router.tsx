import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  Outlet,
} from '@tanstack/react-router';
import { sessionQuery } from '../api/session';
import { ADMIN_PAGES } from '../features/admin/pages';
import { readReportSearch } from '../features/reports/search';
import { NotFound, RouteError } from './route-states';
import { InboxPage } from './inbox-page';
import { isView, readAuditSearch, readCallsSearch, readInboxSearch } from './search';
import { Shell } from './shell';

const root = createRootRouteWithContext<{ client: QueryClient }>()({ component: Outlet, notFoundComponent: NotFound });

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const { next } = search;
    // Only paths of our own: an address must not be able to send a fresh session elsewhere.
    return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? { next } : {};
  },
  beforeLoad: async ({ context, search }) => {
    if (await context.client.ensureQueryData(sessionQuery)) throw redirect({ href: search.next ?? '/inbox/mine' });
  },
  component: lazyRouteComponent(() => import('../features/login/login-page'), 'LoginPage'),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (!session) throw redirect({ to: '/login', search: location.pathname === '/' ? {} : { next: location.href } });
  },
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox/$view', params: { view: 'mine' } });
  },
});

/** As people type it. */
const inboxHome = createRoute({
  getParentRoute: () => signedIn,
  path: '/inbox',
  beforeLoad: () => {
    throw redirect({ to: '/inbox/$view', params: { view: 'mine' } });
  },
});

const inbox = createRoute({
  getParentRoute: () => signedIn,
  path: '/inbox/$view',
  validateSearch: readInboxSearch,
  beforeLoad: ({ params }) => {
    if (!isView(params.view)) throw redirect({ to: '/inbox/$view', params: { view: 'mine' } });
  },
  component: function Inbox() {
    const { view } = inbox.useParams();
    const search = inbox.useSearch();
    return isView(view) ? <InboxPage view={view} search={search} /> : null;
  },
});

const me = createRoute({
  getParentRoute: () => signedIn,
  path: '/me',
  component: lazyRouteComponent(() => import('../features/me/me-page'), 'MePage'),
});

const admin = createRoute({
  getParentRoute: () => signedIn,
  path: '/admin',
  component: lazyRouteComponent(() => import('../features/admin/admin-layout'), 'AdminLayout'),
});

const adminHome = createRoute({
  getParentRoute: () => admin,
  path: '/',
  beforeLoad: async ({ context }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    const first = ADMIN_PAGES.find(({ permission }) => session?.permissions.includes(permission));
    throw redirect({ to: first?.to ?? '/admin/channels' });
  },
});
const channels = createRoute({
  getParentRoute: () => admin,
  path: 'channels',
  // The way back from a network's consent page names the connection to go on with.
  validateSearch: (search: Record<string, unknown>): { connection?: string } =>
    typeof search.connection === 'string' ? { connection: search.connection } : {},
  component: lazyRouteComponent(() => import('../features/admin/channels-page'), 'ChannelsPage'),
});
const channel = createRoute({
  getParentRoute: () => admin,
  path: 'channels/$id',
  component: lazyRouteComponent(() => import('../features/admin/channel-page'), 'ChannelPage'),
});
const team = createRoute({
  getParentRoute: () => admin,
  path: 'team',
  component: lazyRouteComponent(() => import('../features/admin/team-page'), 'TeamPage'),
});
const faq = createRoute({
  getParentRoute: () => admin,
  path: 'faq',
  component: lazyRouteComponent(() => import('../features/admin/faq-page'), 'FaqPage'),
});
const ledger = createRoute({
  getParentRoute: () => admin,
  path: 'ledger',
  component: lazyRouteComponent(() => import('../features/admin/ledger-page'), 'LedgerPage'),
});
const jobs = createRoute({
  getParentRoute: () => admin,
  path: 'jobs',
  component: lazyRouteComponent(() => import('../features/admin/jobs-page'), 'JobsPage'),
});
const crm = createRoute({
  getParentRoute: () => admin,
  path: 'crm',
  component: lazyRouteComponent(() => import('../features/admin/crm-page'), 'CrmPage'),
});
const calendars = createRoute({
  getParentRoute: () => admin,
  path: 'calendars',
  component: lazyRouteComponent(() => import('../features/admin/calendars-page'), 'CalendarsPage'),
});
const calendar = createRoute({
  getParentRoute: () => admin,
  path: 'calendars/$id',
  component: lazyRouteComponent(() => import('../features/admin/calendar-page'), 'CalendarPage'),
});
const sla = createRoute({
  getParentRoute: () => admin,
  path: 'sla',
  component: lazyRouteComponent(() => import('../features/admin/sla-page'), 'SlaPage'),
});
const slaPolicy = createRoute({
  getParentRoute: () => admin,
  path: 'sla/$id',
  component: lazyRouteComponent(() => import('../features/admin/policy-page'), 'PolicyPage'),
});
const queues = createRoute({
  getParentRoute: () => admin,
  path: 'queues',
  component: lazyRouteComponent(() => import('../features/admin/queues-page'), 'QueuesPage'),
});
const skills = createRoute({
  getParentRoute: () => admin,
  path: 'skills',
  component: lazyRouteComponent(() => import('../features/admin/skills-page'), 'SkillsPage'),
});
const rules = createRoute({
  getParentRoute: () => admin,
  path: 'rules',
  component: lazyRouteComponent(() => import('../features/admin/rules-page'), 'RulesPage'),
});
const rule = createRoute({
  getParentRoute: () => admin,
  path: 'rules/$id',
  component: lazyRouteComponent(() => import('../features/admin/rule-page'), 'RulePage'),
});
const approvals = createRoute({
  getParentRoute: () => admin,
  path: 'approvals',
  component: lazyRouteComponent(() => import('../features/admin/approvals-page'), 'ApprovalsPage'),
});
const macros = createRoute({
  getParentRoute: () => admin,
  path: 'macros',
  component: lazyRouteComponent(() => import('../features/admin/macros-page'), 'MacrosPage'),
});
const surveys = createRoute({
  getParentRoute: () => admin,
  path: 'surveys',
  component: lazyRouteComponent(() => import('../features/admin/surveys-page'), 'SurveysPage'),
});
const handoff = createRoute({
  getParentRoute: () => admin,
  path: 'handoff',
  component: lazyRouteComponent(() => import('../features/admin/handoff-page'), 'HandoffPage'),
});
const webhooks = createRoute({
  getParentRoute: () => admin,
  path: 'webhooks',
  component: lazyRouteComponent(() => import('../features/admin/webhooks-page'), 'WebhooksPage'),
});
const webhook = createRoute({
  getParentRoute: () => admin,
  path: 'webhooks/$id',
  component: lazyRouteComponent(() => import('../features/admin/webhook-page'), 'WebhookPage'),
});
const voice = createRoute({
  getParentRoute: () => admin,
  path: 'voice',
  component: lazyRouteComponent(() => import('../features/admin/voice-page'), 'VoicePage'),
});
const files = createRoute({
  getParentRoute: () => admin,
  path: 'files',
  component: lazyRouteComponent(() => import('../features/admin/files-page'), 'FilesPage'),
});
const fields = createRoute({
  getParentRoute: () => admin,
  path: 'fields',
  component: lazyRouteComponent(() => import('../features/admin/fields-page'), 'FieldsPage'),
});

const brands = createRoute({
  getParentRoute: () => admin,
  path: 'brands',
  component: lazyRouteComponent(() => import('../features/admin/brands-page'), 'BrandsPage'),
});
const notices = createRoute({
  getParentRoute: () => admin,
  path: 'notices',
  validateSearch: (search: Record<string, unknown>): { channel?: string } =>
    typeof search.channel === 'string' ? { channel: search.channel } : {},
  component: lazyRouteComponent(() => import('../features/admin/notices-page'), 'NoticesPage'),
});
const tokens = createRoute({
  getParentRoute: () => admin,
  path: 'tokens',
  component: lazyRouteComponent(() => import('../features/admin/tokens-page'), 'TokensPage'),
});
const audit = createRoute({
  getParentRoute: () => admin,
  path: 'audit',
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => import('../features/admin/audit-page'), 'AuditPage'),
});

const calls = createRoute({
  getParentRoute: () => signedIn,
  path: '/calls',
  validateSearch: readCallsSearch,
  component: lazyRouteComponent(() => import('../features/calls/calls-page'), 'CallsPage'),
});

const reports = createRoute({
  getParentRoute: () => signedIn,
  path: '/reports',
  validateSearch: readReportSearch,
  component: lazyRouteComponent(() => import('../features/reports/reports-page'), 'ReportsPage'),
});

const contact = createRoute({
  getParentRoute: () => signedIn,
  path: '/contacts/$id',
  component: lazyRouteComponent(() => import('../features/contacts/contact-page'), 'ContactPage'),
});

const waves = createRoute({
  getParentRoute: () => signedIn,
  path: '/waves',
  component: lazyRouteComponent(() => import('../features/waves/waves-page'), 'WavesPage'),
});

const tree = root.addChildren([
  login,
  signedIn.addChildren([
    home,
    inboxHome,
    inbox,
    me,
    calls,
    contact,
    waves,
    reports,
    admin.addChildren([
      adminHome,
      channels,
      channel,
      team,
      faq,
      ledger,
      jobs,
      crm,
      calendars,
      calendar,
      sla,
      slaPolicy,
      queues,
      skills,
      rules,
      rule,
      approvals,
      macros,
      surveys,
      handoff,
      webhooks,
      webhook,
      voice,
      files,
      fields,
      brands,
      notices,
      tokens,
      audit,
    ]),
  ]),
]);

export const createAppRouter = (client: QueryClient) =>
  createRouter({ routeTree: tree, context: { client }, defaultErrorComponent: RouteError, defaultPendingMs: 300 });
