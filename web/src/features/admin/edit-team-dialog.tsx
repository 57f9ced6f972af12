import type { SubmitEvent } from 'react';
import { useChangeTeam } from '../../api/people';
import type { Team } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { SelectField, TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { problemOf } from '../../ui/refusal';

/** What a team is called, and whether its work is given or taken. */
export function EditTeamDialog({ team, onClose }: { team: Team; onClose: () => void }) {
  const t = useText();
  const change = useChangeTeam(team.id);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const read = fieldReader(new FormData(event.currentTarget));
    const assignment = read('assignment') === 'pull' ? 'pull' : 'push';
    change.mutate({ name: read('name'), assignment }, { onSuccess: onClose });
  }
  return (
    <Dialog title={t('team.edit_team')} isOpen onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t('team.name')}
          name="name"
          required
          maxLength={100}
          dir="auto"
          defaultValue={team.name}
          problem={problemOf(change.error, 'name')}
        />
        <SelectField label={t('team.assignment')} name="assignment" defaultValue={team.assignment ?? 'push'}>
          <option value="push">{t('team.assignment.push')}</option>
          <option value="pull">{t('team.assignment.pull')}</option>
        </SelectField>
        <Problem error={change.error} />
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" tone="brand" isDisabled={change.isPending}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
