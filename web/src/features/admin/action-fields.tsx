import type { Action } from '../../api/admin/rules';
import { useText } from '../../i18n/use-text';
import { CheckField, SelectField, TextArea, TextField } from '../../ui/field';
import { isActionName } from './action-kinds';
import { PRIORITY_NAMES } from './conditions-fields';
import { CustomValues } from './custom-values';
import { ChoicesField, DurationField, NumberField, WordsField } from './form-parts';
import { OptionSelect } from './option-select';
import { ReceiversField } from './receivers-field';
import { STATUSES, type RuleNames } from './use-rule-names';

const DISMISSALS = ['thanks', 'spam', 'noise', 'duplicate', 'other'] as const;
const WAKERS = ['reply', 'crm'] as const;
const MINUTE = 60_000;
const MAX_TEXT = 2_000;

const word = (value: unknown): string => (typeof value === 'string' ? value : '');
const wordOrNull = (value: unknown): string | null => word(value) || null;
const words = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** What one action needs to know. */
export function ActionFields({
  action,
  names,
  onChange,
}: {
  action: Action;
  names: RuleNames;
  onChange: (action: Action) => void;
}) {
  const t = useText();
  const set = (change: Record<string, unknown>) => onChange({ ...action, ...change });
  const chosen = (field: string) => ({
    value: wordOrNull(action[field]),
    onChange: (value: string | null) => set({ [field]: value }),
  });
  const text = (field: string, label: string, required: boolean) => (
    <TextArea
      label={label}
      rows={2}
      dir="auto"
      maxLength={MAX_TEXT}
      required={required}
      value={word(action[field])}
      onChange={({ target }) => set({ [field]: target.value || (required ? '' : undefined) })}
    />
  );
  if (!isActionName(action.do)) return null;
  switch (action.do) {
    case 'take':
      return null;
    case 'assign':
      return (
        <OptionSelect
          label={t('skills.agent')}
          options={names.agents}
          none={t('action.give_back')}
          {...chosen('agentId')}
        />
      );
    case 'follow':
      return <OptionSelect label={t('skills.agent')} options={names.agents} {...chosen('agentId')} />;
    case 'move':
      return (
        <OptionSelect label={t('queues.team')} options={names.teams} none={t('action.lobby')} {...chosen('teamId')} />
      );
    case 'tag':
      return (
        <div className="grid gap-2 sm:grid-cols-2">
          {(['add', 'remove'] as const).map((side) => (
            <WordsField
              key={side}
              label={t(`action.tag_${side}`)}
              help={t('rules.words_help')}
              value={words(action[side])}
              onChange={(list) => set({ [side]: list.length > 0 ? list : undefined })}
            />
          ))}
        </div>
      );
    case 'priority':
      return (
        <OptionSelect
          label={t('priority.label')}
          options={PRIORITY_NAMES.map((id) => ({ id, label: t(`priority.${id}`) }))}
          {...chosen('priority')}
        />
      );
    case 'status':
      return (
        <OptionSelect
          label={t('status.label')}
          options={STATUSES.map((id) => ({ id, label: t(`status.${id}`) }))}
          {...chosen('status')}
        />
      );
    case 'type':
      return (
        <OptionSelect
          label={t('action.type_of')}
          options={names.ticketTypes}
          none={t('action.no_type')}
          {...chosen('type')}
        />
      );
    case 'language':
      return (
        <TextField
          label={t('action.language_code')}
          dir="ltr"
          required
          maxLength={20}
          value={word(action.language)}
          onChange={({ target }) => set({ language: target.value })}
        />
      );
    case 'fields':
      return (
        <CustomValues
          fields={names.fields}
          value={(action.fields ?? {}) as Record<string, unknown>}
          onChange={(fields) => set({ fields })}
        />
      );
    case 'dismiss':
      return (
        <OptionSelect
          label={t('action.dismiss_why')}
          options={DISMISSALS.map((id) => ({ id, label: t(`dismissal.${id}`) }))}
          {...chosen('reason')}
        />
      );
    case 'snooze':
      return <SnoozeFields action={action} onChange={onChange} />;
    case 'note':
      return text('text', t('action.note_text'), true);
    case 'hide':
      return text('reason', t('common.reason'), true);
    case 'macro':
      return <OptionSelect label={t('action.macro')} options={names.macros} {...chosen('macroId')} />;
    case 'reply':
      return (
        <div className="flex flex-col gap-2">
          <OptionSelect label={t('action.reply_with')} options={names.replies} {...chosen('cannedReplyId')} />
          <CheckField
            label={t('action.beside_people')}
            help={t('action.beside_people_help')}
            checked={action.besidePeople === true}
            onChange={({ target }) => set({ besidePeople: target.checked || undefined })}
          />
        </div>
      );
    case 'webhook':
      return <OptionSelect label={t('action.webhook')} options={names.endpoints} {...chosen('endpointId')} />;
    case 'notify':
      return (
        <div className="flex flex-col gap-2">
          <ReceiversField
            label={t('sla_policy.receivers')}
            ownTeam={false}
            value={{
              agentIds: words(action.agentIds),
              teamIds: words(action.teamIds),
              leads: action.leads === true,
              assignee: action.assignee === true,
            }}
            onChange={({ agentIds, teamIds, leads, assignee }) => set({ agentIds, teamIds, leads, assignee })}
          />
          {text('text', t('action.text'), false)}
        </div>
      );
    case 'approval':
      return text('text', t('action.approval_text'), false);
  }
}

function SnoozeFields({ action, onChange }: { action: Action; onChange: (action: Action) => void }) {
  const t = useText();
  const byDay = action.workingDay !== undefined;
  const wakeOn = words(action.wakeOn);
  const keep = wakeOn.length > 0 ? { wakeOn } : {};
  return (
    <div className="flex flex-col gap-2">
      <div className="grid gap-2 sm:grid-cols-2">
        <SelectField
          label={t('action.snooze_how')}
          value={byDay ? 'workingDay' : 'minutes'}
          onChange={({ target }) =>
            onChange({ do: 'snooze', ...keep, ...(target.value === 'minutes' ? { minutes: 60 } : { workingDay: 1 }) })
          }
        >
          <option value="minutes">{t('action.snooze_for')}</option>
          <option value="workingDay">{t('action.snooze_until_day')}</option>
        </SelectField>
        {byDay ? (
          <NumberField
            label={t('action.working_days')}
            required
            value={number(action.workingDay)}
            onChange={(workingDay) => onChange({ ...action, workingDay })}
          />
        ) : (
          <DurationField
            label={t('action.how_long')}
            value={(number(action.minutes) ?? 0) * MINUTE}
            onChange={(ms) => onChange({ ...action, minutes: Math.round((ms ?? 0) / MINUTE) })}
          />
        )}
      </div>
      <ChoicesField
        label={t('action.wake_on')}
        options={WAKERS.map((id) => ({ id, label: t(`action.wake_on.${id}`) }))}
        value={wakeOn}
        onChange={(list) => {
          const { wakeOn: _before, ...rest } = action;
          onChange({ ...rest, do: 'snooze', ...(list.length > 0 && { wakeOn: list }) });
        }}
      />
    </div>
  );
}
