import { Link, Outlet } from '@tanstack/react-router';
import { useCan } from '../../api/session';
import { useText } from '../../i18n/use-text';
import { ADMIN_PAGES } from './pages';

export function AdminLayout() {
  const t = useText();
  const can = useCan();
  return (
    <div className="flex min-h-0 min-w-0 flex-1 max-[899px]:flex-col">
      <nav
        aria-label={t('nav.admin')}
        className="flex shrink-0 gap-1 border-line bg-surface p-3 max-[899px]:overflow-x-auto max-[899px]:border-b min-[900px]:w-52 min-[900px]:flex-col min-[900px]:border-e"
      >
        {ADMIN_PAGES.filter(({ permission }) => can(permission)).map(({ to, name }) => (
          <Link
            key={to}
            to={to}
            className="rounded-md px-3 py-1.5 whitespace-nowrap text-muted hover:bg-raised hover:text-ink data-[status=active]:bg-brand-soft data-[status=active]:font-semibold data-[status=active]:text-brand"
          >
            {t(`admin.${name}`)}
          </Link>
        ))}
      </nav>
      <main className="min-h-0 min-w-0 flex-1 overflow-auto p-6 max-[899px]:p-4">
        <div className="mx-auto flex max-w-5xl flex-col gap-5">
          <Outlet />
        </div>
      </main>
    </div>
  );
}
