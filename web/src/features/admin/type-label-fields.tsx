import type { TicketSettings } from '../../api/admin/ticket-setup';
import { useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import type { TypeLabels } from '../../lib/type-name';
import { TextField } from '../../ui/field';

const LOCALES = ['fa', 'en'] as const;
const LONGEST = 60;

const labelOf = (labels: TypeLabels, type: string) => labels[type] ?? { fa: type, en: type };

/** Labels of the types there are; what was left empty is called as the type. */
export const filledLabels = ({ types, typeLabels }: TicketSettings): TypeLabels =>
  Object.fromEntries(
    types.map((type) => {
      const { fa, en } = labelOf(typeLabels, type);
      return [type, { fa: fa.trim() || type, en: en.trim() || type }];
    }),
  );

/** What each type is called to whoever reads Persian, and English. */
export function TypeLabelFields({
  types,
  labels,
  onChange,
}: {
  types: readonly string[];
  labels: TypeLabels;
  onChange: (labels: TypeLabels) => void;
}) {
  const t = useText();
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">{t('ticket_settings.type_labels')}</legend>
      {types.map((type) => {
        const label = labelOf(labels, type);
        return (
          <div key={type} className="grid gap-2 sm:grid-cols-2">
            {LOCALES.map((locale) => (
              <TextField
                key={locale}
                label={t(`ticket_settings.label.${locale}`, { type: isolate(type) })}
                dir={locale === 'fa' ? 'rtl' : 'ltr'}
                maxLength={LONGEST}
                value={label[locale]}
                onChange={({ target }) => onChange({ ...labels, [type]: { ...label, [locale]: target.value } })}
              />
            ))}
          </div>
        );
      })}
    </fieldset>
  );
}
