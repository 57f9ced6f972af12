import { Link, useRouter } from '@tanstack/react-router';
import { useText } from '../i18n/use-text';
import { Empty, Failed } from '../ui/states';

export function NotFound() {
  const t = useText();
  return (
    <main className="grid h-full place-items-center">
      <Empty title={t('page.not_found')}>
        <Link to="/inbox/$view" params={{ view: 'mine' }} className="text-brand underline">
          {t('page.to_inbox')}
        </Link>
      </Empty>
    </main>
  );
}

export function RouteError({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <main className="grid h-full place-items-center">
      <Failed error={error} onRetry={() => void router.invalidate()} />
    </main>
  );
}
