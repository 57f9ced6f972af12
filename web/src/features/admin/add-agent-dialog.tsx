import { useState, type SubmitEvent } from 'react';
import { useAddAgent } from '../../api/people';
import type { Role, Team } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { CheckField, SelectField, TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { problemOf } from '../../ui/refusal';
import { PasswordOnce } from './password-once';

export const ROLES: readonly Role[] = ['agent', 'lead', 'admin', 'analyst', 'crm_viewer'];

export function AddAgentDialog({ teams, onClose }: { teams: readonly Team[]; onClose: () => void }) {
  const t = useText();
  const add = useAddAgent();
  const [made, setMade] = useState<string | null>(null);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const read = fieldReader(form);
    add.mutate(
      {
        name: read('name'),
        email: read('email'),
        role: read('role') as Role,
        password: read('password') || undefined,
        teamIds: form.getAll('team').map(String),
      },
      { onSuccess: ({ password }) => (password ? setMade(password) : onClose()) },
    );
  }

  return (
    <Dialog title={t('team.add_agent')} isOpen onClose={onClose}>
      {made ? (
        <PasswordOnce password={made} onDone={onClose} />
      ) : (
        <form onSubmit={submit} className="flex flex-col gap-4">
          <TextField label={t('team.name')} name="name" required dir="auto" problem={problemOf(add.error, 'name')} />
          <TextField
            label={t('login.email')}
            name="email"
            type="email"
            required
            dir="ltr"
            problem={problemOf(add.error, 'email')}
          />
          <SelectField label={t('team.role')} name="role">
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {t(`role.${role}`)}
              </option>
            ))}
          </SelectField>
          <TextField
            label={t('login.password')}
            help={t('team.password_help')}
            name="password"
            type="password"
            autoComplete="new-password"
            dir="ltr"
            problem={problemOf(add.error, 'password')}
          />
          {teams.length > 0 && (
            <fieldset className="flex flex-col gap-1">
              <legend className="mb-1 text-sm font-medium">{t('team.teams')}</legend>
              {teams.map((team) => (
                <CheckField key={team.id} label={team.name} name="team" value={team.id} />
              ))}
            </fieldset>
          )}
          <Problem error={add.error} />
          <div className="flex justify-end gap-2">
            <Button onPress={onClose}>{t('common.cancel')}</Button>
            <Button type="submit" tone="brand" isDisabled={add.isPending}>
              {t('common.add')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
