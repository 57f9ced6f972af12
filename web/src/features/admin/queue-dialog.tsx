import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type SubmitEvent } from 'react';
import { calendarsQuery } from '../../api/admin/calendars';
import { queuesQuery, useRemoveQueue, useSaveQueue, type QueueInput, type QueueLine } from '../../api/admin/routing';
import { usePreview } from '../../api/admin/sla';
import { teamsQuery } from '../../api/people';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { CheckField, SelectField, TextField } from '../../ui/field';
import { problemOf } from '../../ui/refusal';
import { ConditionsFields } from './conditions-fields';
import { FormEnd, NumberField } from './form-parts';
import { Named } from './named-options';
import { PreviewFacts } from './preview-facts';
import { SkillsField } from './skills-field';

const NEW: QueueInput = {
  name: '',
  rank: 100,
  conditions: {},
  mode: null,
  acceptSeconds: null,
  needs: {},
  vipFirst: true,
  calendarId: null,
  overflowQueueId: null,
};
const CONDITIONS = [
  'channelKinds',
  'threadKinds',
  'workTypes',
  'brandIds',
  'priorities',
  'languages',
  'tiers',
  'tags',
] as const;

const inputOf = ({
  name,
  rank,
  conditions,
  mode,
  ownMode,
  acceptSeconds,
  needs,
  vipFirst,
  ...hours
}: QueueLine): QueueInput => ({
  name: name ?? '',
  rank,
  conditions,
  mode: ownMode ? mode : null,
  acceptSeconds,
  needs,
  vipFirst,
  calendarId: hours.calendarId,
  overflowQueueId: hours.overflowQueueId,
});

export function QueueDialog({ queue, onClose }: { queue: QueueLine | null; onClose: () => void }) {
  const t = useText();
  const teams = useQuery(teamsQuery).data ?? [];
  const calendars = useQuery(calendarsQuery).data ?? [];
  const queues = useQuery(queuesQuery).data?.items ?? [];
  const [draft, setDraft] = useState<QueueInput>(() => (queue ? inputOf(queue) : NEW));
  const [teamId, setTeamId] = useState(queue?.teamId ?? '');
  const others = queues.flatMap(({ id, name, teamId: of }) =>
    id !== null && id !== queue?.id && of === (teamId || teams[0]?.id) ? [{ id, name: name ?? id }] : [],
  );
  const save = useSaveQueue();
  const remove = useRemoveQueue();
  const set = (change: Partial<QueueInput>) => setDraft({ ...draft, ...change });
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const id = queue?.id ?? undefined;
    save.mutate({ ...draft, id, teamId: teamId || (teams[0]?.id ?? '') }, { onSuccess: onClose });
  }
  return (
    <Dialog title={t(queue ? 'queues.edit' : 'queues.add')} isOpen onClose={onClose} wide>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-3">
          <TextField
            label={t('queues.name')}
            required
            maxLength={100}
            dir="auto"
            value={draft.name}
            onChange={({ target }) => set({ name: target.value })}
            problem={problemOf(save.error, 'name')}
          />
          <SelectField
            label={t('queues.team')}
            value={teamId || teams[0]?.id}
            disabled={queue !== null}
            onChange={({ target }) => {
              setTeamId(target.value);
              set({ overflowQueueId: null });
            }}
          >
            <Named list={teams} />
          </SelectField>
          <NumberField
            label={t('sla_policy.rank')}
            help={t('sla_policy.rank_help')}
            required
            value={draft.rank}
            onChange={(rank) => set({ rank: rank ?? 0 })}
          />
          <SelectField
            label={t('queues.mode')}
            value={draft.mode ?? ''}
            onChange={({ target }) =>
              set({ mode: (['push', 'pull'] as const).find((one) => one === target.value) ?? null })
            }
          >
            <option value="">{t('queues.mode.team')}</option>
            <option value="push">{t('queues.mode.push')}</option>
            <option value="pull">{t('queues.mode.pull')}</option>
          </SelectField>
          <NumberField
            label={t('queues.accept')}
            help={t('queues.accept_help')}
            value={draft.acceptSeconds}
            onChange={(acceptSeconds) => set({ acceptSeconds })}
            problem={problemOf(save.error, 'acceptSeconds')}
          />
        </div>
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label={t('queues.hours')}
            help={t('queues.hours_help')}
            value={draft.calendarId ?? ''}
            onChange={({ target }) => set({ calendarId: target.value || null })}
            problem={problemOf(save.error, 'calendarId')}
          >
            <Named none={t('queues.always_open')} list={calendars} />
          </SelectField>
          {draft.calendarId !== null && (
            <SelectField
              label={t('queues.overflow')}
              value={draft.overflowQueueId ?? ''}
              onChange={({ target }) => set({ overflowQueueId: target.value || null })}
              problem={problemOf(save.error, 'overflowQueueId')}
            >
              <Named none={t('queues.overflow_here')} list={others} />
            </SelectField>
          )}
        </div>
        {queue?.id && draft.calendarId !== queue.calendarId && (
          <MovedClocks queueId={queue.id} calendarId={draft.calendarId} />
        )}
        <CheckField
          label={t('queues.vip_first')}
          checked={draft.vipFirst}
          onChange={({ target }) => set({ vipFirst: target.checked })}
        />
        <h3 className="text-sm font-semibold">{t('queues.needs')}</h3>
        <SkillsField kind="languages" value={draft.needs} onChange={(needs) => set({ needs })} />
        <SkillsField kind="skills" value={draft.needs} onChange={(needs) => set({ needs })} />
        <h3 className="text-sm font-semibold">{t('queues.takes')}</h3>
        <ConditionsFields names={CONDITIONS} value={draft.conditions} onChange={(conditions) => set({ conditions })} />
        <FormEnd error={save.error ?? remove.error} isPending={save.isPending} onCancel={onClose}>
          {queue?.id && (
            <Button
              tone="danger"
              className="me-auto"
              isDisabled={remove.isPending}
              onPress={() => queue.id && remove.mutate(queue.id, { onSuccess: onClose })}
            >
              {t('queues.remove')}
            </Button>
          )}
        </FormEnd>
      </form>
    </Dialog>
  );
}

/** What other hours would do to the clocks that count by them; nothing for those who may not see it. */
function MovedClocks({ queueId, calendarId }: { queueId: string; calendarId: string | null }) {
  const { mutate, data } = usePreview();
  useEffect(() => mutate({ queueId, queue: { calendarId } }), [mutate, queueId, calendarId]);
  return data ? <PreviewFacts preview={data} /> : null;
}
