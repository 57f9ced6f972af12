import { Link } from '@tanstack/react-router';
import { useArchiveBrand } from '../../api/admin/brands';
import { ApiError } from '../../api/client';
import type { Brand, ChannelKind, Named } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { ChannelIcon } from '../../ui/channel-mark';
import { ConfirmDialog } from './form-parts';

type Hindrance = Named & { kind: ChannelKind };

/** Takes a brand out of use; channels that stand in the way are named, with the way to each. */
export function ArchiveBrandDialog({ brand, onClose }: { brand: Brand; onClose: () => void }) {
  const t = useText();
  const archive = useArchiveBrand();
  const hindrances = hindrancesIn(archive.error);
  return (
    <ConfirmDialog
      title={t('brands.archive_title', { name: isolate(brand.name) })}
      confirm={t('brands.archive')}
      error={archive.error}
      isPending={archive.isPending}
      onCancel={onClose}
      onConfirm={() => archive.mutate({ id: brand.id, archived: true }, { onSuccess: onClose })}
    >
      <p>{t('brands.archive_what')}</p>
      {hindrances.length > 0 && (
        <ul className="mt-3 flex flex-col gap-1">
          {hindrances.map(({ id, kind, name }) => (
            <li key={id}>
              <Link
                to="/admin/channels/$id"
                params={{ id }}
                className="flex min-h-6 items-center gap-1.5 text-brand underline"
              >
                <ChannelIcon kind={kind} />
                <bdi>{name}</bdi>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </ConfirmDialog>
  );
}

function hindrancesIn(error: unknown): Hindrance[] {
  const channels = error instanceof ApiError ? error.details.channels : null;
  return Array.isArray(channels) ? (channels as Hindrance[]) : [];
}
