import { useRef } from 'react';
import { HANDOFF_TEXTS, type HandoffBlank, type HandoffText } from '../../api/admin/handoff';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { TextArea } from '../../ui/field';

const LANGUAGES = ['fa', 'en'] as const;
type Language = (typeof LANGUAGES)[number];
const LONGEST_TEXT = 2_000;
const ONE_LINE: readonly HandoffText[] = ['subject', 'greeting', 'codeSubject'];

/** One text in both languages; what is left empty is said as the product says it, which stands there in grey. */
export function HandoffTextFields({
  name,
  usual,
  value,
  onChange,
  problemOf,
}: {
  name: HandoffText;
  usual: Record<Language, string>;
  value: Partial<Record<Language, string>>;
  onChange: (value: Partial<Record<Language, string>>) => void;
  problemOf: (language: Language) => string | undefined;
}) {
  const t = useText();
  const area = useRef<HTMLTextAreaElement | null>(null);
  function set(language: Language, text: string) {
    const { [language]: _before, ...rest } = value;
    onChange(text === '' ? rest : { ...rest, [language]: text });
  }
  /** Puts a blank where the cursor was last; into the product's words where there are none yet. */
  function insert(blank: HandoffBlank) {
    const box = area.current;
    const language = LANGUAGES.find((one) => one === box?.lang) ?? 'fa';
    const text = value[language] ?? usual[language];
    const [from, to] = box?.value ? [box.selectionStart, box.selectionEnd] : [text.length, text.length];
    set(language, `${text.slice(0, from)}{${blank}}${text.slice(to)}`);
    box?.focus();
  }
  return (
    <fieldset className="flex flex-col gap-2 not-last:border-b not-last:border-line not-last:pb-4">
      <legend className="mb-1 font-medium">{t(`handoff_text.${name}`)}</legend>
      <div className="grid gap-4 sm:grid-cols-2">
        {LANGUAGES.map((language) => (
          <TextArea
            key={language}
            label={t(`handoff_settings.in_${language}`)}
            rows={ONE_LINE.includes(name) ? 1 : 3}
            maxLength={LONGEST_TEXT}
            lang={language}
            dir={language === 'fa' ? 'rtl' : 'ltr'}
            placeholder={usual[language]}
            value={value[language] ?? ''}
            onFocus={({ currentTarget }) => (area.current = currentTarget)}
            onChange={({ target }) => set(language, target.value)}
            problem={problemOf(language)}
          />
        ))}
      </div>
      <div className="flex flex-wrap items-center gap-1.5 text-xs text-muted">
        {t('handoff_settings.blanks')}
        {HANDOFF_TEXTS[name].map((blank) => (
          <Button key={blank} size="small" onPress={() => insert(blank)}>
            {t(`handoff_blank.${blank}`)}
          </Button>
        ))}
      </div>
    </fieldset>
  );
}
