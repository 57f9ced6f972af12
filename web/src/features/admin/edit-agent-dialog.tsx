import { useState, type SubmitEvent } from 'react';
import { useChangeAgent, useNewPassword } from '../../api/people';
import { useSession } from '../../api/session';
import type { Agent, Role, Team } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { latinDigits } from '../../lib/text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { CheckField, SelectField, TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { problemOf } from '../../ui/refusal';
import { ROLES } from './add-agent-dialog';
import { PasswordOnce } from './password-once';

export interface EditAgentDialogProps {
  agent: Agent;
  teams: readonly Team[];
  onClose: () => void;
}

/** Somebody's role, teams and how much at once; a new password; kept out, and let in again. */
export function EditAgentDialog({ agent, teams, onClose }: EditAgentDialogProps) {
  const t = useText();
  const [password, setPassword] = useState<string | null>(null);
  return (
    <Dialog title={t('team.edit', { name: agent.name })} isOpen onClose={onClose}>
      {password === null ? (
        <div className="flex flex-col gap-5">
          <Facts agent={agent} teams={teams} onClose={onClose} />
          <Access agent={agent} onPassword={setPassword} onClose={onClose} />
        </div>
      ) : (
        <PasswordOnce password={password} onDone={onClose} />
      )}
    </Dialog>
  );
}

function Facts({ agent, teams, onClose }: EditAgentDialogProps) {
  const t = useText();
  const change = useChangeAgent(agent.id);
  const roles: readonly Role[] = ROLES.includes(agent.role) ? ROLES : [agent.role, ...ROLES];
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const read = fieldReader(form);
    const role = roles.find((one) => one === read('role'));
    change.mutate(
      {
        name: read('name'),
        capacity: Number(latinDigits(read('capacity'))),
        teamIds: form.getAll('team').map(String),
        ...(role && role !== agent.role ? { role } : {}),
      },
      { onSuccess: onClose },
    );
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextField
        label={t('team.name')}
        name="name"
        required
        maxLength={100}
        dir="auto"
        defaultValue={agent.name}
        problem={problemOf(change.error, 'name')}
      />
      <div className="grid grid-cols-2 items-start gap-3">
        <SelectField
          label={t('team.role')}
          name="role"
          defaultValue={agent.role}
          problem={problemOf(change.error, 'role')}
        >
          {roles.map((role) => (
            <option key={role} value={role}>
              {t(`role.${role}`)}
            </option>
          ))}
        </SelectField>
        <TextField
          label={t('team.capacity')}
          name="capacity"
          required
          inputMode="numeric"
          pattern="[0-9۰-۹]{1,4}"
          defaultValue={String(agent.capacity)}
          problem={problemOf(change.error, 'capacity')}
        />
      </div>
      {teams.length > 0 && (
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1 text-sm font-medium">{t('team.teams')}</legend>
          {teams.map((team) => (
            <CheckField
              key={team.id}
              label={team.name}
              name="team"
              value={team.id}
              defaultChecked={agent.teamIds.includes(team.id)}
            />
          ))}
        </fieldset>
      )}
      <Problem error={change.error} />
      <div className="flex justify-end gap-2">
        <Button onPress={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" tone="brand" isDisabled={change.isPending}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}

interface AccessProps {
  agent: Agent;
  onPassword: (password: string) => void;
  onClose: () => void;
}

function Access({ agent, onPassword, onClose }: AccessProps) {
  const t = useText();
  const change = useChangeAgent(agent.id);
  const reset = useNewPassword(agent.id);
  const mine = useSession().agent.id === agent.id;
  const [asking, setAsking] = useState<'out' | 'password' | null>(null);
  const out = Boolean(agent.disabledAt);
  const confirm = () =>
    asking === 'out'
      ? change.mutate({ enabled: false }, { onSuccess: onClose })
      : reset.mutate(undefined, { onSuccess: onPassword });
  // Nobody locks themselves out here.
  if (mine) return null;
  return (
    <section aria-label={t('team.access')} className="flex flex-col gap-3 border-t border-line pt-4">
      <div className="flex flex-wrap gap-2">
        <Button size="small" onPress={() => setAsking('password')}>
          {t('team.new_password')}
        </Button>
        {out ? (
          <Button size="small" onPress={() => change.mutate({ enabled: true }, { onSuccess: onClose })}>
            {t('team.let_in')}
          </Button>
        ) : (
          <Button size="small" tone="danger" onPress={() => setAsking('out')}>
            {t('team.keep_out')}
          </Button>
        )}
      </div>
      {asking && (
        <div role="alert" className="flex flex-col items-start gap-2 rounded-md border border-danger/40 p-3 text-sm">
          <p>{t(asking === 'out' ? 'team.keep_out_warning' : 'team.new_password_warning')}</p>
          <Button size="small" tone="danger" isDisabled={change.isPending || reset.isPending} onPress={confirm}>
            {t(asking === 'out' ? 'team.keep_out' : 'team.new_password')}
          </Button>
        </div>
      )}
      <Problem error={change.error ?? reset.error} />
    </section>
  );
}
