import { useQuery } from '@tanstack/react-query';
import type { Receivers } from '../../api/admin/sla';
import { agentsQuery, teamsQuery } from '../../api/people';
import { useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { ChoicesField } from './form-parts';
import { receiversOf, receiverWords } from './policy-draft';

/** Who hears of a step. */
export function ReceiversField({
  label,
  value,
  ownTeam = true,
  onChange,
}: {
  label: string;
  /** Whether the ticket's own team may be told. */
  ownTeam?: boolean;
  value: Receivers;
  onChange: (value: Receivers) => void;
}) {
  const t = useText();
  const agents = useQuery(agentsQuery).data ?? [];
  const teams = useQuery(teamsQuery).data ?? [];
  return (
    <ChoicesField
      label={label}
      value={receiverWords(value)}
      onChange={(words) => onChange(receiversOf(words))}
      options={[
        { id: 'assignee', label: t('receiver.assignee') },
        ...(ownTeam ? [{ id: 'team', label: t('receiver.team') }] : []),
        { id: 'leads', label: t('receiver.leads') },
        ...teams.map(({ id, name }) => ({
          id: `team:${id}`,
          label: t('receiver.named_team', { name: isolate(name) }),
        })),
        ...agents.map(({ id, name }) => ({ id: `agent:${id}`, label: name })),
      ]}
    />
  );
}
