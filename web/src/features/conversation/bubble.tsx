import { Bot, EyeOff, Globe, Lock, Pencil, StickyNote, Trash2 } from 'lucide-react';
import { lazy, memo, Suspense } from 'react';
import type { Message, ModerationAction } from '../../api/types';
import { deskPart } from '../../i18n/desk-texts';
import { useLanguage, useText, type Text } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { classes } from '../../ui/classes';
import { inOurLanguage } from '../../ui/refusal';
import { MessageText } from '../../ui/rich-text';
import { Attachments } from './attachments';
import { deletionText } from './deletion';
import { DeliveryMark } from './delivery';
import { ModerationMenu } from './moderation-menu';
import { OwnMenu, type OwnMenuProps } from './own-menu';
import { SuggestionCard } from './suggestion-card';

const Letter = lazy(() => import('./letter').then((module) => ({ default: module.Letter })));

const CallNote = deskPart(() => import('../calls/call-note').then((part) => part.CallNote));

const UnderWay = deskPart(() => import('./under-way').then((part) => part.UnderWay));

type Voice = 'contact' | 'public' | 'private' | 'note';

const LOOKS: Record<Voice, string> = {
  contact: 'self-start border-line bg-surface rounded-ss-sm',
  public: 'self-end border-public/30 bg-public-soft rounded-se-sm',
  private: 'self-end border-line-strong/50 bg-raised rounded-se-sm',
  note: 'w-full! max-w-full! border-note/30 bg-note-soft',
};

function voiceOf({ direction, visibility }: Message): Voice {
  if (direction === 'note') return 'note';
  if (direction === 'in') return 'contact';
  return visibility === 'private' ? 'private' : 'public';
}

/** For networks that name a reaction without its sign. */
const SIGNS: Readonly<Record<string, string>> = {
  like: '👍',
  love: '❤️',
  care: '🤗',
  haha: '😆',
  wow: '😮',
  sorry: '😢',
  anger: '😡',
};

function nameOf({ author, direction }: Message, contactName: string, t: Text): string {
  if (author.kind === 'bot') return t('author.bot');
  if (author.name) return author.name;
  if (direction === 'in') return contactName;
  return author.kind === 'account' ? t('author.account') : t('author.us');
}

/** What the customer wrote and has not taken back can be moderated. */
export const isSelectable = ({ direction, deletedAt }: Message): boolean => direction === 'in' && !deletedAt;

export interface BubbleProps {
  message: Message;
  continued: boolean;
  /** One of us has answered since: what the bot suggested is of no more use. */
  answered: boolean;
  contactName: string;
  moderation: readonly ModerationAction[];
  /** What of our own the network lets us delete. */
  ownDeletable: OwnMenuProps['deletable'];
  onModerate: (message: Message, action: ModerationAction) => void;
  /** Milliseconds in which our own text may be changed; null always, undefined never. */
  editSentMs: number | null | undefined;
  /** Whether it is ticked, while several are being chosen; null otherwise. */
  selected: boolean | null;
  onSelect: (messageId: string) => void;
  onEdit: (message: Message) => void;
  onRefetch: (attachmentId: string) => void;
  onDelivery: (messageId: string, action: 'retry' | 'give_up') => void;
  onSuggestion: (message: Message, outcome: 'accepted' | 'dismissed') => void;
}

