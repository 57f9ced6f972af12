import type { SubmitEvent } from 'react';
import { useSaveArticle } from '../../api/faq';
import type { FaqArticle } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { CheckField, SelectField, TextArea, TextField } from '../../ui/field';
import { Problem } from '../../ui/problem';
import { problemOf } from '../../ui/refusal';

export function ArticleDialog({ article, onClose }: { article: FaqArticle | null; onClose: () => void }) {
  const t = useText();
  const { locale } = useLanguage();
  const save = useSaveArticle();

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const read = fieldReader(form);
    const phrasings = read('phrasings')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
    save.mutate(
      {
        id: article?.id,
        locale: read('locale') === 'en' ? 'en' : 'fa',
        title: read('title'),
        phrasings,
        answer: read('answer'),
        autoSend: form.has('autoSend'),
        enabled: form.has('enabled'),
      },
      { onSuccess: onClose },
    );
  }

  return (
    <Dialog title={article ? t('faq.edit') : t('faq.add')} isOpen onClose={onClose} wide>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-[1fr_10rem]">
          <TextField
            label={t('faq.title')}
            name="title"
            required
            dir="auto"
            defaultValue={article?.title}
            problem={problemOf(save.error, 'title')}
          />
          <SelectField label={t('faq.locale')} name="locale" defaultValue={article?.locale ?? locale}>
            <option value="fa">فارسی</option>
            <option value="en">English</option>
          </SelectField>
        </div>
        <TextArea
          label={t('faq.phrasings')}
          help={t('faq.phrasings_help')}
          name="phrasings"
          rows={5}
          dir="auto"
          defaultValue={article?.phrasings.join('\n')}
          problem={problemOf(save.error, 'phrasings')}
        />
        <TextArea
          label={t('faq.answer')}
          name="answer"
          rows={4}
          required
          dir="auto"
          defaultValue={article?.answer}
          problem={problemOf(save.error, 'answer')}
        />
        <CheckField
          label={t('faq.auto_send')}
          help={t('faq.auto_send_help')}
          name="autoSend"
          defaultChecked={article?.autoSend ?? false}
        />
        <CheckField label={t('faq.enabled')} name="enabled" defaultChecked={article?.enabled ?? true} />
        <Problem error={save.error} />
        <div className="flex justify-end gap-2">
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" tone="brand" isDisabled={save.isPending}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
