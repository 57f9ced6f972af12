import { Plus } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { useAddToken, useRevokeToken, type ApiToken, type TokensOf } from '../../api/admin/tokens';
import { useSession } from '../../api/session';
import { useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { fieldReader } from '../../lib/form';
import { isolate } from '../../lib/text';
import { Button } from '../../ui/button';
import { CopyField } from '../../ui/copy-field';
import { Dialog } from '../../ui/dialog';
import { SelectField, TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { problemOf } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';
import { FormEnd } from './form-parts';

const DAY_MS = 86_400_000;
/** How long a token may last, in days; the last is without end. */
const LASTS = [30, 90, 365, 0] as const;
const USUALLY = 90;

export function AddToken() {
  const t = useText();
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Button tone="brand" onPress={() => setAdding(true)}>
        <Plus size={16} aria-hidden />
        {t('tokens.add')}
      </Button>
      {adding && <AddTokenDialog onClose={() => setAdding(false)} />}
    </>
  );
}

function AddTokenDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const { agent } = useSession();
  const add = useAddToken();
  const [token, setToken] = useState<string | null>(null);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const read = fieldReader(new FormData(event.currentTarget));
    const days = Number(read('days'));
    const expiresAt = days > 0 ? new Date(serverNow() + days * DAY_MS).toISOString() : undefined;
    add.mutate({ name: read('name'), expiresAt }, { onSuccess: (made) => setToken(made.token) });
  }
  return (
    <Dialog title={t('tokens.add')} isOpen onClose={onClose}>
      {token ? (
        <div className="flex flex-col gap-4">
          <CopyField label={t('tokens.token')} value={token} help={t('tokens.once')} />
          <Button tone="brand" className="self-end" onPress={onClose}>
            {t('common.done')}
          </Button>
        </div>
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4">
          <p className="rounded-md bg-raised px-3 py-2 text-sm">{t('tokens.may', { role: t(`role.${agent.role}`) })}</p>
          <TextField
            label={t('tokens.name')}
            help={t('tokens.name_help')}
            name="name"
            required
            maxLength={100}
            dir="auto"
            autoFocus
            problem={problemOf(add.error, 'name')}
          />
          <SelectField
            label={t('tokens.lasts')}
            name="days"
            defaultValue={USUALLY}
            problem={problemOf(add.error, 'expiresAt')}
          >
            {LASTS.map((days) => (
              <option key={days} value={days}>
                {days > 0 ? t('tokens.days', { count: days }) : t('tokens.no_end')}
              </option>
            ))}
          </SelectField>
          <FormEnd error={add.error} isPending={add.isPending} onCancel={onClose} submit={t('tokens.make')} />
        </form>
      )}
    </Dialog>
  );
}

export function RevokeTokenDialog({ token, of, onClose }: { token: ApiToken; of: TokensOf; onClose: () => void }) {
  const t = useText();
  const tell = useTell();
  const revoke = useRevokeToken(of);
  const name = isolate(token.name);
  return (
    <Dialog title={t('tokens.revoke_of', { name })} isOpen onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p>{t('tokens.revoke_warning')}</p>
        <Problem error={revoke.error} />
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button
            tone="danger"
            isDisabled={revoke.isPending}
            onPress={() =>
              revoke.mutate(token.id, {
                onSuccess: () => {
                  onClose();
                  tell.info(t('tokens.revoked_now', { name }));
                },
              })
            }
          >
            {t('tokens.revoke')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