export const Bubble = memo(function Bubble({
  message,
  continued,
  answered,
  contactName,
  moderation,
  ownDeletable,
  onModerate,
  editSentMs,
  selected,
  onSelect,
  onEdit,
  onRefetch,
  onDelivery,
  onSuggestion,
}: BubbleProps) {
  const t = useText();
  const { formats } = useLanguage();
  const voice = voiceOf(message);
  const name = nameOf(message, contactName, t);
  const time = formats.time(message.networkAt);
  const label = [name, t(`voice.${voice}`), time, message.delivery && t(`delivery.${message.delivery.state}`)]
    .filter(Boolean)
    .join(t('common.comma'));
  const deletion = deletionText(message, t);
  const inDoubt = message.delivery?.state === 'failed' || message.delivery?.state === 'unknown';
  // What is looked for says its reason itself.
  const told = message.delivery?.waiting ? null : message.delivery?.reason;
  const why = told && inOurLanguage(message.delivery?.words, told);
  return (
    <>
      <article
        aria-label={label}
        className={classes(
          'group/bubble w-fit max-w-[85%] rounded-lg border px-3 py-2',
          LOOKS[voice],
          continued ? '-mt-2' : '',
          selected ? 'outline-2 outline-brand' : '',
        )}
      >
        {selected !== null && isSelectable(message) && (
          <label className="mb-1 flex items-center gap-2 text-xs font-medium text-brand">
            <input
              type="checkbox"
              checked={selected}
              onChange={() => onSelect(message.id)}
              className="size-4 accent-brand"
            />
            {t('bulk.tick', { time })}
          </label>
        )}
        {!continued && (
          <Head voice={voice} name={name} isBot={message.author.kind === 'bot' || message.author.kind === 'rule'} />
        )}
        {message.deletedAt && (
          <p className="flex items-center gap-1.5 text-xs text-danger">
            <Trash2 size={13} aria-hidden />
            {t('message.deleted', { time: formats.dateTime(message.deletedAt) })}
            {deletion && <bdi>({deletion})</bdi>}
          </p>
        )}
        {message.hiddenAt && !message.deletedAt && (
          <p className="flex items-center gap-1.5 text-xs text-muted">
            <EyeOff size={13} aria-hidden />
            {t('message.hidden')}
          </p>
        )}
        <div
          className={classes(
            message.deletedAt ? 'text-muted line-through' : null,
            message.hiddenAt ? 'text-muted' : null,
          )}
        >
          {message.call && <CallNote message={message} />}
          {message.text && !message.call && <MessageText text={inOurLanguage(message.textWords, message.text)} />}
          {!message.text && !message.call && !message.deletedAt && message.attachments.length === 0 && (
            <p className="text-muted">{t('message.unsupported')}</p>
          )}
        </div>
        {message.attachments.length > 0 && <Attachments attachments={message.attachments} onRefetch={onRefetch} />}
        {message.original && !message.deletedAt && (
          <Suspense>
            <Letter message={message} />
          </Suspense>
        )}
        <footer className="mt-0.5 flex flex-wrap items-center gap-x-2 text-xs text-muted">
          <time dateTime={message.networkAt}>{time}</time>
          {message.editedAt && (
            <span className="inline-flex items-center gap-1">
              <Pencil size={11} aria-hidden />
              {t('message.edited')}
            </span>
          )}
          {message.delivery && <DeliveryMark state={message.delivery.state} />}
          {message.reactions.map(({ reaction, emoji, count, own }) => (
            <span
              key={`${reaction} ${emoji}`}
              title={own ? t('author.us') : undefined}
              className={classes('rounded-full border bg-surface px-1.5', own ? 'border-brand' : 'border-line')}
            >
              {emoji ?? SIGNS[reaction] ?? reaction} {count > 1 && formats.number(count)}
            </span>
          ))}
          {selected === null && isSelectable(message) && (
            <span className="-my-1 ms-auto">
              <ModerationMenu message={message} allowed={moderation} onChoose={onModerate} onSelect={onSelect} />
            </span>
          )}
          {selected === null && message.direction === 'out' && (
            <span className="-my-1 ms-auto">
              <OwnMenu
                message={message}
                deletable={ownDeletable}
                editSentMs={editSentMs}
                onEdit={onEdit}
                onModerate={onModerate}
              />
            </span>
          )}
        </footer>
        {(message.delivery?.waiting || message.edit) && (
          <UnderWay message={message} editSentMs={editSentMs} onEdit={onEdit} />
        )}
        {inDoubt && (
          <div className="mt-2 flex flex-wrap items-center gap-2 border-t border-line pt-2 text-xs">
            <p className="min-w-0 flex-1">
              <bdi>{why || t(`delivery.why.${message.delivery?.state === 'failed' ? 'failed' : 'unknown'}`)}</bdi>
            </p>
            <Button size="small" onPress={() => onDelivery(message.id, 'retry')}>
              {t('delivery.retry')}
            </Button>
            <Button size="small" tone="quiet" onPress={() => onDelivery(message.id, 'give_up')}>
              {t('delivery.give_up')}
            </Button>
          </div>
        )}
      </article>
      {message.suggestion && (
        <SuggestionCard
          suggestion={message.suggestion}
          answered={answered}
          onSettle={(outcome) => onSuggestion(message, outcome)}
        />
      )}
    </>
  );
});

const VOICE_HEADS = {
  public: { Icon: Globe, colour: 'text-public' },
  private: { Icon: Lock, colour: 'text-muted' },
  note: { Icon: StickyNote, colour: 'text-note' },
} as const;

function Head({ voice, name, isBot }: { voice: Voice; name: string; isBot: boolean }) {
  const t = useText();
  if (voice === 'contact')
    return (
      <p className="text-xs font-semibold">
        <bdi>{name}</bdi>
      </p>
    );
  const { Icon, colour } = VOICE_HEADS[voice];
  return (
    <p className={classes('flex items-center gap-1.5 text-xs font-semibold', colour)}>
      <Icon size={13} aria-hidden />
      {t(`voice.${voice}`)}
      <span aria-hidden>·</span>
      {isBot && <Bot size={13} aria-hidden className="text-bot" />}
      <bdi className={isBot ? 'text-bot' : undefined}>{name}</bdi>
    </p>
  );
}
