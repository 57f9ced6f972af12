import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import {
  callSettingsQuery,
  useChangeVoiceAccount,
  useCheckVoiceAccount,
  voiceAccountsQuery,
  type VoiceAccount,
} from '../../api/admin/voice';
import { useCan } from '../../api/session';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { CopyField } from '../../ui/copy-field';
import { Dialog } from '../../ui/dialog';
import { Loaded, PageHead } from '../../ui/page';
import { inOurLanguage, refusalText } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { Empty } from '../../ui/states';
import { useTell } from '../../ui/toasts';
import { CallSettingsForm } from './call-settings-form';
import { Checks } from './channel-health';
import { Card, Section } from './form-parts';
import { VoiceAccountDialog } from './voice-account-dialog';

export function VoicePage() {
  const t = useText();
  const can = useCan();
  const accounts = useQuery(voiceAccountsQuery);
  const settings = useQuery(callSettingsQuery);
  const [edited, setEdited] = useState<VoiceAccount | 'new' | null>(null);
  return (
    <>
      <PageHead
        title={t('admin.voice')}
        hint={t('voice_accounts.hint')}
        actions={
          <Button tone="brand" onPress={() => setEdited('new')}>
            <Plus size={16} aria-hidden />
            {t('voice_accounts.add')}
          </Button>
        }
      />
      <Loaded query={accounts}>
        {(list) =>
          list.length === 0 ? (
            <Card>
              <Empty title={t('voice_accounts.empty')}>
                <p>{t('voice_accounts.empty_hint')}</p>
              </Empty>
            </Card>
          ) : (
            <ul className="flex flex-col gap-3">
              {list.map((account) => (
                <li key={account.id}>
                  <AccountCard account={account} onEdit={() => setEdited(account)} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {can('routing.manage') && (
        <Section title={t('call_settings.title')} hint={t('call_settings.hint')}>
          <Loaded query={settings}>{(known) => <CallSettingsForm settings={known} />}</Loaded>
        </Section>
      )}
      {edited && <VoiceAccountDialog account={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}

function AccountCard({ account, onEdit }: { account: VoiceAccount; onEdit: () => void }) {
  const t = useText();
  const tell = useTell();
  const check = useCheckVoiceAccount();
  const change = useChangeVoiceAccount();
  const isOn = account.state === 'active';
  const fail = (error: unknown) => tell.error(refusalText(error, t));
  return (
    <Card>
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold">
            <bdi>{account.name}</bdi>
          </h2>
          <p>
            <Ltr>{account.phone}</Ltr> · <span className="capitalize">{account.provider}</span> ·{' '}
            <span className={isOn ? 'text-ok' : 'text-muted'}>
              {t(isOn ? 'voice_accounts.on' : 'voice_accounts.off')}
            </span>
          </p>
          {account.stateReason && (
            <bdi className="text-sm text-danger">{inOurLanguage(account.stateReasonWords, account.stateReason)}</bdi>
          )}
        </div>
        <div className="flex flex-wrap gap-2">
          <Button size="small" isDisabled={check.isPending} onPress={() => check.mutate(account.id, { onError: fail })}>
            {t('channels.check')}
          </Button>
          <Button size="small" onPress={onEdit}>
            {t('common.edit')}
          </Button>
          <Button
            size="small"
            isDisabled={change.isPending}
            onPress={() => change.mutate({ id: account.id, state: isOn ? 'disabled' : 'active' }, { onError: fail })}
          >
            {t(isOn ? 'channels.disable' : 'channels.enable')}
          </Button>
        </div>
      </div>
      {account.webhookUrl ? (
        <CopyField label={t('channels.webhook')} value={account.webhookUrl} help={t('voice_accounts.webhook_help')} />
      ) : (
        <p className="text-sm text-danger">{t('voice_accounts.no_address')}</p>
      )}
      {check.data && (
        <Dialog title={t('channels.checks')} isOpen onClose={() => check.reset()}>
          <Checks report={check.data} />
        </Dialog>
      )}
    </Card>
  );
}
