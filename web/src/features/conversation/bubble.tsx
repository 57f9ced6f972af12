import { Bot, EyeOff, Globe, Lock, Paperclip, Pencil, StickyNote, Trash2 } from 'lucide-react';
import { memo } from 'react';
import type { Attachment, Message, ModerationAction } from '../../api/types';
import { useLanguage, useText, type Text } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { classes } from '../../ui/classes';
import { MessageText } from '../../ui/rich-text';
import { deletionText } from './deletion';
import { DeliveryMark } from './delivery';
import { ModerationMenu } from './moderation-menu';
import { SuggestionCard } from './suggestion-card';

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

function nameOf({ author, direction }: Message, contactName: string, t: Text): string {
  if (author.kind === 'bot') return t('author.bot');
  if (author.name) return author.name;
  if (direction === 'in') return contactName;
  return author.kind === 'account' ? t('author.account') : t('author.us');
}

export interface BubbleProps {
  message: Message;
  continued: boolean;
  /** One of us has answered since: what the bot suggested is of no more use. */
  answered: boolean;
  contactName: string;
  moderation: readonly ModerationAction[];
  onModerate: (message: Message, action: ModerationAction) => void;
  onDelivery: (messageId: string, action: 'retry' | 'give_up') => void;
  onSuggestion: (message: Message, outcome: 'accepted' | 'dismissed') => void;
}

export const Bubble = memo(function Bubble({
  message,
  continued,
  answered,
  contactName,
  moderation,
  onModerate,
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
  return (
    <>
      <article
        aria-label={label}
        className={classes(
          'group/bubble w-fit max-w-[85%] rounded-lg border px-3 py-2',
          LOOKS[voice],
          continued ? '-mt-2' : '',
        )}
      >
        {!continued && <Head voice={voice} name={name} isBot={message.author.kind === 'bot'} />}
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
          {message.text && <MessageText text={message.text} />}
          {!message.text && !message.deletedAt && message.attachments.length === 0 && (
            <p className="text-muted">{t('message.unsupported')}</p>
          )}
        </div>
        {message.attachments.length > 0 && <Attachments attachments={message.attachments} />}
        <footer className="mt-0.5 flex flex-wrap items-center gap-x-2 text-xs text-muted">
          <time dateTime={message.networkAt}>{time}</time>
          {message.editedAt && (
            <span className="inline-flex items-center gap-1">
              <Pencil size={11} aria-hidden />
              {t('message.edited')}
            </span>
          )}
          {message.delivery && <DeliveryMark state={message.delivery.state} />}
          {message.reactions.map(({ reaction, emoji, count }) => (
            <span key={reaction} className="rounded-full border border-line bg-surface px-1.5">
              {emoji ?? reaction} {count > 1 && formats.number(count)}
            </span>
          ))}
          {voice === 'contact' && !message.deletedAt && (
            <span className="-my-1 ms-auto">
              <ModerationMenu message={message} allowed={moderation} onChoose={onModerate} />
            </span>
          )}
        </footer>
        {inDoubt && (
          <div className="mt-2 flex flex-wrap items-center gap-2 border-t border-line pt-2 text-xs">
            <p className="min-w-0 flex-1">
              {message.delivery?.reason ? (
                <bdi>{message.delivery.reason}</bdi>
              ) : (
                t(`delivery.why.${message.delivery?.state === 'failed' ? 'failed' : 'unknown'}`)
              )}
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

function Attachments({ attachments }: { attachments: Attachment[] }) {
  const t = useText();
  return (
    <ul className="mt-1 flex flex-wrap gap-2">
      {attachments.map(({ id, kind, url, name }) => {
        const title = name ?? t('attachment.unnamed', { kind });
        return (
          <li key={id}>
            {url ? (
              <a href={url} target="_blank" rel="noopener noreferrer nofollow" className="block">
                {kind === 'image' ? (
                  <img
                    src={url}
                    alt={title}
                    loading="lazy"
                    className="max-h-48 max-w-60 rounded-md border border-line object-cover"
                  />
                ) : (
                  <span className="flex items-center gap-1.5 rounded-md border border-line bg-surface px-2 py-1 text-sm text-public">
                    <Paperclip size={14} aria-hidden />
                    <bdi>{title}</bdi>
                  </span>
                )}
              </a>
            ) : (
              <span className="flex items-center gap-1.5 rounded-md border border-line bg-surface px-2 py-1 text-sm text-muted">
                <Paperclip size={14} aria-hidden />
                <bdi>{title}</bdi> · {t('attachment.gone')}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
