import { useNavigate } from '@tanstack/react-router';
import { Bell as BellIcon, Volume2, VolumeX } from 'lucide-react';
import { useState } from 'react';
import { useRead, type Notification } from '../../api/notifications';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { Button } from '../../ui/button';
import { classes } from '../../ui/classes';
import { Ltr } from '../../ui/rich-text';
import { Empty } from '../../ui/states';
import { keepSound, soundIsOn } from './chime';
import { channelOf, hintOf, notificationText } from './notification-text';

const SHOWN = 3; // of the tickets that were told as one

interface NoticesProps {
  items: Notification[];
  unread: number;
  onMore: (() => void) | null;
  onClose: () => void;
}

/** What I should hear of, newest first. */
export function Notices({ items, unread, onMore, onClose }: NoticesProps) {
  const t = useText();
  const { formats } = useLanguage();
  const navigate = useNavigate();
  const { mutate: read, isPending } = useRead();
  const [sound, setSound] = useState(soundIsOn);
  const newest = items[0];
  function open(notice: Notification) {
    if (!notice.readAt) read(notice.id);
    const channelId = channelOf(notice);
    if (channelId) {
      onClose();
      void navigate({ to: '/admin/channels/$id', params: { id: channelId } });
    }
    const [ticket] = notice.tickets.first;
    if (!ticket) return;
    onClose();
    const search = notice.tickets.count > 1 ? { notice: notice.id } : { ticket: ticket.id };
    void navigate({ to: '/inbox/$view', params: { view: 'all' }, search });
  }
  return (
    <>
      <header className="-mx-4 -mt-4 flex items-center gap-2 border-b border-line px-4 py-2">
        <h2 className="flex-1 text-sm font-bold">{t('notice.label')}</h2>
        {unread > 0 && newest && (
          <Button size="small" isDisabled={isPending} onPress={() => read(newest.id)}>
            {t('notice.read_all')}
          </Button>
        )}
        <Button
          size="small"
          tone="quiet"
          aria-label={t(sound ? 'notice.sound_off' : 'notice.sound_on')}
          onPress={() => {
            keepSound(!sound);
            setSound(!sound);
          }}
        >
          {sound ? <Volume2 size={16} aria-hidden /> : <VolumeX size={16} aria-hidden />}
        </Button>
      </header>
      {items.length === 0 ? (
        <Empty icon={<BellIcon size={28} aria-hidden />} title={t('notice.none')} />
      ) : (
        <ul className="-mx-4 -mb-4 max-h-[60vh] overflow-y-auto">
          {items.map((notice) => (
            <li key={notice.id} className="border-b border-line last:border-b-0">
              <button
                type="button"
                onClick={() => open(notice)}
                className={classes(
                  'flex w-full flex-col gap-0.5 px-4 py-2 text-start text-sm hover:bg-raised',
                  notice.readAt ? 'text-muted' : 'border-s-4 border-s-brand ps-3',
                )}
              >
                <span>
                  {!notice.readAt && <span className="sr-only">{t('notice.new')} </span>}
                  <bdi>{notificationText(notice, t, formats)}</bdi>
                </span>
                <Hint notice={notice} />
                <span className="flex w-full gap-2 text-xs text-muted">
                  <span className="flex min-w-0 flex-col">
                    {notice.tickets.first.slice(0, SHOWN).map((ticket) => (
                      <span key={ticket.id} className="flex gap-2">
                        <Ltr>{`#${ticket.number}`}</Ltr>
                        <bdi className="truncate">{ticket.subject}</bdi>
                      </span>
                    ))}
                    {notice.tickets.count > SHOWN && (
                      <span>{t('notice.more', { count: notice.tickets.count - SHOWN })}</span>
                    )}
                  </span>
                  <time dateTime={notice.createdAt} className="ms-auto whitespace-nowrap">
                    {formats.ago(notice.createdAt, serverNow())}
                  </time>
                </span>
              </button>
            </li>
          ))}
          {onMore && (
            <li className="p-2 text-center">
              <Button size="small" onPress={onMore}>
                {t('common.more')}
              </Button>
            </li>
          )}
        </ul>
      )}
    </>
  );
}

function Hint({ notice }: { notice: Notification }) {
  const t = useText();
  const { formats } = useLanguage();
  const hint = hintOf(notice, t, formats);
  return hint && <bdi className="text-xs text-muted">{hint}</bdi>;
}
