import type { Escalation, Warning } from '../../api/admin/sla';
import { useText } from '../../i18n/use-text';
import { SelectField } from '../../ui/field';
import { PRIORITY_NAMES } from './conditions-fields';
import { AddButton, Card, DurationField, NumberField, Removable, Section } from './form-parts';
import { ReceiversField } from './receivers-field';

/** Who is told before something is late. */
export function WarningsEditor({ value, onChange }: { value: Warning[]; onChange: (value: Warning[]) => void }) {
  const t = useText();
  const set = (index: number, change: Partial<Warning>) =>
    onChange(value.map((warning, n) => (n === index ? { ...warning, ...change } : warning)));
  return (
    <Section title={t('sla_policy.warnings')} hint={t('sla_policy.warnings_hint')}>
      <Card>
        {value.map((warning, index) => (
          <Removable
            key={index}
            label={t('sla_policy.remove_step')}
            onRemove={() => onChange(value.filter((_, n) => n !== index))}
          >
            <div className="grid gap-4 sm:grid-cols-[9rem_1fr]">
              <NumberField
                label={t('sla_policy.percent')}
                required
                value={warning.percent}
                onChange={(percent) => set(index, { percent: percent ?? 0 })}
              />
              <ReceiversField
                label={t('sla_policy.receivers')}
                value={warning.to}
                onChange={(to) => set(index, { to })}
              />
            </div>
          </Removable>
        ))}
        <AddButton onPress={() => onChange([...value, { percent: 50, to: { assignee: true } }])}>
          {t('sla_policy.add_warning')}
        </AddButton>
      </Card>
    </Section>
  );
}

/** Who is told once it is late, and what is raised then. */
export function EscalationsEditor({
  value,
  onChange,
}: {
  value: Escalation[];
  onChange: (value: Escalation[]) => void;
}) {
  const t = useText();
  const set = (index: number, change: Partial<Escalation>) =>
    onChange(value.map((step, n) => (n === index ? { ...step, ...change } : step)));
  return (
    <Section title={t('sla_policy.escalations')} hint={t('sla_policy.escalations_hint')}>
      <Card>
        {value.map((step, index) => (
          <Removable
            key={index}
            label={t('sla_policy.remove_step')}
            onRemove={() => onChange(value.filter((_, n) => n !== index))}
          >
            <div className="flex flex-col gap-3">
              <div className="grid gap-4 sm:grid-cols-3">
                <DurationField
                  label={t('sla_policy.after')}
                  value={step.afterMs}
                  onChange={(afterMs) => set(index, { afterMs: afterMs ?? 0 })}
                />
                <SelectField
                  label={t('sla_policy.raise_to')}
                  value={step.setPriority ?? ''}
                  onChange={({ target }) =>
                    set(index, { setPriority: PRIORITY_NAMES.find((one) => one === target.value) })
                  }
                >
                  <option value="">{t('sla_policy.leave_priority')}</option>
                  {PRIORITY_NAMES.map((priority) => (
                    <option key={priority} value={priority}>
                      {t(`priority.${priority}`)}
                    </option>
                  ))}
                </SelectField>
                <SelectField
                  label={t('sla_policy.quiet')}
                  value={step.quietHours}
                  onChange={({ target }) => set(index, { quietHours: target.value === 'ring' ? 'ring' : 'wait' })}
                >
                  {(['wait', 'ring'] as const).map((how) => (
                    <option key={how} value={how}>
                      {t(`sla_policy.quiet.${how}`)}
                    </option>
                  ))}
                </SelectField>
              </div>
              <ReceiversField label={t('sla_policy.receivers')} value={step.to} onChange={(to) => set(index, { to })} />
            </div>
          </Removable>
        ))}
        <AddButton onPress={() => onChange([...value, { afterMs: 0, to: { leads: true }, quietHours: 'wait' }])}>
          {t('sla_policy.add_escalation')}
        </AddButton>
      </Card>
    </Section>
  );
}
