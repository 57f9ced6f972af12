import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { connectionQuery, usePickAccounts } from '../../api/connecting';
import { teamsQuery } from '../../api/people';
import type { Connection } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { Dialog } from '../../ui/dialog';
import { SelectField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { inOurLanguage } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { Checks } from './channel-health';
import { Loaded } from '../../ui/page';

/** Back from the network: what may be connected, what each lacks, and how it stands once it is. */
export function ConnectionDialog({ connectionId, onClose }: { connectionId: string; onClose: () => void }) {
  const t = useText();
  const query = useQuery(connectionQuery(connectionId));
  return (
    <Dialog title={t('connect.title')} isOpen onClose={onClose} wide>
      <Loaded query={query}>
        {(connection) =>
          connection.state === 'granted' ? (
            <AccountPicker connection={connection} onClose={onClose} />
          ) : (
            <NotGranted connection={connection} onClose={onClose} />
          )
        }
      </Loaded>
    </Dialog>
  );
}

function NotGranted({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const t = useText();
  return (
    <div className="flex flex-col gap-4">
      <p role={connection.state === 'refused' ? 'alert' : undefined}>
        {t(connection.state === 'refused' ? 'connect.refused' : 'connect.over')}{' '}
        {connection.reason && <bdi className="text-muted">{inOurLanguage(connection.words, connection.reason)}</bdi>}
      </p>
      <div className="flex justify-end">
        <Button tone="brand" onPress={onClose}>
          {t('common.close')}
        </Button>
      </div>
    </div>
  );
}

const keyOf = ({ kind, externalId }: { kind: string; externalId: string }) => `${kind} ${externalId}`;

function AccountPicker({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const t = useText();
  const { locale } = useLanguage();
  const { data: teams = [] } = useQuery(teamsQuery);
  const pick = usePickAccounts(connection.id);
  const { accounts, scopes } = connection;
  const [picked, setPicked] = useState<ReadonlySet<string>>(
    () => new Set(accounts.filter(({ problem }) => !problem).map(keyOf)),
  );

  if (pick.data)
    return (
      <div className="flex flex-col gap-4">
        {pick.data.items.map(({ channel, report }) => (
          <section key={channel.id}>
            <h3 className="flex items-center gap-2 font-semibold">
              <ChannelIcon kind={channel.kind} />
              <bdi>{channel.name}</bdi>
            </h3>
            <Checks report={report} />
          </section>
        ))}
        <div className="flex justify-end">
          <Button tone="brand" onPress={onClose}>
            {t('common.done')}
          </Button>
        </div>
      </div>
    );

  function toggle(key: string) {
    const next = new Set(picked);
    if (!next.delete(key)) next.add(key);
    setPicked(next);
  }

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const teamId = fieldReader(new FormData(event.currentTarget))('teamId') || undefined;
    pick.mutate(
      accounts
        .filter((account) => picked.has(keyOf(account)))
        .map(({ kind, externalId }) => ({ kind, externalId, teamId })),
    );
  }

  if (accounts.length === 0) return <p>{t('connect.no_accounts')}</p>;
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 text-sm font-medium">{t('connect.pick')}</legend>
        {accounts.map((account) => {
          const key = keyOf(account);
          const { kind, name, handle, avatarUrl, problem, problemWords, connected, missingScopes } = account;
          return (
            <label
              key={key}
              className="flex items-start gap-3 rounded-md border border-line p-3 has-checked:border-brand has-checked:bg-brand-soft/40"
            >
              <input
                type="checkbox"
                checked={picked.has(key)}
                disabled={problem !== undefined}
                onChange={() => toggle(key)}
                className="mt-2.5 size-4 accent-brand"
              />
              <Avatar name={name} url={avatarUrl} />
              <span className="min-w-0 flex-1 text-sm">
                <span className="flex flex-wrap items-center gap-x-2">
                  <bdi className="font-semibold">{name}</bdi>
                  {handle && <Ltr>{handle}</Ltr>}
                  <span className="inline-flex items-center gap-1 text-xs text-muted">
                    <ChannelIcon kind={kind} size={12} />
                    {t(`channel.${kind}`)}
                  </span>
                  {connected && <span className="text-xs font-medium text-ok">{t('connect.already')}</span>}
                </span>
                {problem && (
                  <span className="block text-danger">
                    <bdi>{inOurLanguage(problemWords, problem)}</bdi>
                  </span>
                )}
                {missingScopes.length > 0 && (
                  <span className="mt-1 block text-warn">
                    {t('connect.missing')}
                    {missingScopes.map((scope) => (
                      <span key={scope} className="block text-xs text-ink">
                        <Ltr>{scope}</Ltr>
                        {': '}
                        {scopes.find((one) => one.scope === scope)?.why[locale] ?? t('connect.needed')}
                      </span>
                    ))}
                  </span>
                )}
              </span>
            </label>
          );
        })}
      </fieldset>
      <SelectField label={t('channels.team')} name="teamId" defaultValue="">
        <option value="">{t('channels.no_team')}</option>
        {teams.map((team) => (
          <option key={team.id} value={team.id}>
            {team.name}
          </option>
        ))}
      </SelectField>
      <Problem error={pick.error} />
      <div className="flex justify-end gap-2">
        <Button onPress={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" tone="brand" isDisabled={pick.isPending || picked.size === 0}>
          {t(pick.isPending ? 'connect.connecting' : 'connect.connect', { count: picked.size })}
        </Button>
      </div>
    </form>
  );
}
