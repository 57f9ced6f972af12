import { useRouter, useSearch } from '@tanstack/react-router';
import { Languages } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { ApiError } from '../../api/client';
import { useLogin } from '../../api/session';
import { useLanguage, useText } from '../../i18n/use-text';
import { writePreference } from '../../lib/preferences';
import { Button } from '../../ui/button';
import { TextField } from '../../ui/field';
import { refusalText } from '../../ui/refusal';

/** Slugs to choose from, when one e-mail and password open several workspaces. */
function workspacesOf(error: unknown): string[] {
  if (!(error instanceof ApiError) || error.status !== 409) return [];
  const { workspaces, slugs } = error.details;
  const list = Array.isArray(workspaces) ? workspaces : Array.isArray(slugs) ? slugs : [];
  return list.filter((slug): slug is string => typeof slug === 'string');
}

export function LoginPage() {
  const { next } = useSearch({ from: '/login' });
  const t = useText();
  const { locale } = useLanguage();
  const router = useRouter();
  const login = useLogin();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const workspaces = workspacesOf(login.error);

  function signIn(workspace?: string) {
    login.mutate(
      { email: email.trim(), password, workspace },
      { onSuccess: () => router.history.push(next ?? '/inbox/mine') },
    );
  }

  function submit(event: SubmitEvent) {
    event.preventDefault();
    signIn();
  }

  const problem = login.error && workspaces.length === 0 ? loginProblem(login.error) : null;

  function loginProblem(error: unknown): string {
    return error instanceof ApiError && error.status === 401 ? t('login.wrong') : refusalText(error, t);
  }

  function changeLanguage() {
    writePreference('locale', locale === 'fa' ? 'en' : 'fa');
    location.reload();
  }

  return (
    <main className="grid min-h-full place-items-center p-4">
      <div className="w-full max-w-sm">
        <header className="mb-6 flex flex-col items-center gap-2 text-center">
          <img src="/favicon.svg" alt="" className="size-14" />
          <h1 className="text-2xl font-bold">{t('app.name')}</h1>
          <p className="text-muted">{t('login.welcome')}</p>
        </header>
        <form onSubmit={submit} className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-6 shadow-sm">
          <TextField
            label={t('login.email')}
            type="email"
            name="email"
            autoComplete="username"
            dir="ltr"
            required
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          <TextField
            label={t('login.password')}
            type="password"
            name="password"
            autoComplete="current-password"
            dir="ltr"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
          {problem && (
            <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-sm text-danger">
              {problem}
            </p>
          )}
          {workspaces.length > 0 && (
            <fieldset className="flex flex-col gap-2">
              <legend className="mb-2 text-sm font-medium">{t('login.choose_workspace')}</legend>
              {workspaces.map((slug) => (
                <Button key={slug} onPress={() => signIn(slug)}>
                  <bdi dir="ltr">{slug}</bdi>
                </Button>
              ))}
            </fieldset>
          )}
          <Button type="submit" tone="brand" isDisabled={login.isPending} className="w-full">
            {login.isPending ? t('login.signing_in') : t('login.sign_in')}
          </Button>
        </form>
        <div className="mt-4 flex justify-center">
          <Button tone="quiet" size="small" onPress={changeLanguage}>
            <Languages size={16} aria-hidden />
            <span lang={locale === 'fa' ? 'en' : 'fa'}>{locale === 'fa' ? 'English' : 'فارسی'}</span>
          </Button>
        </div>
      </div>
    </main>
  );
}
