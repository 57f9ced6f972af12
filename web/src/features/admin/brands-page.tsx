import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { channelsQuery } from '../../api/channels';
import { brandsQuery } from '../../api/people';
import type { Channel, Named } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { Loaded, PageHead, Table } from '../../ui/page';
import { Failed } from '../../ui/states';
import { BrandDialog } from './brand-dialog';

/** Under which names the workspace speaks, and through which channels each does. */
export function BrandsPage() {
  const t = useText();
  const brands = useQuery(brandsQuery);
  const channels = useQuery(channelsQuery);
  const [edited, setEdited] = useState<Named | 'new' | null>(null);
  return (
    <>
      <PageHead
        title={t('admin.brands')}
        hint={t('brands.hint')}
        actions={
          <Button tone="brand" onPress={() => setEdited('new')}>
            <Plus size={16} aria-hidden />
            {t('brands.add')}
          </Button>
        }
      />
      <Loaded query={brands}>
        {(items) => (
          <Table
            label={t('admin.brands')}
            items={items}
            keyOf={({ id }) => id}
            empty={t('brands.empty')}
            columns={[
              { title: t('brands.name'), cell: ({ name }) => <bdi className="font-medium">{name}</bdi> },
              {
                title: t('admin.channels'),
                cell: ({ id }) => (
                  <ChannelsOf channels={channels.data?.filter(({ brandId }) => brandId === id) ?? null} />
                ),
              },
              {
                title: t('common.actions'),
                cell: (brand) => (
                  <Button
                    size="small"
                    aria-label={t('brands.rename_of', { name: isolate(brand.name) })}
                    onPress={() => setEdited(brand)}
                  >
                    {t('brands.rename')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {channels.isError && !channels.data && <Failed error={channels.error} onRetry={() => void channels.refetch()} />}
      {edited && <BrandDialog brand={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}

function ChannelsOf({ channels }: { channels: readonly Channel[] | null }) {
  const t = useText();
  if (channels === null) return <span className="text-muted">…</span>;
  if (channels.length === 0) return <span className="text-muted">{t('brands.no_channel')}</span>;
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1">
      {channels.map(({ id, kind, name }) => (
        <li key={id}>
          <Link to="/admin/channels/$id" params={{ id }} className="flex min-h-6 items-center gap-1.5 hover:underline">
            <ChannelIcon kind={kind} />
            <bdi>{name}</bdi>
          </Link>
        </li>
      ))}
    </ul>
  );
}
