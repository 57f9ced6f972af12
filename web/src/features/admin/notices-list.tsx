import { useInfiniteQuery } from '@tanstack/react-query';
import { Ban, CircleCheck, CircleHelp, CircleX, Clock, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import {
  noticesQuery,
  useDecideNotice,
  type Notice,
  type NoticeDecision,
  type NoticeState,
} from '../../api/admin/notices';
import type { Channel } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { Button } from '../../ui/button';
import { classes } from '../../ui/classes';
import { FileIcon } from '../../ui/file-icon';
import { inOurLanguage, refusalText } from '../../ui/refusal';
import { Failed, Skeleton } from '../../ui/states';
import { useTell } from '../../ui/toasts';
import { ConfirmDialog } from './form-parts';

const LOOKS: Record<NoticeState, { Icon: typeof Clock; colour: string }> = {
  queued: { Icon: Clock, colour: 'text-muted' },
  sending: { Icon: LoaderCircle, colour: 'text-muted' },
  sent: { Icon: CircleCheck, colour: 'text-ok' },
  unknown: { Icon: CircleHelp, colour: 'text-warn' },
  failed: { Icon: CircleX, colour: 'text-danger' },
  cancelled: { Icon: Ban, colour: 'text-muted' },
};

/** A channel's notices, newest first, with what can be decided about each. */
export function NoticesList({ channel }: { channel: Channel }) {
  const t = useText();
  const tell = useTell();
  const query = useInfiniteQuery(noticesQuery(channel.id));
  const decide = useDecideNotice(channel.id);
  const [doubtful, setDoubtful] = useState<Notice | null>(null);
  if (query.isPending) return <Skeleton rows={3} height="h-20" />;
  if (query.isError && !query.data) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  const notices = query.data.pages.flatMap(({ items }) => items);
  const carryOut = (notice: Notice, action: NoticeDecision) =>
    decide.mutate({ id: notice.id, action }, { onError: (error) => tell.error(refusalText(error, t)) });
  if (notices.length === 0)
    return <p className="rounded-lg border border-line bg-surface p-8 text-center text-muted">{t('notices.empty')}</p>;
  return (
    <>
      <ul aria-label={t('notices.list')} className="flex flex-col gap-2">
        {notices.map((notice) => (
          <NoticeRow
            key={notice.id}
            notice={notice}
            channel={channel}
            onDecide={(action) =>
              action === 'retry' && notice.state === 'unknown' ? setDoubtful(notice) : carryOut(notice, action)
            }
          />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage} className="self-start">
          {t('common.more')}
        </Button>
      )}
      {doubtful && (
        <ConfirmDialog
          title={t('notices.again')}
          confirm={t('delivery.retry')}
          error={null}
          isPending={decide.isPending}
          onCancel={() => setDoubtful(null)}
          onConfirm={() => {
            carryOut(doubtful, 'retry');
            setDoubtful(null);
          }}
        >
          {t('notices.again_hint')}
        </ConfirmDialog>
      )}
    </>
  );
}

function NoticeRow({
  notice,
  channel,
  onDecide,
}: {
  notice: Notice;
  channel: Channel;
  onDecide: (action: NoticeDecision) => void;
}) {
  const t = useText();
  const { formats } = useLanguage();
  const { state, text, to, part, parts, author, attachments, reason, heldBy, notBefore, decisions, createdAt, sentAt } =
    notice;
  const { Icon, colour } = LOOKS[state];
  const names: Record<NoticeDecision, string> = {
    retry: t('delivery.retry'),
    arrived: t('notices.arrived'),
    give_up: t(state === 'queued' ? 'notices.withdraw' : 'delivery.give_up'),
  };
  const why = heldBy ? t(`notices.held.${heldBy}`) : null;
  return (
    <li className="flex flex-col gap-2 rounded-lg border border-line bg-surface px-4 py-3">
      <p className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
        <span className={classes('inline-flex items-center gap-1 font-semibold', colour)}>
          <Icon size={14} aria-hidden />
          {state === 'cancelled' ? t('notices.state.cancelled') : t(`delivery.${state}`)}
        </span>
        {parts > 1 && <span>{t('notices.part', { part, parts })}</span>}
        <time dateTime={sentAt ?? createdAt}>{formats.dateTime(sentAt ?? createdAt)}</time>
        <span>{t('notices.by', { name: isolate(author.name) })}</span>
        {to !== channel.externalId && <span>{t('notices.sent_to', { to: isolate(to) })}</span>}
      </p>
      {text !== '' && (
        <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
          {text}
        </p>
      )}
      {attachments.length > 0 && (
        <ul aria-label={t('notices.files')} className="flex flex-wrap gap-3 text-sm text-muted">
          {attachments.map(({ uploadId, kind, name }) => (
            <li key={uploadId} className="inline-flex items-center gap-1">
              <FileIcon kind={kind} />
              <bdi>{name}</bdi>
            </li>
          ))}
        </ul>
      )}
      {(why || reason || notBefore) && (
        <p className={classes('text-sm', state === 'failed' ? 'text-danger' : 'text-muted')}>
          {why} {reason && <bdi>{inOurLanguage(reason, reason.en)}</bdi>}{' '}
          {notBefore && t('notices.not_before', { time: formats.dateTime(notBefore) })}
        </p>
      )}
      {decisions.length > 0 && (
        <div className="flex flex-wrap gap-2">
          {decisions.map((decision) => (
            <Button
              key={decision}
              size="small"
              tone={decision === 'give_up' ? 'quiet' : 'plain'}
              onPress={() => onDecide(decision)}
            >
              {names[decision]}
            </Button>
          ))}
        </div>
      )}
    </li>
  );
}
