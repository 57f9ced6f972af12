import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { presenceQuery, workTypesQuery } from '../../api/routing';
import { useSession } from '../../api/session';
import { useText } from '../../i18n/use-text';
import { useRealtime } from '../../realtime/use-realtime';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { CheckField } from '../../ui/field';
import { Loaded } from '../../ui/page';
import { workTypeName } from './work-type-name';

/** Which types of work I take now: all, or only some, say calls in the morning. */
export function TakesDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const { agent } = useSession();
  const types = useQuery(workTypesQuery);
  const presence = useQuery(presenceQuery);
  return (
    <Dialog title={t('takes.title')} isOpen onClose={onClose}>
      <Loaded query={types}>
        {(all) => (
          <Loaded query={presence}>
            {(rows) => (
              <Takes
                all={all}
                now={rows.find(({ agentId }) => agentId === agent.id)?.takes ?? null}
                onClose={onClose}
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </Dialog>
  );
}

function Takes({ all, now, onClose }: { all: string[]; now: string[] | null; onClose: () => void }) {
  const t = useText();
  const { agent } = useSession();
  const realtime = useRealtime();
  const [chosen, setChosen] = useState<readonly string[]>(now ?? all);
  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (chosen.length === 0) return;
    realtime?.choosePresence(agent.id, 'online', all.every((type) => chosen.includes(type)) ? null : chosen);
    onClose();
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p className="text-sm text-muted">{t('takes.hint')}</p>
      <div role="group" aria-label={t('takes.title')} className="flex flex-col gap-2">
        {all.map((type) => (
          <CheckField
            key={type}
            label={workTypeName(type, t)}
            checked={chosen.includes(type)}
            onChange={(event) =>
              setChosen(event.target.checked ? [...chosen, type] : chosen.filter((one) => one !== type))
            }
          />
        ))}
      </div>
      <div className="flex justify-end gap-2">
        <Button onPress={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" tone="brand" isDisabled={chosen.length === 0}>
          {t('takes.go')}
        </Button>
      </div>
    </form>
  );
}
