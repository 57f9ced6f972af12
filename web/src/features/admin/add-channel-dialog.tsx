import { useQuery } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import { useId, useState, type SubmitEvent } from 'react';
import { channelKindsQuery, useAddChannel, useChannelCare } from '../../api/channels';
import { teamsQuery } from '../../api/people';
import type { Channel, ChannelKindInfo } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { Dialog } from '../../ui/dialog';
import { SelectField, TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { problemOf } from '../../ui/refusal';
import { CredentialFields, SettingFields } from './channel-fields';
import { readCredentials, readSettings } from './channel-form';
import { ConsentForm } from './consent-form';
import { FirstLook } from './first-look';
import { Loaded } from '../../ui/page';
import { useBrandsInUse } from './use-brands-in-use';

/** First which network, then how: by its consent page, or by entering what it gave. Ends with a look whether it works. */
export function AddChannelDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const kinds = useQuery(channelKindsQuery);
  const [chosen, setChosen] = useState<ChannelKindInfo | null>(null);
  const [made, setMade] = useState<Channel | null>(null);
  const title = made
    ? t('channels.connected')
    : chosen
      ? t('channels.add_kind', { kind: t(`channel.${chosen.kind}`) })
      : t('channels.add');
  return (
    <Dialog title={title} isOpen onClose={onClose} wide>
      {made ? (
        <NewChannelLook channel={made} onClose={onClose} />
      ) : chosen ? (
        <ChannelForm info={chosen} onBack={() => setChosen(null)} onMade={setMade} />
      ) : (
        <Loaded query={kinds}>{(all) => <KindPicker kinds={all} onPick={setChosen} />}</Loaded>
      )}
    </Dialog>
  );
}

function KindPicker({ kinds, onPick }: { kinds: readonly ChannelKindInfo[]; onPick: (info: ChannelKindInfo) => void }) {
  const t = useText();
  return (
    <>
      <p className="mb-3 text-muted">{t('channels.pick_kind')}</p>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(9.5rem,1fr))] gap-2">
        {kinds.map((info) => (
          <li key={info.kind}>
            <Button className="w-full justify-start! gap-2.5! py-2.5" onPress={() => onPick(info)}>
              <ChannelIcon kind={info.kind} size={20} />
              {t(`channel.${info.kind}`)}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

function ChannelForm({
  info,
  onBack,
  onMade,
}: {
  info: ChannelKindInfo;
  onBack: () => void;
  onMade: (channel: Channel) => void;
}) {
  const t = useText();
  const brands = useBrandsInUse();
  const { data: teams = [] } = useQuery(teamsQuery);
  const add = useAddChannel();
  const { kind, oauth } = info;
  const settings = info.settingFields ?? [];
  const formId = useId();

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const read = fieldReader(form);
    add.mutate(
      {
        kind,
        name: read('name'),
        externalId: read('externalId') || undefined,
        brandId: read('brandId') || undefined,
        teamId: read('teamId') || undefined,
        credentials: readCredentials(form, info.credentialFields),
        settings: readSettings(form, settings, {}),
      },
      { onSuccess: onMade },
    );
  }

  return (
    <div className="flex flex-col gap-4">
      {oauth && (
        <>
          <ConsentForm kind={kind} network={oauth} />
          <p className="flex items-center gap-3 text-sm text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
            {t('channels.or_by_hand')}
          </p>
        </>
      )}
      <form id={formId} onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={t('channels.name')}
            name="name"
            required
            maxLength={100}
            dir="auto"
            problem={problemOf(add.error, 'name')}
          />
          <TextField
            label={t('channels.account')}
            help={t(kind === 'webchat' ? 'channels.account_made' : 'channels.account_help')}
            name="externalId"
            required={kind !== 'webchat'}
            dir="ltr"
            problem={problemOf(add.error, 'externalId')}
          />
          <SelectField label={t('channels.team')} name="teamId" defaultValue="">
            <option value="">{t('channels.no_team')}</option>
            {teams.map((team) => (
              <option key={team.id} value={team.id}>
                {team.name}
              </option>
            ))}
          </SelectField>
          {brands.length > 1 && (
            <SelectField label={t('channels.brand')} name="brandId">
              {brands.map((brand) => (
                <option key={brand.id} value={brand.id}>
                  {brand.name}
                </option>
              ))}
            </SelectField>
          )}
        </div>
        <CredentialFields fields={info.credentialFields} error={add.error} />
        <details className="rounded-md border border-line px-3 py-2">
          <summary className="text-sm font-medium">{t('channels.settings')}</summary>
          <div className="mt-3 flex flex-col gap-4">
            <SettingFields fields={settings} values={{}} error={add.error} />
          </div>
        </details>
        <Problem error={add.error} />
        <div className="flex justify-between gap-2">
          <Button onPress={onBack} tone="quiet">
            <ArrowRight size={16} aria-hidden className="ltr:-scale-x-100" />
            {t('channels.other_kind')}
          </Button>
          <Button type="submit" tone="brand" isDisabled={add.isPending}>
            {t('channels.connect')}
          </Button>
        </div>
      </form>
    </div>
  );
}

function NewChannelLook({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const t = useText();
  const care = useChannelCare(channel.id);
  return (
    <div className="flex flex-col gap-4">
      <FirstLook channel={channel} care={care} />
      <div className="flex justify-end gap-2">
        <Button onPress={() => care.mutate('subscribe')} isDisabled={care.isPending}>
          {t('channels.subscribe')}
        </Button>
        <Button tone="brand" onPress={onClose}>
          {t('common.done')}
        </Button>
      </div>
    </div>
  );
}
