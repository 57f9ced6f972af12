import { ChevronDown, FileCheck2, Globe, Lock, MessageSquareQuote, Send, StickyNote, UserX } from 'lucide-react';
import { lazy, Suspense, useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import { newerOf, useOutgoing, useSending } from '../../api/outgoing';
import { useCan } from '../../api/session';
import type { Capabilities, TicketDetail } from '../../api/types';
import { deskPart } from '../../i18n/desk-texts';
import { useLanguage, useText } from '../../i18n/use-text';
import { attached } from '../../lib/attachments';
import { drafts, type Mode } from '../../lib/drafts';
import type { Outgoing } from '../../lib/outgoing';
import { isOneText, lengthIn, limitOf, messagesNeeded } from '../../lib/reply-parts';
import { useRealtime } from '../../realtime/use-realtime';
import { Button, IconButton, type Tone } from '../../ui/button';
import { classes } from '../../ui/classes';
import { sendRefusal } from '../../ui/send-refusal';
import { ChoiceMenu } from '../../ui/menu';
import { contactName } from '../../ui/names';
import { useCommands } from '../../ui/use-commands';
import { AttachButton } from '../../ui/attach-button';
import { AttachedList } from '../../ui/attached-list';
import { ModePicker } from './mode-picker';
import { cycleMode, modeStates, NOTES_ONLY, usableMode } from './modes';
import { SplitNotice } from '../../ui/split-notice';
import { StaleNotice } from './stale-notice';
import type { ChosenTemplate } from './template-dialog';
import { useAttaching } from '../../ui/use-attaching';

const TemplateDialog = lazy(() => import('./template-dialog').then((module) => ({ default: module.TemplateDialog })));
const Picker = deskPart(() => import('../macros/picker').then((part) => part.Picker));
const HeldChannel = deskPart(() => import('../conversation/under-way').then((part) => part.HeldChannel));
const NO_FILES: NonNullable<Capabilities['attachments']> = [];

const LOOKS: Record<Mode, { Icon: typeof Globe; tone: Tone; frame: string; band: string }> = {
  public: { Icon: Globe, tone: 'public', frame: 'border-public', band: 'bg-public-soft text-public' },
  private: { Icon: Lock, tone: 'brand', frame: 'border-line-strong', band: 'bg-raised text-muted' },
  note: { Icon: StickyNote, tone: 'note', frame: 'border-note', band: 'bg-note-soft text-note' },
};

export interface ComposerProps {
  ticket: TicketDetail;
  /** The newest message the writer has in front of them; null until the thread has been read. */
  seenMessageId: string | null;
  onLeave: () => void;
}

export function Composer({ ticket, seenMessageId, onLeave }: ComposerProps) {
  const t = useText();
  const can = useCan();
  const { formats } = useLanguage();
  const { conversationId } = ticket;
  const capabilities = ticket.capabilities ?? NOTES_ONLY;
  const states = modeStates(capabilities, { reply: can('conversations.reply'), note: can('notes.write') });
  const [wanted, setWanted] = useState<{ conversationId: string; mode: Mode } | null>(null);
  const mode = usableMode(states, wanted?.conversationId === conversationId ? wanted.mode : null);
  const text = useSyncExternalStore(drafts.subscribe, () => drafts.get(conversationId, mode));
  const area = useRef<HTMLTextAreaElement>(null);
  const sending = useSending();
  const stale = useOutgoing(conversationId).find((entry) => entry.state === 'stale' && entry.mode === mode);
  const realtime = useRealtime();
  const helpId = useId();

  const [agreed, setAgreed] = useState<{ conversationId: string; mode: Mode } | null>(null);
  const [choosing, setChoosing] = useState(false);
  const [picking, setPicking] = useState(false);

  const open = states.some((state) => state.mode === mode && state.enabled);
  const limit = limitOf(capabilities, ticket.kind, mode);
  const left = limit.max - lengthIn(text, limit.unit);
  const oneText = isOneText(ticket.kind, mode);
  const allowed = oneText || !open ? NO_FILES : (capabilities.attachments ?? NO_FILES);
  const attaching = useAttaching(conversationId, allowed);
  const { files } = attaching;
  const messages = oneText ? 1 : messagesNeeded(text.trim(), files.length, limit, capabilities);
  const split = messages > 1;
  const agrees = (agreed?.conversationId === conversationId && agreed.mode === mode) || stale?.split === true;
  const ready =
    open &&
    (text.trim() !== '' || files.length > 0) &&
    files.every(({ state }) => state === 'ready') &&
    (split ? agrees : left >= 0) &&
    (mode === 'note' || seenMessageId !== null);

  const mayPick = open && can('tickets.write');

  useEffect(() => () => realtime?.typing(ticket.id, false), [realtime, ticket.id]);

  function change(next: string) {
    if (next === '/' && text === '' && mayPick) setPicking(true);
    drafts.set(conversationId, mode, next);
    if (mode !== 'note') realtime?.typing(ticket.id, next !== '');
  }

  function insert(ready: string) {
    // The slash that asked for it has served.
    if (drafts.get(conversationId, mode) === '/') drafts.set(conversationId, mode, '');
    drafts.add(conversationId, mode, ready);
    setPicking(false);
    area.current?.focus();
  }

  function submit(statusAfter: Outgoing['statusAfter'] = null, seen = seenMessageId) {
    if (!ready) return false;
    sending.send({
      conversationId,
      ticketId: ticket.id,
      mode,
      text: text.trim(),
      files: allowed.length > 0 ? attached.take(conversationId) : [],
      ...(split ? { split } : {}),
      seenMessageId: seen,
      statusAfter,
    });
    drafts.set(conversationId, mode, '');
    setAgreed(null);
    realtime?.typing(ticket.id, false);
    area.current?.focus();
    return true;
  }

  function sendTemplate({ text: reading, ...template }: ChosenTemplate) {
    setChoosing(false);
    sending.send({
      conversationId,
      ticketId: ticket.id,
      mode: 'private',
      text: reading,
      template,
      seenMessageId,
      statusAfter: null,
    });
  }

  function write(next: Mode) {
    if (!states.some((state) => state.mode === next && state.enabled)) return false;
    setWanted({ conversationId, mode: next });
    // The textarea may be another one's until the mode has changed; it is the same element, so focus now is right.
    area.current?.focus();
    return true;
  }

  const inComposer = () => document.activeElement === area.current;
  useCommands({
    reply: () =>
      write(states.find(({ mode: candidate, enabled }) => enabled && candidate !== 'note')?.mode ?? 'public'),
    replyPrivately: () => write('private'),
    note: () => write('note'),
    ready: () => mayPick && (setPicking(true), true),
    send: () => inComposer() && !stale && submit(),
    sendAndSolve: () => inComposer() && !stale && mode !== 'note' && submit('solved'),
    nextMode: () => inComposer() && write(cycleMode(states, mode, 1)),
    previousMode: () => inComposer() && write(cycleMode(states, mode, -1)),
    leave: () => {
      if (!inComposer()) return false;
      area.current?.blur();
      onLeave();
      return true;
    },
  });

  const { Icon, tone, frame, band } = LOOKS[mode];
  const refusal = states.find((state) => state.mode === mode)?.refusal;
  const unreachableSince = ticket.conversation.unreachableSince;
  const holds = ticket.conversations.find(({ id }) => id === conversationId)?.holds;
  const live = capabilities.privateReply;
  const templates = capabilities.templates === true && can('conversations.reply');
  return (
    <section aria-label={t('composer.label')} className="border-t border-line bg-surface p-3">
      {stale && (
        <StaleNotice
          newer={newerOf(stale)}
          contactName={contactName(ticket.contact, t)}
          onSendAnyway={() => {
            const newest =
              newerOf(stale)
                .filter(({ direction }) => direction !== 'note')
                .at(-1) ?? newerOf(stale).at(-1);
            if (submit(stale.statusAfter, newest?.id ?? seenMessageId)) sending.forget(stale);
          }}
          onEdit={() => {
            sending.forget(stale);
            area.current?.focus();
          }}
        />
      )}
      {unreachableSince && (
        <p className="mb-2 flex items-center gap-2 rounded-md border border-warn/50 bg-warn-soft px-3 py-1.5 text-sm">
          <UserX size={16} aria-hidden className="shrink-0 text-warn" />
          {t('composer.unreachable', { at: formats.dateTime(unreachableSince) })}
        </p>
      )}
      {holds && mode !== 'note' && <HeldChannel holds={holds} />}
      <ModePicker states={states} current={mode} window={capabilities.window} onPick={write} />
      <div
        {...attaching.box}
        className={classes(
          'overflow-hidden rounded-md border-2 transition-colors focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-brand',
          frame,
          attaching.dragging ? 'border-dashed border-brand! bg-brand-soft' : '',
        )}
      >
        <p id={helpId} className={classes('flex items-center gap-1.5 px-3 py-0.5 text-xs font-semibold', band)}>
          <Icon size={13} aria-hidden />
          {refusal ? (sendRefusal(refusal, t) ?? refusal) : t(`composer.band.${mode}`)}
        </p>
        <textarea
          ref={area}
          dir="auto"
          rows={3}
          value={text}
          disabled={!open}
          onChange={(event) => change(event.target.value)}
          aria-label={t(`composer.text.${mode}`)}
          aria-describedby={helpId}
          aria-invalid={(left < 0 && !split) || undefined}
          placeholder={t(`composer.placeholder.${mode}`)}
          className="block field-sizing-content max-h-60 min-h-20 w-full resize-none bg-surface px-3 py-2 text-[15px] outline-none placeholder:text-muted disabled:bg-raised"
        />
        <AttachedList files={files} />
      </div>
      {split && (
        <SplitNotice
          messages={messages}
          agreed={agrees}
          onAgree={(yes) => setAgreed(yes ? { conversationId, mode } : null)}
        />
      )}
      <div className="mt-2 flex flex-wrap items-center gap-2">
        {allowed.length > 0 && (
          <AttachButton kinds={allowed.map(({ kind }) => kind)} isDisabled={!open} onChoose={attaching.add} />
        )}
        {can('tickets.write') && (
          <IconButton
            size="small"
            label={t('composer.ready')}
            icon={<MessageSquareQuote size={17} />}
            isDisabled={!mayPick}
            onPress={() => setPicking(true)}
          />
        )}
        {templates && (
          <Button size="small" onPress={() => setChoosing(true)} isDisabled={seenMessageId === null}>
            <FileCheck2 size={15} aria-hidden />
            {t('template.choose')}
          </Button>
        )}
        <p className={classes('text-xs', left < 0 && !split ? 'font-semibold text-danger' : 'text-muted')}>
          {left < 0
            ? t(`composer.over.${limit.unit}`, { count: -left })
            : t(`composer.left.${limit.unit}`, { count: left })}
        </p>
        <kbd dir="ltr" className="ms-auto font-sans text-xs text-muted max-[899px]:hidden">
          Ctrl + Enter
        </kbd>
        <div className="flex max-[899px]:ms-auto">
          <Button
            tone={tone}
            isDisabled={!ready || stale !== undefined}
            onPress={() => submit()}
            aria-keyshortcuts="Control+Enter"
            className={mode === 'note' ? undefined : 'rounded-e-none!'}
          >
            <Send size={16} aria-hidden className="icon-directional" />
            {t(`composer.send.${mode}`)}
          </Button>
          {mode !== 'note' && (
            <ChoiceMenu
              label={t('composer.send_and')}
              aria-label={t('composer.send_and')}
              tone={tone}
              isDisabled={!ready || stale !== undefined}
              className="rounded-s-none! border-s-surface/40! px-2!"
              trigger={<ChevronDown size={16} aria-hidden />}
              choices={[
                { id: 'pending', label: t('composer.send_pending') },
                { id: 'solved', label: t('composer.send_solved') },
              ]}
              onChoose={(status) => submit(status)}
            />
          )}
        </div>
      </div>
      {capabilities.window.closesAt && mode !== 'note' && (
        <p className="mt-1 text-xs text-muted">
          {t('composer.window_closes', { at: formats.dateTime(capabilities.window.closesAt) })}
        </p>
      )}
      {live?.whileLive && live.expiresAt && live.available && mode === 'private' && (
        <p className="mt-1 text-xs text-warn">{t('composer.live_until', { at: formats.dateTime(live.expiresAt) })}</p>
      )}
      {templates && capabilities.window.kind === 'closed' && (
        <p className="mt-1 text-xs text-warn">{t('template.window_closed')}</p>
      )}
      {choosing && (
        <Suspense>
          <TemplateDialog channelId={ticket.channel.id} onSend={sendTemplate} onClose={() => setChoosing(false)} />
        </Suspense>
      )}
      {picking && (
        <Picker
          key={ticket.id}
          ticketId={ticket.id}
          onText={insert}
          onClose={() => {
            setPicking(false);
            area.current?.focus();
          }}
        />
      )}
    </section>
  );
}
