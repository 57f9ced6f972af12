import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { agentsQuery } from '../../api/people';
import type { Agent, PresenceState } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { finderKeys } from '../../ui/finder-keys';
import { PresenceDot } from '../../ui/presence-dot';
import { Failed, Skeleton } from '../../ui/states';

const PRESENCE_ORDER: Record<PresenceState, number> = { online: 0, draining: 1, away: 2, break: 3, offline: 4 };

/** Who is here and has room comes first. */
const byRoom = (a: Agent, b: Agent) =>
  PRESENCE_ORDER[a.presence] - PRESENCE_ORDER[b.presence] || a.load / (a.capacity || 1) - b.load / (b.capacity || 1);

export function AssignDialog({
  currentId,
  onClose,
  onChoose,
}: {
  currentId: string | null;
  onClose: () => void;
  onChoose: (agent: Agent) => void;
}) {
  const t = useText();
  const { formats } = useLanguage();
  const list = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState('');
  const query = useQuery(agentsQuery);
  const wanted = typed.trim().toLocaleLowerCase();
  const agents = (query.data ?? [])
    .filter(({ name, disabledAt }) => !disabledAt && name.toLocaleLowerCase().includes(wanted))
    .toSorted(byRoom);
  const first = agents.find(({ id }) => id !== currentId);
  return (
    <Dialog title={t('assign.other')} isOpen onClose={onClose}>
      <div className="flex flex-col gap-3">
        <TextField
          label={t('assign.find')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          dir="auto"
          autoFocus
          onKeyDown={finderKeys(list, () => first && onChoose(first))}
        />
        {query.isPending && <Skeleton rows={3} height="h-9" />}
        {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
        {query.data && (
          <ListBox
            ref={list}
            aria-label={t('assign.other')}
            items={agents}
            selectionMode="none"
            onAction={(key) => {
              const agent = agents.find(({ id }) => id === key);
              if (agent) onChoose(agent);
            }}
            disabledKeys={currentId ? [currentId] : []}
            renderEmptyState={() => <p className="p-3 text-muted">{t('assign.none_found')}</p>}
            className="max-h-80 overflow-auto rounded-md border border-line outline-none"
          >
            {(agent) => (
              <ListBoxItem
                id={agent.id}
                textValue={agent.name}
                className="flex cursor-default items-center gap-2 px-3 py-2 outline-none focus:bg-brand-soft disabled:opacity-50"
              >
                <PresenceDot state={agent.presence} />
                <span className="flex-1 truncate">
                  <bdi>{agent.name}</bdi>
                </span>
                <span className="text-xs text-muted">
                  {t(`presence.${agent.presence}`)} ·{' '}
                  {t('assign.load', { load: formats.number(agent.load), capacity: formats.number(agent.capacity) })}
                </span>
              </ListBoxItem>
            )}
          </ListBox>
        )}
      </div>
    </Dialog>
  );
}
