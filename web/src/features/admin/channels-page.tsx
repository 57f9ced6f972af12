import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { channelHealthQuery, channelsQuery } from '../../api/channels';
import type { Channel } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { inOurLanguage } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { AddChannelDialog } from './add-channel-dialog';
import { Alarms, HealthMark } from './channel-health';
import { ConnectionDialog } from './connection-dialog';
import { healthState, openAlarms } from './health-state';
import { Loaded, PageHead } from '../../ui/page';

/** Every connected account with how it is; what needs somebody comes first. */
export function ChannelsPage() {
  const t = useText();
  const navigate = useNavigate();
  const { connection } = useSearch({ from: '/signed-in/admin/channels' });
  const query = useQuery(channelsQuery);
  const [adding, setAdding] = useState(false);
  return (
    <>
      <PageHead
        title={t('admin.channels')}
        hint={t('channels.hint')}
        actions={
          <Button tone="brand" onPress={() => setAdding(true)}>
            <Plus size={16} aria-hidden />
            {t('channels.add')}
          </Button>
        }
      />
      <Loaded query={query}>
        {(channels) =>
          channels.length === 0 ? (
            <p className="rounded-lg border border-line bg-surface p-8 text-center text-muted">{t('channels.empty')}</p>
          ) : (
            <ul aria-label={t('admin.channels')} className="flex flex-col gap-2">
              {channels.map((channel) => (
                <ChannelRow key={channel.id} channel={channel} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {adding && <AddChannelDialog onClose={() => setAdding(false)} />}
      {connection && (
        <ConnectionDialog
          connectionId={connection}
          onClose={() => void navigate({ to: '/admin/channels', search: {}, replace: true })}
        />
      )}
    </>
  );
}

function ChannelRow({ channel }: { channel: Channel }) {
  const t = useText();
  const { formats } = useLanguage();
  const { id, kind, name, externalId, state, stateReason, stateReasonWords } = channel;
  const { data: health } = useQuery({ ...channelHealthQuery(id), enabled: state !== 'disabled' });
  const lastEventAt = health?.lastEventAt ?? channel.lastEventAt;
  return (
    <li className="flex flex-col gap-2 rounded-lg border border-line bg-surface px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <span className="grid size-9 shrink-0 place-items-center rounded-md bg-raised">
          <ChannelIcon kind={kind} size={18} />
        </span>
        <div className="min-w-40 flex-1">
          <Link to="/admin/channels/$id" params={{ id }} className="font-semibold hover:text-brand hover:underline">
            <bdi>{name}</bdi>
          </Link>
          <p className="flex flex-wrap gap-x-1.5 text-xs text-muted">
            {t(`channel.${kind}`)}
            <span aria-hidden>·</span>
            <Ltr>{externalId}</Ltr>
          </p>
        </div>
        <p className="text-xs text-muted">
          {t('channels.last_event')}:{' '}
          {lastEventAt ? (
            <time dateTime={lastEventAt}>{formats.ago(lastEventAt, serverNow())}</time>
          ) : (
            t('common.never')
          )}
        </p>
        <span className="w-36">
          <HealthMark state={healthState(channel, health)} />
        </span>
      </div>
      {stateReason && (
        <p className="text-sm text-danger">
          <bdi>{inOurLanguage(stateReasonWords, stateReason)}</bdi>
        </p>
      )}
      <Alarms alarms={openAlarms(health)} />
    </li>
  );
}
