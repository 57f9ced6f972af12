import { useQuery } from '@tanstack/react-query';
import { agentsQuery } from '../api/people';
import { useCan, useSession } from '../api/session';
import type { PresenceState } from '../api/types';
import { useText } from '../i18n/use-text';
import { useConnection, useRealtime } from '../realtime/use-realtime';
import { ChoiceMenu } from '../ui/menu';
import { PresenceDot } from '../ui/presence-dot';

const STATES: readonly PresenceState[] = ['online', 'away', 'offline'];

/** Whether work may be given to me, as the server sees it; without a connection nobody is given any. */
export function PresenceControl() {
  const t = useText();
  const can = useCan();
  const { agent } = useSession();
  const realtime = useRealtime();
  const live = useConnection() === 'live';
  const { data: agents } = useQuery(agentsQuery);
  const own = agents?.find(({ id }) => id === agent.id)?.presence ?? 'offline';
  const state = live ? own : 'offline';
  if (!can('conversations.reply')) return null;
  return (
    <ChoiceMenu
      label={t('presence.label')}
      aria-label={t('presence.now', { state: t(`presence.${state}`) })}
      tone="quiet"
      size="small"
      className="px-1.5! text-xs!"
      isDisabled={!live}
      trigger={
        <>
          <PresenceDot state={state} />
          {t(`presence.${state}`)}
        </>
      }
      choices={STATES.map((id) => ({ id, label: t(`presence.${id}`), icon: <PresenceDot state={id} /> }))}
      selected={state}
      onChoose={(chosen) => realtime?.choosePresence(agent.id, chosen)}
    />
  );
}
