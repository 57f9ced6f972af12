import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { templatesQuery } from '../../api/channels';
import type { MessageTemplate } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { templateText } from '../../lib/template-text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { TextArea, TextField } from '../../ui/field';
import { MessageText } from '../../ui/rich-text';
import { Failed, Skeleton } from '../../ui/states';

export interface ChosenTemplate {
  name: string;
  language: string;
  values: string[];
  /** How it reads. */
  text: string;
}

export interface TemplateDialogProps {
  channelId: string;
  onSend: (template: ChosenTemplate) => void;
  onClose: () => void;
}

/** An approved text of the network with its blanks filled in: what may be sent when the window is closed. */
export function TemplateDialog({ channelId, onSend, onClose }: TemplateDialogProps) {
  const t = useText();
  const query = useQuery(templatesQuery(channelId));
  const [chosen, setChosen] = useState<MessageTemplate | null>(null);
  return (
    <Dialog title={t('template.title')} isOpen onClose={onClose} wide>
      {query.isPending && <Skeleton rows={3} />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data === null && <NamedTemplate onSend={onSend} />}
      {query.data && !chosen && <TemplateList templates={query.data} onChoose={setChosen} />}
      {chosen && <FilledTemplate template={chosen} onBack={() => setChosen(null)} onSend={onSend} />}
    </Dialog>
  );
}

function TemplateList({
  templates,
  onChoose,
}: {
  templates: readonly MessageTemplate[];
  onChoose: (template: MessageTemplate) => void;
}) {
  const t = useText();
  const [wanted, setWanted] = useState('');
  const fitting = templates.filter(({ name, body }) => `${name} ${body}`.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <div className="flex flex-col gap-3">
      <TextField
        label={t('template.find')}
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
        dir="auto"
        autoFocus
      />
      {fitting.length === 0 && <p className="py-6 text-center text-muted">{t('template.none')}</p>}
      <ul className="flex max-h-[50vh] flex-col gap-2 overflow-auto">
        {fitting.map((template) => (
          <li key={`${template.name} ${template.language}`}>
            <button
              type="button"
              onClick={() => onChoose(template)}
              className="w-full rounded-md border border-line p-3 text-start hover:border-brand"
            >
              <span className="flex gap-2 text-xs text-muted">
                <bdi dir="ltr" className="font-mono">
                  {template.name}
                </bdi>
                <bdi dir="ltr">{template.language}</bdi>
              </span>
              <MessageText text={template.body} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function FilledTemplate({
  template,
  onBack,
  onSend,
}: {
  template: MessageTemplate;
  onBack: () => void;
  onSend: (template: ChosenTemplate) => void;
}) {
  const t = useText();
  const { name, language, blanks } = template;
  const [values, setValues] = useState<string[]>(() => blanks.map(() => ''));
  const text = templateText(template, values);
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    onSend({ name, language, values: values.map((value) => value.trim()), text });
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {blanks.map((blank, index) => (
        <TextField
          key={`${blank.in} ${blank.name}`}
          label={t('template.blank', { name: blank.name })}
          required
          maxLength={1024}
          dir="auto"
          autoFocus={index === 0}
          value={values[index] ?? ''}
          onChange={(event) => setValues(values.with(index, event.target.value))}
        />
      ))}
      <section aria-label={t('template.preview')} className="rounded-md border border-line bg-raised px-3 py-2">
        <p className="text-xs text-muted">{t('template.preview')}</p>
        <MessageText text={text} />
      </section>
      <div className="flex justify-end gap-2">
        <Button onPress={onBack}>{t('template.other')}</Button>
        <Button type="submit" tone="brand">
          {t('template.send')}
        </Button>
      </div>
    </form>
  );
}

/** Where the network's templates cannot be listed, one is named as the network knows it. */
function NamedTemplate({ onSend }: { onSend: (template: ChosenTemplate) => void }) {
  const t = useText();
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const read = fieldReader(new FormData(event.currentTarget));
    const values = read('values')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
    const name = read('name');
    onSend({ name, language: read('language'), values, text: read('text') || `${name}(${values.join(', ')})` });
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p className="text-sm text-muted">{t('template.by_name')}</p>
      <div className="grid gap-4 sm:grid-cols-[1fr_10rem]">
        <TextField label={t('template.name')} name="name" required maxLength={512} dir="ltr" autoFocus />
        <TextField
          label={t('template.language')}
          name="language"
          required
          dir="ltr"
          defaultValue="fa"
          pattern="[A-Za-z]{2,3}([_\-][A-Za-z0-9]{2,8})*"
        />
      </div>
      <TextArea label={t('template.values')} help={t('template.values_help')} name="values" rows={3} dir="auto" />
      <TextArea label={t('template.reads')} help={t('template.reads_help')} name="text" rows={3} dir="auto" />
      <div className="flex justify-end">
        <Button type="submit" tone="brand">
          {t('template.send')}
        </Button>
      </div>
    </form>
  );
}
