import { useState, type SubmitEvent } from 'react';
import { useSaveEndpoint, type Endpoint, type EndpointInput } from '../../api/admin/webhooks';
import { useText } from '../../i18n/use-text';
import { Dialog } from '../../ui/dialog';
import { CheckField, TextField } from '../../ui/field';
import { problemOf } from '../../ui/refusal';
import { ChoicesField, FormEnd } from './form-parts';
import { SecretOnce } from './secret-once';

/** Where another program hears what happens here. */
export function EndpointDialog({
  endpoint,
  types,
  onClose,
}: {
  endpoint: Endpoint | null;
  types: readonly string[];
  onClose: () => void;
}) {
  const t = useText();
  const save = useSaveEndpoint();
  const [secret, setSecret] = useState<string | null>(null);
  const [draft, setDraft] = useState<EndpointInput>(() =>
    endpoint ? { name: endpoint.name, url: endpoint.url, types: endpoint.types } : { name: '', url: '', types: [] },
  );
  const [all, setAll] = useState(draft.types.length === 0);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    save.mutate(
      { ...draft, types: all ? [] : draft.types, id: endpoint?.id },
      { onSuccess: (answer) => (answer.secret ? setSecret(answer.secret) : onClose()) },
    );
  }
  return (
    <Dialog title={t(endpoint ? 'webhooks.edit' : 'webhooks.add')} isOpen onClose={onClose} wide>
      {secret ? (
        <SecretOnce secret={secret} onDone={onClose} />
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4">
          <TextField
            label={t('sla_policy.name')}
            required
            maxLength={100}
            dir="auto"
            value={draft.name}
            onChange={({ target }) => setDraft({ ...draft, name: target.value })}
            problem={problemOf(save.error, 'name')}
          />
          <TextField
            label={t('webhooks.url')}
            help={t('webhooks.url_help')}
            type="url"
            required
            dir="ltr"
            value={draft.url}
            onChange={({ target }) => setDraft({ ...draft, url: target.value })}
            problem={problemOf(save.error, 'url')}
          />
          <CheckField label={t('webhooks.all_types')} checked={all} onChange={({ target }) => setAll(target.checked)} />
          {!all && (
            <div dir="ltr">
              <ChoicesField
                label={t('webhooks.types')}
                options={types.map((id) => ({ id, label: id }))}
                value={draft.types}
                onChange={(list) => setDraft({ ...draft, types: list })}
              />
            </div>
          )}
          <FormEnd error={save.error} isPending={save.isPending} onCancel={onClose} />
        </form>
      )}
    </Dialog>
  );
}
