import { useQuery } from '@tanstack/react-query';
import { Bell, BellOff, X } from 'lucide-react';
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { useCan, useSession } from '../../api/session';
import { tagsQuery, ticketFieldsQuery, ticketTypesQuery, useTicketWork, work } from '../../api/ticket-work';
import type { TicketDetail } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { languageChoices } from '../../lib/languages';
import { isolate } from '../../lib/text';
import { typeName } from '../../lib/type-name';
import { Button } from '../../ui/button';
import { SelectField } from '../../ui/field';
import { refusalText } from '../../ui/refusal';
import { useTell } from '../../ui/toasts';
import { useCommands } from '../../ui/use-commands';
import { CustomField } from './custom-field';
import { Elsewhere } from './elsewhere';
import { Relations } from './relations';
import { SurveyResult } from './survey-result';

const NO_TYPES: string[] = [];

/** What a ticket is: tags, type, language, the workspace's own fields, who follows, what belongs to it. */
export function TicketFacts({ ticket, onOpen }: { ticket: TicketDetail; onOpen: (ticketId: string) => void }) {
  const t = useText();
  const tell = useTell();
  const can = useCan();
  const { locale } = useLanguage();
  const { mutate } = useTicketWork(ticket.id);
  const { data: settings } = useQuery(ticketTypesQuery);
  const { data: fields = [] } = useQuery(ticketFieldsQuery);
  const mayWork = can('tickets.write') && ticket.status !== 'closed';
  const change = (step: Parameters<typeof mutate>[0]) =>
    mutate(step, { onError: (error) => tell.error(refusalText(error, t)) });
  const types = settings?.types ?? NO_TYPES;
  const headId = useId();
  return (
    <section aria-labelledby={headId} className="flex flex-col gap-3 border-b border-line p-4 text-sm">
      <h2 id={headId} className="text-xs font-semibold text-muted">
        {t('work.title')}
      </h2>
      <Tags ticket={ticket} mayWork={mayWork} onChange={change} />
      <div className="grid grid-cols-2 gap-3">
        {(types.length > 0 || ticket.type) && (
          <SelectField
            label={t('work.type')}
            value={ticket.type ?? ''}
            disabled={!mayWork}
            onChange={(event) => change(work.edit({ type: event.target.value || null }))}
          >
            <option value="">{t('work.unset')}</option>
            {(ticket.type && !types.includes(ticket.type) ? [ticket.type, ...types] : types).map((type) => (
              <option key={type} value={type}>
                {typeName(settings, type, locale)}
              </option>
            ))}
          </SelectField>
        )}
        <SelectField
          label={t('work.language')}
          value={ticket.language ?? ''}
          disabled={!mayWork}
          onChange={(event) => change(work.edit({ language: event.target.value || null }))}
        >
          <option value="">{t('work.unset')}</option>
          {languageChoices(locale, ticket.language).map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </SelectField>
      </div>
      {fields.map((field) => (
        <CustomField
          key={`${ticket.id} ${field.key}`}
          field={field}
          value={ticket.fields[field.key]}
          disabled={!mayWork}
          onChange={(value) => change(work.edit({ fields: { [field.key]: value } }))}
        />
      ))}
      <Followers ticket={ticket} onChange={change} />
      {ticket.repeats.length > 0 && <Elsewhere ticket={ticket} onOpen={onOpen} />}
      <Relations ticket={ticket} mayWork={mayWork} onChange={change} onOpen={onOpen} />
      <SurveyResult ticketId={ticket.id} />
    </section>
  );
}

type Change = (step: ReturnType<(typeof work)[keyof typeof work]>) => void;

function Tags({ ticket, mayWork, onChange }: { ticket: TicketDetail; mayWork: boolean; onChange: Change }) {
  const t = useText();
  const listId = useId();
  const [typed, setTyped] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useCommands({
    tag: () => {
      // Beside a narrow page the facts are drawn out of sight as well.
      if (!input.current?.checkVisibility()) return false;
      input.current.focus();
      return true;
    },
    leave: () => {
      if (document.activeElement !== input.current) return false;
      document.getElementById('thread')?.focus();
      return true;
    },
  });
  const prefix = typed.trim();
  const { data: known = [] } = useQuery({ ...tagsQuery(prefix), enabled: mayWork });
  const offered = known.filter(({ tag }) => !ticket.tags.includes(tag));
  function add(tag: string) {
    const wanted = tag.trim();
    setTyped('');
    if (wanted && !ticket.tags.includes(wanted)) onChange(work.addTag(wanted));
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== 'Enter' && event.key !== ',' && event.key !== '،') return;
    event.preventDefault();
    add(typed);
  }
  return (
    <div className="flex flex-col gap-1.5">
      {ticket.tags.length > 0 && (
        <ul aria-label={t('work.tags')} className="flex flex-wrap gap-1.5">
          {ticket.tags.map((tag) => (
            <li
              key={tag}
              className="inline-flex items-center gap-1 rounded-full bg-brand-soft ps-2.5 pe-1 text-xs text-brand"
            >
              <bdi className="py-0.5">{tag}</bdi>
              {mayWork && (
                <button
                  type="button"
                  aria-label={t('work.tag_remove', { tag: isolate(tag) })}
                  onClick={() => onChange(work.removeTag(tag))}
                  className="grid size-6 place-items-center rounded-full hover:bg-surface"
                >
                  <X size={13} aria-hidden />
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayWork && (
        <>
          <input
            ref={input}
            aria-keyshortcuts="L"
            aria-label={t('work.tag_add')}
            placeholder={t('work.tag_add')}
            dir="auto"
            list={listId}
            maxLength={60}
            value={typed}
            onChange={(event) => {
              // Choosing from the list comes as one change to exactly a known tag.
              const { value } = event.target;
              const chosen = !(
                event.nativeEvent instanceof InputEvent && event.nativeEvent.inputType.startsWith('insertText')
              );
              if (chosen && offered.some(({ tag }) => tag === value)) add(value);
              else setTyped(value);
            }}
            onKeyDown={onKeyDown}
            className="min-h-8 w-full rounded-md border border-line-strong bg-surface px-2.5 text-sm placeholder:text-muted focus:outline-2 focus:outline-offset-0 focus:outline-brand"
          />
          <datalist id={listId}>
            {offered.map(({ tag }) => (
              <option key={tag} value={tag} />
            ))}
          </datalist>
        </>
      )}
      {!mayWork && ticket.tags.length === 0 && <p className="text-muted">{t('work.no_tags')}</p>}
    </div>
  );
}

function Followers({ ticket: { followers }, onChange }: { ticket: TicketDetail; onChange: Change }) {
  const t = useText();
  const can = useCan();
  const { agent } = useSession();
  const follows = followers.some(({ id }) => id === agent.id);
  const names = followers.map(({ id, name }) => (id === agent.id ? t('common.me') : isolate(name)));
  return (
    <div className="flex items-center gap-2">
      <p className="min-w-0 flex-1 text-xs text-muted">
        {names.length > 0
          ? t('work.followed_by', { names: names.join(t('common.comma')) })
          : t('work.followed_by_nobody')}
      </p>
      {can('tickets.write') && (
        <Button size="small" onPress={() => onChange(follows ? work.unfollow() : work.follow())}>
          {follows ? <BellOff size={14} aria-hidden /> : <Bell size={14} aria-hidden />}
          {t(follows ? 'work.unfollow' : 'work.follow')}
        </Button>
      )}
    </div>
  );
}
