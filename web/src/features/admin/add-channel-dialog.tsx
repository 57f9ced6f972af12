import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { channelKindsQuery, useAddChannel } from '../../api/channels';
import { brandsQuery } from '../../api/people';
import type { ChannelKind, ChannelKindInfo } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { SelectField, TextField } from '../../ui/field';
import { refusalText } from '../../ui/refusal';
import { Loaded, problemOf } from './parts';

/** The server says which credentials each kind needs; they go in and never come back out. */
export function AddChannelDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const kinds = useQuery(channelKindsQuery);
  return (
    <Dialog title={t('channels.add')} isOpen onClose={onClose}>
      <Loaded query={kinds}>{(all) => <ChannelForm kinds={all} onClose={onClose} />}</Loaded>
    </Dialog>
  );
}

function ChannelForm({ kinds, onClose }: { kinds: ChannelKindInfo[]; onClose: () => void }) {
  const t = useText();
  const { data: brands = [] } = useQuery(brandsQuery);
  const add = useAddChannel();
  const [kind, setKind] = useState<ChannelKind | undefined>(kinds[0]?.kind);
  const chosen = kinds.find((info) => info.kind === kind);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!chosen) return;
    const form = new FormData(event.currentTarget);
    const read = fieldReader(form);
    const filled = chosen.credentialFields
      .map(({ name }) => [name, read(`credential.${name}`)] as const)
      .filter(([, value]) => value !== '');
    const apiBaseUrl = read('apiBaseUrl');
    add.mutate(
      {
        kind: chosen.kind,
        name: read('name'),
        externalId: read('externalId') || undefined,
        brandId: read('brandId') || undefined,
        credentials: Object.fromEntries(filled),
        settings: apiBaseUrl ? { apiBaseUrl } : {},
      },
      { onSuccess: onClose },
    );
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <SelectField
        label={t('channels.kind')}
        value={kind}
        onChange={(event) => setKind(event.target.value as ChannelKind)}
      >
        {kinds.map((info) => (
          <option key={info.kind} value={info.kind}>
            {t(`channel.${info.kind}`)}
          </option>
        ))}
      </SelectField>
      <TextField label={t('channels.name')} name="name" required dir="auto" problem={problemOf(add.error, 'name')} />
      <TextField
        label={t('channels.account')}
        help={kind === 'webchat' ? t('channels.account_made') : undefined}
        name="externalId"
        required={kind !== 'webchat'}
        dir="ltr"
        problem={problemOf(add.error, 'externalId')}
      />
      {brands.length > 1 && (
        <SelectField label={t('channels.brand')} name="brandId">
          {brands.map((brand) => (
            <option key={brand.id} value={brand.id}>
              {brand.name}
            </option>
          ))}
        </SelectField>
      )}
      {chosen?.credentialFields.map(({ name, required, help }) => (
        <TextField
          key={name}
          label={name}
          help={help}
          name={`credential.${name}`}
          required={required}
          type="password"
          autoComplete="off"
          dir="ltr"
          problem={problemOf(add.error, `credentials.${name}`)}
        />
      ))}
      <TextField
        label={t('channels.api_base_url')}
        help={t('channels.api_base_url_help')}
        name="apiBaseUrl"
        type="url"
        dir="ltr"
        problem={problemOf(add.error, 'settings.apiBaseUrl')}
      />
      {add.error && (
        <p role="alert" className="text-sm text-danger">
          <bdi>{refusalText(add.error, t)}</bdi>
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onPress={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" tone="brand" isDisabled={add.isPending || !chosen}>
          {t('channels.connect')}
        </Button>
      </div>
    </form>
  );
}
