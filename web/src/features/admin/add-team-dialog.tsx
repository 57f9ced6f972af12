import type { SubmitEvent } from 'react';
import { useAddTeam } from '../../api/people';
import { useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { refusalText } from '../../ui/refusal';

export function AddTeamDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const add = useAddTeam();
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    add.mutate({ name: fieldReader(new FormData(event.currentTarget))('name') }, { onSuccess: onClose });
  }
  return (
    <Dialog title={t('team.add_team')} isOpen onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t('team.name')}
          name="name"
          required
          dir="auto"
          problem={add.error ? refusalText(add.error, t) : undefined}
        />
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" tone="brand" isDisabled={add.isPending}>
            {t('common.add')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
