import { useState, type SubmitEvent } from 'react';
import {
  useAddVoiceAccount,
  useChangeVoiceAccount,
  type VoiceAccount,
  type VoiceSettings,
} from '../../api/admin/voice';
import { useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Dialog } from '../../ui/dialog';
import { CheckField, TextField } from '../../ui/field';
import { problemOf } from '../../ui/refusal';
import { FormEnd, NumberField } from './form-parts';

/** An account with a voice provider. What is stored of its secrets is not shown; an empty box keeps it. */
export function VoiceAccountDialog({ account, onClose }: { account: VoiceAccount | null; onClose: () => void }) {
  const t = useText();
  const add = useAddVoiceAccount();
  const change = useChangeVoiceAccount();
  const [settings, setSettings] = useState<VoiceSettings>(account?.settings ?? {});
  const [records, setRecords] = useState(account?.settings.recording !== undefined);
  const error = add.error ?? change.error;
  const stored = (name: string) => (account?.credentialsSet.includes(name) ? t('field.kept') : undefined);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const read = fieldReader(new FormData(event.currentTarget));
    const credentials = Object.fromEntries(
      ['authToken', 'proxyUrl'].map((name) => [name, read(name)]).filter(([, value]) => value),
    ) as Record<string, string>;
    const { recording: _before, ...rest } = settings;
    const recording = records ? { recording: announcementOf(read('announcement')) } : {};
    const input = { name: read('name'), phone: read('phone'), settings: { ...rest, ...recording } };
    if (account)
      change.mutate(
        { id: account.id, ...input, ...(Object.keys(credentials).length > 0 && { credentials }) },
        { onSuccess: onClose },
      );
    else
      add.mutate({ provider: 'twilio', externalId: read('externalId'), ...input, credentials }, { onSuccess: onClose });
  }

  return (
    <Dialog title={t(account ? 'voice_accounts.edit' : 'voice_accounts.add')} isOpen onClose={onClose} wide>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={t('sla_policy.name')}
            name="name"
            required
            maxLength={100}
            dir="auto"
            defaultValue={account?.name}
            problem={problemOf(error, 'name')}
          />
          <TextField
            label={t('voice_accounts.phone')}
            help={t('voice_accounts.phone_help')}
            name="phone"
            type="tel"
            required
            dir="ltr"
            defaultValue={account?.phone}
            problem={problemOf(error, 'phone')}
          />
          <TextField
            label={t('voice_accounts.sid')}
            name="externalId"
            required
            dir="ltr"
            disabled={account !== null}
            defaultValue={account?.externalId}
            problem={problemOf(error, 'externalId')}
          />
          <TextField
            label={t('voice_accounts.token')}
            help={stored('authToken')}
            name="authToken"
            type="password"
            autoComplete="off"
            required={account === null}
            dir="ltr"
            problem={problemOf(error, 'credentials.authToken', 'authToken')}
          />
          <TextField
            label={t('field.proxyUrl')}
            help={stored('proxyUrl')}
            name="proxyUrl"
            dir="ltr"
            problem={problemOf(error, 'credentials.proxyUrl', 'proxyUrl')}
          />
          <NumberField
            label={t('voice_accounts.ring')}
            value={settings.ringSeconds ?? null}
            onChange={(seconds) => setSettings({ ...settings, ringSeconds: seconds ?? undefined })}
            problem={problemOf(error, 'settings.ringSeconds')}
          />
        </div>
        <CheckField
          label={t('voice_accounts.record')}
          help={t('voice_accounts.record_help')}
          checked={records}
          onChange={({ target }) => setRecords(target.checked)}
        />
        {records && (
          <TextField
            label={t('voice_accounts.announcement')}
            help={t('voice_accounts.announcement_help')}
            name="announcement"
            required
            maxLength={300}
            dir="auto"
            defaultValue={account?.settings.recording?.announcementText ?? account?.settings.recording?.announcementUrl}
            problem={problemOf(error, 'settings.recording.announcementText', 'settings.recording.announcementUrl')}
          />
        )}
        <FormEnd error={error} isPending={add.isPending || change.isPending} onCancel={onClose} />
      </form>
    </Dialog>
  );
}

/** Words to be spoken, or the address of a sound. */
const announcementOf = (text: string) =>
  /^https?:\/\//.test(text) ? { announcementUrl: text } : { announcementText: text };
