import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { channelsQuery } from '../../api/channels';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { Ltr } from '../../ui/rich-text';
import { AddChannelDialog } from './add-channel-dialog';
import { Loaded, PageHead, Table } from './parts';

export function ChannelsPage() {
  const t = useText();
  const { formats } = useLanguage();
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
        {(channels) => (
          <Table
            label={t('admin.channels')}
            items={channels}
            keyOf={({ id }) => id}
            empty={t('channels.empty')}
            columns={[
              {
                title: t('channels.name'),
                cell: ({ kind, name }) => (
                  <span className="flex items-center gap-2 font-medium">
                    <ChannelIcon kind={kind} />
                    <bdi>{name}</bdi>
                  </span>
                ),
              },
              { title: t('channels.kind'), cell: ({ kind }) => t(`channel.${kind}`) },
              { title: t('channels.account'), cell: ({ externalId }) => <Ltr>{externalId}</Ltr> },
              {
                title: t('channels.state'),
                cell: ({ state, stateReason }) => (
                  <span
                    className={state === 'active' ? 'text-ok' : state === 'disabled' ? 'text-muted' : 'text-danger'}
                  >
                    {t(`channels.state.${state}`)}
                    {stateReason && <bdi className="block text-xs">{stateReason}</bdi>}
                  </span>
                ),
              },
              {
                title: t('channels.last_event'),
                cell: ({ lastEventAt }) => (lastEventAt ? formats.ago(lastEventAt, serverNow()) : t('common.never')),
              },
            ]}
          />
        )}
      </Loaded>
      {adding && <AddChannelDialog onClose={() => setAdding(false)} />}
    </>
  );
}
