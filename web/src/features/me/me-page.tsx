import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { LogOut } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { keys } from '../../api/keys';
import { logout, saveLocale, useSession } from '../../api/session';
import { useLanguage, useText } from '../../i18n/use-text';
import { readPreferences, writePreference } from '../../lib/preferences';
import { Button } from '../../ui/button';
import { CheckField, SelectField } from '../../ui/field';
import { refusalText } from '../../ui/refusal';
import { Skeleton } from '../../ui/states';
import { useTell } from '../../ui/toasts';

const MyTokens = lazy(() => import('../admin/my-tokens').then((part) => ({ default: part.MyTokens })));

/** Formats and strings are settled when the page starts, so a change of them starts it again. */
function choose(key: Parameters<typeof writePreference>[0], value: string | null) {
  writePreference(key, value);
  location.reload();
}

export function MePage() {
  const t = useText();
  const tell = useTell();
  const { locale, formats } = useLanguage();
  const { agent, workspace } = useSession();
  const client = useQueryClient();
  const router = useRouter();
  const preferences = readPreferences();

  async function changeLanguage(chosen: 'fa' | 'en') {
    try {
      await saveLocale(chosen);
    } catch (error) {
      return tell.error(refusalText(error, t));
    }
    choose('locale', chosen);
  }

  async function leave() {
    try {
      await logout();
    } catch (error) {
      return tell.error(refusalText(error, t));
    }
    client.clear();
    client.setQueryData(keys.session, null);
    await router.navigate({ to: '/login', search: {} });
  }

  return (
    <main className="min-w-0 flex-1 overflow-auto p-6">
      <div className="mx-auto flex max-w-xl flex-col gap-6">
        <header>
          <h1 className="text-xl font-bold">
            <bdi>{agent.name}</bdi>
          </h1>
          <p className="text-muted">
            <bdi dir="ltr">{agent.email}</bdi> · {t(`role.${agent.role}`)} · <bdi>{workspace.name}</bdi>
          </p>
        </header>
        <section className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-5">
          <SelectField
            label={t('me.language')}
            value={locale}
            onChange={(event) => void changeLanguage(event.target.value === 'en' ? 'en' : 'fa')}
          >
            <option value="fa">فارسی</option>
            <option value="en">English</option>
          </SelectField>
          <SelectField
            label={t('me.digits')}
            help={t('me.digits_example', { date: formats.dateTime(Date.now()) })}
            value={preferences.digits ?? (locale === 'fa' ? 'persian' : 'latin')}
            onChange={(event) => choose('digits', event.target.value)}
          >
            <option value="persian">{t('me.digits_persian')}</option>
            <option value="latin">{t('me.digits_latin')}</option>
          </SelectField>
          <SelectField
            label={t('me.theme')}
            value={preferences.theme}
            onChange={(event) => choose('theme', event.target.value === 'system' ? null : event.target.value)}
          >
            <option value="system">{t('me.theme_system')}</option>
            <option value="light">{t('me.theme_light')}</option>
            <option value="dark">{t('me.theme_dark')}</option>
          </SelectField>
          <CheckField
            label={t('me.single_keys')}
            help={t('me.single_keys_help')}
            defaultChecked={preferences.singleKeys}
            onChange={(event) => writePreference('singleKeys', event.target.checked ? null : 'off')}
          />
        </section>
        <Suspense fallback={<Skeleton rows={2} />}>
          <MyTokens />
        </Suspense>
        <div>
          <Button onPress={() => void leave()}>
            <LogOut size={16} aria-hidden className="icon-directional" />
            {t('me.sign_out')}
          </Button>
        </div>
      </div>
    </main>
  );
}
