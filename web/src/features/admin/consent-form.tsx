import { useQuery } from '@tanstack/react-query';
import { LogIn } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { callbackUrl, oauthAppsQuery, useBeginConnecting, useSaveOAuthApp } from '../../api/connecting';
import type { ChannelKind, OAuthApp } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { CopyField } from '../../ui/copy-field';
import { TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { problemOf } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { Loaded } from '../../ui/page';

/** Connecting by the network's own consent page. It needs our registration there, asked for once for each network. */
export function ConsentForm({ kind, network }: { kind: ChannelKind; network: string }) {
  const apps = useQuery(oauthAppsQuery);
  return (
    <Loaded query={apps}>
      {(all) => <Consent kind={kind} network={network} app={all.find((app) => app.network === network)} />}
    </Loaded>
  );
}

function Consent({ kind, network, app }: { kind: ChannelKind; network: string; app: OAuthApp | undefined }) {
  const t = useText();
  const begin = useBeginConnecting(kind);
  const [changing, setChanging] = useState(false);
  if (!app || changing) return <AppForm network={network} app={app} onSaved={() => setChanging(false)} />;
  return (
    <section className="flex flex-col items-start gap-2">
      <Button tone="brand" onPress={() => begin.mutate()} isDisabled={begin.isPending || begin.isSuccess}>
        <LogIn size={16} aria-hidden className="icon-directional" />
        {t('connect.begin', { network: t(`channel.${kind}`) })}
      </Button>
      <p className="text-xs text-muted">
        {t('connect.with_app')} <Ltr>{app.clientId}</Ltr> ·{' '}
        <button type="button" className="text-brand underline" onClick={() => setChanging(true)}>
          {t('connect.change_app')}
        </button>
      </p>
      <Problem error={begin.error} />
    </section>
  );
}

function AppForm({ network, app, onSaved }: { network: string; app: OAuthApp | undefined; onSaved: () => void }) {
  const t = useText();
  const save = useSaveOAuthApp(network);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const read = fieldReader(new FormData(event.currentTarget));
    save.mutate(
      {
        clientId: read('clientId'),
        clientSecret: read('clientSecret'),
        proxyUrl: read('proxyUrl') || undefined,
        apiBaseUrl: read('apiBaseUrl') || undefined,
      },
      { onSuccess: onSaved },
    );
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 rounded-md border border-line bg-raised p-3">
      <p className="text-sm">{t('connect.app_hint')}</p>
      <CopyField label={t('connect.callback')} value={callbackUrl()} help={t('connect.callback_help')} />
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField
          label={t('field.clientId')}
          name="clientId"
          required
          dir="ltr"
          defaultValue={app?.clientId}
          problem={problemOf(save.error, 'clientId')}
        />
        <TextField
          label={t('field.clientSecret')}
          name="clientSecret"
          required
          type="password"
          autoComplete="off"
          dir="ltr"
          problem={problemOf(save.error, 'clientSecret')}
        />
        <TextField
          label={t('field.proxyUrl')}
          name="proxyUrl"
          type="url"
          dir="ltr"
          problem={problemOf(save.error, 'proxyUrl')}
        />
        <TextField
          label={t('field.apiBaseUrl')}
          help={t('channels.api_base_url_help')}
          name="apiBaseUrl"
          type="url"
          dir="ltr"
          defaultValue={app?.settings.apiBaseUrl}
          problem={problemOf(save.error, 'apiBaseUrl')}
        />
      </div>
      <Problem error={save.error} />
      <div className="flex justify-end gap-2">
        {app && (
          <Button tone="quiet" onPress={onSaved}>
            {t('common.cancel')}
          </Button>
        )}
        <Button type="submit" tone="brand" isDisabled={save.isPending}>
          {t('connect.save_app')}
        </Button>
      </div>
    </form>
  );
}
