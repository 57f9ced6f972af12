import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { channelsQuery } from '../../api/channels';
import { useArchiveBrand } from '../../api/admin/brands';
import { brandsQuery } from '../../api/people';
import type { Brand, Channel } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { Button } from '../../ui/button';
import { ChannelIcon } from '../../ui/channel-mark';
import { Loaded, PageHead, Table } from '../../ui/page';
import { refusalText } from '../../ui/refusal';
import { Failed } from '../../ui/states';
import { useTell } from '../../ui/toasts';
import { ArchiveBrandDialog } from './archive-brand-dialog';
import { BrandDialog } from './brand-dialog';
import { Section } from './form-parts';

/** Under which names the workspace speaks, and through which channels each does. */
export function BrandsPage() {
  const t = useText();
  const tell = useTell();
  const brands = useQuery(brandsQuery);
  const channels = useQuery(channelsQuery);
  const [edited, setEdited] = useState<Brand | 'new' | null>(null);
  const [leaving, setLeaving] = useState<Brand | null>(null);
  const restore = useArchiveBrand();
  const channelsOf = (brandId: string) => channels.data?.filter((channel) => channel.brandId === brandId) ?? null;
  const named = { title: t('brands.name'), cell: ({ name }: Brand) => <bdi className="font-medium">{name}</bdi> };
  const withChannels = {
    title: t('admin.channels'),
    cell: ({ id, archivedAt }: Brand) => (
      <ChannelsOf channels={channelsOf(id)} none={archivedAt ? '–' : t('brands.no_channel')} />
    ),
  };
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
          <>
            <Table
              label={t('admin.brands')}
              items={items.filter(({ archivedAt }) => !archivedAt)}
              keyOf={({ id }) => id}
              empty={t('brands.empty')}
              columns={[
                named,
                withChannels,
                {
                  title: t('common.actions'),
                  cell: (brand) => (
                    <div className="flex flex-wrap gap-2">
                      <Button
                        size="small"
                        aria-label={t('brands.rename_of', { name: isolate(brand.name) })}
                        onPress={() => setEdited(brand)}
                      >
                        {t('brands.rename')}
                      </Button>
                      <Button
                        size="small"
                        aria-label={t('brands.archive_of', { name: isolate(brand.name) })}
                        onPress={() => setLeaving(brand)}
                      >
                        {t('brands.archive')}
                      </Button>
                    </div>
                  ),
                },
              ]}
            />
            {items.some(({ archivedAt }) => archivedAt) && (
              <Section title={t('brands.archived')} hint={t('brands.archived_hint')}>
                <Table
                  label={t('brands.archived')}
                  items={items.filter(({ archivedAt }) => archivedAt)}
                  keyOf={({ id }) => id}
                  empty=""
                  columns={[
                    named,
                    withChannels,
                    {
                      title: t('common.actions'),
                      cell: ({ id, name }) => (
                        <Button
                          size="small"
                          isDisabled={restore.isPending}
                          aria-label={t('brands.restore_of', { name: isolate(name) })}
                          onPress={() =>
                            restore.mutate(
                              { id, archived: false },
                              { onError: (error) => tell.error(refusalText(error, t)) },
                            )
                          }
                        >
                          {t('brands.restore')}
                        </Button>
                      ),
                    },
                  ]}
                />
              </Section>
            )}
          </>
        )}
      </Loaded>
      {channels.isError && !channels.data && <Failed error={channels.error} onRetry={() => void channels.refetch()} />}
      {edited && <BrandDialog brand={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      {leaving && <ArchiveBrandDialog brand={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

function ChannelsOf({ channels, none }: { channels: readonly Channel[] | null; none: string }) {
  if (channels === null) return <span className="text-muted">…</span>;
  if (channels.length === 0) return <span className="text-muted">{none}</span>;
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
