import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { agentsQuery } from '../api/people';
import { useCan, useSession } from '../api/session';
import type { PresenceState } from '../api/types';
import { deskPart } from '../i18n/desk-texts';
import { useText } from '../i18n/use-text';
import { useConnection, useRealtime } from '../realtime/use-realtime';
import { ChoiceMenu } from '../ui/menu';
import { PresenceDot } from '../ui/presence-dot';

const TakesDialog = deskPart(() => import('../features/shift/takes-dialog').then((part) => part.TakesDialog));
const LeaveDialog = deskPart(() => import('../features/shift/leave-dialog').then((part) => part.LeaveDialog));

// Offline is how one leaves, and whoever leaves says what becomes of the work.
const STATES: readonly PresenceState[] = ['online', 'away', 'break', 'draining'];

/** Whether work may be given to me, as the server sees it; without a connection nobody is given any. */
export function PresenceControl() {
  const t = useText();
  const can = useCan();
  const { agent } = useSession();
  const realtime = useRealtime();
  const live = useConnection() === 'live';
  const { data: agents } = useQuery(agentsQuery);
  const [asking, setAsking] = useState<'takes' | 'leave' | null>(null);
  const own = agents?.find(({ id }) => id === agent.id)?.presence ?? 'offline';
  const state = live ? own : 'offline';
  if (!can('conversations.reply')) return null;
  const close = () => setAsking(null);
  return (
    <>
      <ChoiceMenu
        label={t('presence.label')}
        aria-label={t('presence.now', { state: t(`presence.${state}`) })}
        tone="quiet"
        size="small"
        className="max-w-full px-1.5! text-xs! whitespace-normal!"
        isDisabled={!live}
        trigger={
          <>
            <PresenceDot state={state} />
            <span className="max-[420px]:sr-only">{t(`presence.${state}`)}</span>
          </>
        }
        choices={[
          ...STATES.map((id) => ({ id, label: t(`presence.${id}`), icon: <PresenceDot state={id} /> })),
          { id: 'takes', label: t('presence.takes') },
          { id: 'leave', label: t('presence.leave') },
        ]}
        selected={state}
        onChoose={(chosen) => {
          if (chosen === 'takes' || chosen === 'leave') setAsking(chosen);
          else realtime?.choosePresence(agent.id, chosen);
        }}
      />
      {asking === 'takes' && <TakesDialog onClose={close} />}
      {asking === 'leave' && <LeaveDialog onClose={close} />}
    </>
  );
}
