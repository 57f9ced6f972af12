import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { channelsQuery } from '../../api/channels';
import { brandsQuery } from '../../api/people';
import { useText } from '../../i18n/use-text';
import { Loaded, Table } from '../../ui/page';
import { Section } from './form-parts';

/** From which mailbox each brand goes on by e-mail, and which brand has none. */
export function Mailboxes() {
  const t = useText();
  const brands = useQuery(brandsQuery);
  const channels = useQuery(channelsQuery).data;
  return (
    <Section title={t('handoff_settings.mailboxes')} hint={t('handoff_settings.mailboxes_hint')}>
      <Loaded query={brands}>
        {(items) => (
          <Table
            label={t('handoff_settings.mailboxes')}
            items={items.filter(({ archivedAt }) => !archivedAt)}
            keyOf={({ id }) => id}
            empty={t('brands.empty')}
            columns={[
              { title: t('brands.name'), cell: ({ name }) => <bdi className="font-medium">{name}</bdi> },
              {
                title: t('handoff_settings.mailbox'),
                cell: ({ id }) => {
                  const own = channels?.filter(({ brandId, kind }) => brandId === id && kind === 'email');
                  if (!own) return '…';
                  if (own.length === 0) return <span className="text-danger">{t('handoff_settings.no_mailbox')}</span>;
                  return (
                    <ul className="flex flex-wrap gap-x-4 gap-y-1">
                      {own.map((channel) => (
                        <li key={channel.id}>
                          <Link
                            to="/admin/channels/$id"
                            params={{ id: channel.id }}
                            className="flex min-h-6 items-center gap-1.5 hover:underline"
                          >
                            <bdi>{channel.name}</bdi>
                            {channel.state !== 'active' && (
                              <span className="text-xs text-danger">{t('handoff_settings.mailbox_off')}</span>
                            )}
                          </Link>
                        </li>
                      ))}
                    </ul>
                  );
                },
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}
