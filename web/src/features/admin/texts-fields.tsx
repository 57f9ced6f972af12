import { useRef } from 'react';
import { VARIABLES, type Texts } from '../../api/admin/macros';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { TextArea } from '../../ui/field';

const MAX_TEXT = 5_000;
const LANGUAGES = ['fa', 'en'] as const;
type Language = (typeof LANGUAGES)[number];

/** A text in Persian and in English, with its variables at hand: a press puts one where the cursor was. */
export function TextsFields({
  value,
  required,
  problemOf,
  onChange,
}: {
  value: Texts;
  required: boolean;
  problemOf: (path: string) => string | undefined;
  onChange: (value: Texts) => void;
}) {
  const t = useText();
  const area = useRef<HTMLTextAreaElement | null>(null);
  const set = (language: Language, text: string) => {
    const { [language]: _before, ...rest } = value;
    onChange(text === '' ? rest : { ...rest, [language]: text });
  };
  function insert(variable: string) {
    const box = area.current;
    const language = LANGUAGES.find((one) => one === box?.lang) ?? 'fa';
    const text = value[language] ?? '';
    const [from, to] = box ? [box.selectionStart, box.selectionEnd] : [text.length, text.length];
    set(language, `${text.slice(0, from)}{{${variable}}}${text.slice(to)}`);
    box?.focus();
  }
  return (
    <div className="flex flex-col gap-3">
      <div className="grid gap-4 sm:grid-cols-2">
        {LANGUAGES.map((language) => (
          <TextArea
            key={language}
            label={t(`macros.text_${language}`)}
            rows={5}
            lang={language}
            dir={language === 'fa' ? 'rtl' : 'ltr'}
            maxLength={MAX_TEXT}
            required={required && !value.fa && !value.en}
            value={value[language] ?? ''}
            onFocus={({ currentTarget }) => (area.current = currentTarget)}
            onChange={({ target }) => set(language, target.value)}
            problem={problemOf(`texts.${language}`)}
          />
        ))}
      </div>
      <fieldset>
        <legend className="mb-1 text-sm font-medium">{t('macros.variables')}</legend>
        <div className="flex flex-wrap gap-1.5">
          {VARIABLES.map((variable) => (
            <Button key={variable} size="small" onPress={() => insert(variable)}>
              {t(`variable.${variable.replace('.', '_') as VariableKey}`)}
            </Button>
          ))}
        </div>
        <p className="mt-1 text-xs text-muted">
          {t('macros.variables_help')} <bdi dir="ltr">{'{{contact.firstName|…}}'}</bdi>
        </p>
      </fieldset>
    </div>
  );
}

type Underscored<Name extends string> = Name extends `${infer A}.${infer B}` ? `${A}_${B}` : Name;
type VariableKey = Underscored<(typeof VARIABLES)[number]>;
