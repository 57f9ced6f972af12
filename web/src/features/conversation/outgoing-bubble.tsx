import { Globe, Lock, StickyNote } from 'lucide-react';
import { ApiError } from '../../api/client';
import type { Outgoing } from '../../lib/outgoing';
import { useLanguage, useText, type Text } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { classes } from '../../ui/classes';
import { FileIcon } from '../../ui/file-icon';
import { refusalText } from '../../ui/refusal';
import { MessageText } from '../../ui/rich-text';
import { DeliveryMark } from './delivery';

const LOOKS = {
  public: { Icon: Globe, colour: 'text-public', box: 'self-end border-public/30 bg-public-soft' },
  private: { Icon: Lock, colour: 'text-muted', box: 'self-end border-line-strong/50 bg-raised' },
  note: { Icon: StickyNote, colour: 'text-note', box: 'w-full! max-w-full! border-note/30 bg-note-soft' },
} as const;

function reasonOf({ problem, problemText, problemWords }: Outgoing, t: Text): string {
  if (problem === 'unreachable') return t('outgoing.unreachable');
  if (problem === 'interrupted') return t('outgoing.interrupted');
  return refusalText(new ApiError(0, problem ?? '', problemText ?? '', {}, problemWords), t);
}

/** A message that the server has not confirmed: drawn at once, and kept with its text when it fails. */
export function OutgoingBubble({
  entry,
  onRetry,
  onTakeBack,
}: {
  entry: Outgoing;
  onRetry: () => void;
  onTakeBack: () => void;
}) {
  const t = useText();
  const { formats } = useLanguage();
  const { Icon, colour, box } = LOOKS[entry.mode];
  const failed = entry.state === 'failed';
  const state = failed ? t('delivery.failed') : t('delivery.sending');
  return (
    <article
      aria-label={[t('author.us'), t(`voice.${entry.mode}`), state].join(t('common.comma'))}
      className={classes(
        'appear w-fit max-w-[85%] rounded-lg border px-3 py-2',
        box,
        failed ? 'border-danger!' : 'opacity-80',
      )}
    >
      <p className={classes('flex items-center gap-1.5 text-xs font-semibold', colour)}>
        <Icon size={13} aria-hidden />
        {t(`voice.${entry.mode}`)}
      </p>
      {entry.text && <MessageText text={entry.text} />}
      {entry.files?.map(({ uploadId, kind, name }) => (
        <p key={uploadId} className="flex items-center gap-1.5 text-sm">
          <FileIcon kind={kind} />
          <bdi>{name}</bdi>
        </p>
      ))}
      <footer className="mt-0.5 flex items-center gap-2 text-xs text-muted">
        {formats.time(entry.writtenAt)}
        <DeliveryMark state={failed ? 'failed' : 'sending'} />
      </footer>
      {failed && (
        <div role="alert" className="mt-2 flex flex-wrap items-center gap-2 border-t border-line pt-2 text-xs">
          <p className="min-w-0 flex-1">
            <bdi>{reasonOf(entry, t)}</bdi>
          </p>
          <Button size="small" onPress={onRetry}>
            {t('common.retry')}
          </Button>
          <Button size="small" tone="quiet" onPress={onTakeBack}>
            {t('outgoing.edit')}
          </Button>
        </div>
      )}
    </article>
  );
}
