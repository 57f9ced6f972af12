import type { Trigger } from '../../api/admin/rules';
import { useText, type Text } from '../../i18n/use-text';
import { CheckField, SelectField } from '../../ui/field';
import { ChoicesField, DurationField } from './form-parts';
import { isIdle, TRIGGERS } from './rule-words';

const SIDES = ['customer', 'agent', 'any'] as const;
const MINUTE = 60_000;
const TWO_HOURS = 120;

/** Any of these, and perhaps a silence. */
export function WhenEditor({ value, onChange }: { value: readonly Trigger[]; onChange: (value: Trigger[]) => void }) {
  const t = useText();
  const idle = value.find(isIdle);
  const events = value.filter((trigger) => !isIdle(trigger));
  return (
    <div className="flex flex-col gap-3">
      <ChoicesField
        label={t('rules.when_any')}
        options={TRIGGERS.map(({ key, on }) => ({ id: on, label: t(`rule_on.${key}`) }))}
        value={events.map(({ on }) => on)}
        onChange={(list) => onChange([...list.map((on) => ({ on })), ...(idle ? [idle] : [])])}
      />
      <CheckField
        label={t('rules.or_idle')}
        checked={idle !== undefined}
        onChange={({ target }) =>
          onChange(target.checked ? [...events, { on: 'idle', minutes: TWO_HOURS, side: 'customer' }] : events)
        }
      />
      {idle && (
        <div className="grid gap-4 sm:grid-cols-2">
          <DurationField
            label={t('rules.idle_for')}
            value={idle.minutes * MINUTE}
            onChange={(ms) => onChange([...events, { ...idle, minutes: Math.round((ms ?? 0) / MINUTE) }])}
          />
          <SelectField
            label={t('rules.idle_side')}
            value={idle.side}
            onChange={({ target }) =>
              onChange([...events, { ...idle, side: SIDES.find((side) => side === target.value) ?? 'any' }])
            }
          >
            {SIDES.map((side) => (
              <option key={side} value={side}>
                {t(`rules.side.${side}`)}
              </option>
            ))}
          </SelectField>
        </div>
      )}
    </div>
  );
}

/** The name of what happened; one we have no word for stands as the server names it. */
export function eventName(type: string, t: Text): string {
  if (type === 'ticket.idled' || type === 'idle') return t('rules.silence');
  const known = TRIGGERS.find(({ on }) => on === type);
  return known ? t(`rule_on.${known.key}`) : type;
}
