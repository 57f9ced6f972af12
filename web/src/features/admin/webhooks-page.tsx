import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { endpointsQuery, type Endpoint } from '../../api/admin/webhooks';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Loaded, PageHead, Table } from '../../ui/page';
import { Ltr } from '../../ui/rich-text';
import { EndpointDialog } from './endpoint-dialog';

export function WebhooksPage() {
  const t = useText();
  const { formats } = useLanguage();
  const query = useQuery(endpointsQuery);
  const [adding, setAdding] = useState(false);
  return (
    <>
      <PageHead
        title={t('admin.webhooks')}
        hint={t('webhooks.hint')}
        actions={
          <Button tone="brand" onPress={() => setAdding(true)}>
            <Plus size={16} aria-hidden />
            {t('webhooks.add')}
          </Button>
        }
      />
      <Loaded query={query}>
        {({ items, types }) => (
          <>
            <Table
              label={t('admin.webhooks')}
              items={items}
              keyOf={({ id }) => id}
              empty={t('webhooks.empty')}
              columns={[
                {
                  title: t('sla_policy.name'),
                  cell: ({ id, name, url }) => (
                    <>
                      <Link to="/admin/webhooks/$id" params={{ id }} className="font-medium text-brand underline">
                        <bdi>{name}</bdi>
                      </Link>
                      <span className="block text-xs break-all text-muted">
                        <Ltr>{url}</Ltr>
                      </span>
                    </>
                  ),
                },
                {
                  title: t('webhooks.types'),
                  cell: (endpoint) =>
                    endpoint.types.length === 0
                      ? t('webhooks.everything')
                      : t('webhooks.type_count', { count: endpoint.types.length }),
                },
                { title: t('approvals.state'), cell: (endpoint) => <EndpointState endpoint={endpoint} /> },
                {
                  title: t('webhooks.failing_since'),
                  cell: ({ failingSince }) => (failingSince ? formats.dateTime(failingSince) : '–'),
                },
              ]}
            />
            {adding && <EndpointDialog endpoint={null} types={types} onClose={() => setAdding(false)} />}
          </>
        )}
      </Loaded>
    </>
  );
}

export function EndpointState({ endpoint: { disabledAt, disabledReason, failingSince } }: { endpoint: Endpoint }) {
  const t = useText();
  if (disabledAt)
    return (
      <span className="text-danger">{t(disabledReason === 'by_hand' ? 'webhooks.off' : 'webhooks.given_up')}</span>
    );
  return failingSince ? (
    <span className="text-warn">{t('webhooks.failing')}</span>
  ) : (
    <span className="text-ok">{t('webhooks.works')}</span>
  );
}
