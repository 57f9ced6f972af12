import { useQuery } from '@tanstack/react-query';
import { MessageSquareQuote, Zap } from 'lucide-react';
import { useDeferredValue, useRef, useState } from 'react';
import { Header } from 'react-aria-components/Header';
import { ListBox, ListBoxItem, ListBoxSection } from 'react-aria-components/ListBox';
import {
  cannedQuery,
  macrosQuery,
  useApplyMacro,
  useRender,
  type CannedReply,
  type Macro,
  type ReadyText,
} from '../../api/macros';
import { useText } from '../../i18n/use-text';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { finderKeys } from '../../ui/finder-keys';
import { Problem } from '../../ui/problem';
import { inOurLanguage } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { Skeleton } from '../../ui/states';
import { useTell } from '../../ui/toasts';

const NOTHING: never[] = [];
const ITEM = 'flex cursor-default items-center gap-2 px-3 py-2 text-sm outline-none focus:bg-brand-soft';

export interface PickerProps {
  ticketId: string;
  /** The text goes into the reply as a draft; nothing is ever sent unseen. */
  onText: (text: string) => void;
  onClose: () => void;
}

/** Ready answers by their shortcut or words, and macros, which change the ticket too. */
export function Picker({ ticketId, onText, onClose }: PickerProps) {
  const t = useText();
  const tell = useTell();
  const list = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState('');
  const wanted = useDeferredValue(typed.trim().replace(/^\//, ''));
  const canned = useQuery(cannedQuery(wanted));
  const { data: macros = NOTHING } = useQuery(macrosQuery);
  const render = useRender(ticketId);
  const apply = useApplyMacro(ticketId);
  const replies = canned.data ?? NOTHING;
  const fitting = macros.filter(({ name }) => name.toLocaleLowerCase().includes(wanted.toLocaleLowerCase()));

  function take({ text, missing }: ReadyText) {
    onClose();
    onText(text);
    if (missing.length > 0) tell.error(t('macro.missing', { names: missing.join(t('common.comma')) }));
  }
  const takeReply = (reply: CannedReply) => render.mutate(reply.id, { onSuccess: take });
  const takeMacro = (macro: Macro) =>
    apply.mutate(macro.id, {
      onSuccess: ({ applied, refused, reply }) => {
        if (applied.length > 0) tell.info(t('macro.applied', { name: macro.name, count: applied.length }));
        for (const { do: what, message, words } of refused)
          tell.error(t('macro.refused', { what, why: inOurLanguage(words, message) }));
        if (reply) take(reply);
        else onClose();
      },
    });
  function choose(key: string) {
    const reply = replies.find(({ id }) => id === key);
    const macro = fitting.find(({ id }) => id === key);
    if (reply) takeReply(reply);
    else if (macro) takeMacro(macro);
  }
  const first = replies[0] ?? fitting[0];
  return (
    <Dialog title={t('macro.title')} isOpen onClose={onClose}>
      <div className="flex flex-col gap-3" aria-busy={render.isPending || apply.isPending}>
        <TextField
          label={t('macro.find')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={finderKeys(list, () => first && choose(first.id))}
          dir="auto"
          autoFocus
        />
        <Problem error={canned.error ?? render.error ?? apply.error} />
        {canned.isPending && <Skeleton rows={3} height="h-9" />}
        {canned.data && (
          <ListBox
            ref={list}
            aria-label={t('macro.title')}
            selectionMode="none"
            onAction={(key) => choose(String(key))}
            renderEmptyState={() => <p className="p-3 text-muted">{t('macro.none')}</p>}
            className="max-h-80 overflow-auto rounded-md border border-line outline-none"
          >
            {replies.length > 0 && (
              <ListBoxSection id="replies">
                <Header className="px-3 pt-2 text-xs font-semibold text-muted">{t('macro.replies')}</Header>
                {replies.map((reply) => (
                  <ListBoxItem key={reply.id} id={reply.id} textValue={reply.title} className={ITEM}>
                    <MessageSquareQuote size={15} aria-hidden className="shrink-0 text-muted" />
                    <span className="min-w-0 flex-1">
                      <bdi className="block truncate font-medium">{reply.title}</bdi>
                      <bdi className="block truncate text-xs text-muted">{reply.texts.fa ?? reply.texts.en}</bdi>
                    </span>
                    <span className="text-xs text-muted">
                      <Ltr>{`/${reply.shortcut}`}</Ltr>
                    </span>
                  </ListBoxItem>
                ))}
              </ListBoxSection>
            )}
            {fitting.length > 0 && (
              <ListBoxSection id="macros">
                <Header className="px-3 pt-2 text-xs font-semibold text-muted">{t('macro.macros')}</Header>
                {fitting.map((macro) => (
                  <ListBoxItem key={macro.id} id={macro.id} textValue={macro.name} className={ITEM}>
                    <Zap size={15} aria-hidden className="shrink-0 text-note" />
                    <bdi className="min-w-0 flex-1 truncate font-medium">{macro.name}</bdi>
                    <span className="text-xs text-muted">{t('macro.actions', { count: macro.actions.length })}</span>
                  </ListBoxItem>
                ))}
              </ListBoxSection>
            )}
          </ListBox>
        )}
      </div>
    </Dialog>
  );
}
