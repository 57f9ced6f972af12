import { useQuery } from '@tanstack/react-query';
import type { Scope } from '../../api/admin/macros';
import { teamsQuery } from '../../api/people';
import { useText } from '../../i18n/use-text';
import { SelectField } from '../../ui/field';
import { OptionSelect } from './option-select';

const SCOPES: readonly Scope[] = ['everybody', 'team', 'me'];

/** Who may use it. */
export function WhoseFields({
  scope,
  teamId,
  onChange,
}: {
  scope: Scope;
  teamId: string | null;
  onChange: (whose: { scope: Scope; teamId: string | null }) => void;
}) {
  const t = useText();
  const teams = useQuery(teamsQuery).data ?? [];
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label={t('macros.whose')}
        value={scope}
        onChange={({ target }) =>
          onChange({ scope: SCOPES.find((one) => one === target.value) ?? 'everybody', teamId: null })
        }
      >
        {SCOPES.map((one) => (
          <option key={one} value={one}>
            {t(`macros.scope.${one}`)}
          </option>
        ))}
      </SelectField>
      {scope === 'team' && (
        <OptionSelect
          label={t('queues.team')}
          options={teams.map(({ id, name }) => ({ id, label: name }))}
          value={teamId}
          onChange={(id) => onChange({ scope, teamId: id })}
        />
      )}
    </div>
  );
}
