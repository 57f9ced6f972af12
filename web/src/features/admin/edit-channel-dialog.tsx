import { useQuery } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { channelKindsQuery, useChangeChannel } from '../../api/channels';
import { teamsQuery } from '../../api/people';
import type { Channel, ChannelKindInfo } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { SelectField, TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { problemOf } from '../../ui/refusal';
import { CredentialFields, SettingFields } from './channel-fields';
import { readCredentials, readSettings } from './channel-form';
import { ConsentForm } from './consent-form';
import { Loaded } from '../../ui/page';
import { useBrandsInUse } from './use-brands-in-use';

export function EditChannelDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const t = useText();
  const kinds = useQuery(channelKindsQuery);
  return (
    <Dialog title={t('channels.edit')} isOpen onClose={onClose} wide>
      <Loaded query={kinds}>
        {(all) => (
          <EditForm
            channel={channel}
            info={all.find(({ kind }) => kind === channel.kind) ?? { kind: channel.kind, credentialFields: [] }}
            onClose={onClose}
          />
        )}
      </Loaded>
    </Dialog>
  );
}

function EditForm({ channel, info, onClose }: { channel: Channel; info: ChannelKindInfo; onClose: () => void }) {
  const t = useText();
  const brands = useBrandsInUse([channel.brandId]);
  const { data: teams = [] } = useQuery(teamsQuery);
  const change = useChangeChannel(channel.id);
  const stored = channel.settings ?? {};
  const settings = info.settingFields ?? [];

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const read = fieldReader(form);
    const brandId = read('brandId');
    const credentials = readCredentials(form, info.credentialFields);
    change.mutate(
      {
        name: read('name'),
        ...(brandId && brandId !== channel.brandId ? { brandId } : {}),
        teamId: read('teamId') || null,
        settings: readSettings(form, settings, stored),
        // Credentials that were not touched are not sent: sending any has the channel tried again.
        ...(Object.keys(credentials).length > 0 ? { credentials } : {}),
      },
      { onSuccess: onClose },
    );
  }

  return (
    <div className="flex flex-col gap-4">
      {info.oauth && (
        <details className="rounded-md border border-line px-3 py-2" open={channel.state === 'needs_reconnect'}>
          <summary className="text-sm font-medium">{t('connect.again')}</summary>
          <div className="mt-3">
            <ConsentForm kind={channel.kind} network={info.oauth} />
          </div>
        </details>
      )}
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={t('channels.name')}
            name="name"
            required
            maxLength={100}
            dir="auto"
            defaultValue={channel.name}
            problem={problemOf(change.error, 'name')}
          />
          <SelectField
            key={teams.length}
            label={t('channels.team')}
            name="teamId"
            defaultValue={channel.teamId ?? ''}
            problem={problemOf(change.error, 'teamId')}
          >
            <option value="">{t('channels.no_team')}</option>
            {teams.map((team) => (
              <option key={team.id} value={team.id}>
                {team.name}
              </option>
            ))}
          </SelectField>
          {brands.length > 1 && (
            <SelectField
              label={t('channels.brand')}
              help={t('channels.brand_help')}
              name="brandId"
              defaultValue={channel.brandId}
              problem={problemOf(change.error, 'brandId')}
            >
              {brands.map((brand) => (
                <option key={brand.id} value={brand.id}>
                  {brand.name}
                </option>
              ))}
            </SelectField>
          )}
        </div>
        {info.credentialFields.length > 0 && (
          <fieldset className="flex flex-col gap-4 border-t border-line pt-3">
            <legend className="sr-only">{t('channels.credentials')}</legend>
            <p aria-hidden className="text-sm font-bold">
              {t('channels.credentials')}
            </p>
            <CredentialFields fields={info.credentialFields} stored={channel.credentialsSet} error={change.error} />
          </fieldset>
        )}
        <fieldset className="flex flex-col gap-4 border-t border-line pt-3">
          <legend className="sr-only">{t('channels.settings')}</legend>
          <p aria-hidden className="text-sm font-bold">
            {t('channels.settings')}
          </p>
          <SettingFields fields={settings} values={stored} error={change.error} />
        </fieldset>
        <Problem error={change.error} />
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" tone="brand" isDisabled={change.isPending}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </div>
  );
}
