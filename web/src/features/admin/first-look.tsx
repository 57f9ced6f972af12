import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { channelHealthQuery, type useChannelCare } from '../../api/channels';
import type { Channel } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { CopyField } from '../../ui/copy-field';
import { Problem } from '../../ui/problem';
import { Skeleton } from '../../ui/states';
import { Checks } from './channel-health';

/** A new channel, looked at at once: what works, what does not, and the address to be entered at the network. */
export function FirstLook({ channel, care }: { channel: Channel; care: ReturnType<typeof useChannelCare> }) {
  const t = useText();
  const { data: health } = useQuery(channelHealthQuery(channel.id));
  const { mutate } = care;
  useEffect(() => mutate('check'), [mutate]);
  return (
    <>
      <p>
        <bdi className="font-semibold">{channel.name}</bdi> · {t(`channel.${channel.kind}`)}
      </p>
      {health?.webhookUrl && (
        <CopyField label={t('channels.webhook')} value={health.webhookUrl} help={t('channels.webhook_help')} />
      )}
      {care.isPending && <Skeleton rows={3} height="h-6" />}
      <Problem error={care.error} />
      {!care.isPending && care.data && <Checks report={care.data} />}
    </>
  );
}
