import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { tokensQuery, type ApiToken, type TokensOf } from '../../api/admin/tokens';
import { useLanguage, useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { isolate } from '../../lib/text';
import { Button } from '../../ui/button';
import { Table, type Column } from '../../ui/page';
import { Ltr } from '../../ui/rich-text';
import { Failed, Skeleton } from '../../ui/states';
import { RevokeTokenDialog } from './token-dialogs';

export function TokensTable({ of }: { of: TokensOf }) {
  const t = useText();
  const { formats } = useLanguage();
  const query = useInfiniteQuery(tokensQuery(of));
  const [revoked, setRevoked] = useState<ApiToken | null>(null);
  if (query.isPending) return <Skeleton rows={3} height="h-10" />;
  if (query.isError && !query.data) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  const owner: Column<ApiToken> = {
    title: t('tokens.owner'),
    cell: ({ agent }) =>
      agent && (
        <>
          <bdi>{agent.name}</bdi>
          <span className="block text-xs text-muted">{t(`role.${agent.role}`)}</span>
        </>
      ),
  };
  return (
    <>
      <Table<ApiToken>
        label={t(of === 'mine' ? 'tokens.mine' : 'admin.tokens')}
        items={query.data.pages.flatMap(({ items }) => items)}
        keyOf={({ id }) => id}
        empty={t(of === 'mine' ? 'tokens.none_mine' : 'tokens.none')}
        columns={[
          {
            title: t('tokens.name'),
            cell: ({ name, hint }) => (
              <>
                <bdi className="font-medium">{name}</bdi>
                <span className="block text-xs text-muted">
                  <Ltr>{`${hint}…`}</Ltr>
                </span>
              </>
            ),
          },
          ...(of === 'everybody' ? [owner] : []),
          {
            title: t('tokens.last_used'),
            cell: ({ lastUsedAt }) => (lastUsedAt ? formats.ago(lastUsedAt, serverNow()) : t('tokens.never_used')),
          },
          {
            title: t('tokens.expires'),
            cell: ({ expiresAt }) => (expiresAt ? formats.dateTime(expiresAt) : t('tokens.no_end')),
          },
          {
            title: t('common.actions'),
            cell: (token) => <TokenEnd token={token} onRevoke={() => setRevoked(token)} />,
          },
        ]}
      />
      {query.hasNextPage && (
        <Button onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>
          {t('common.more')}
        </Button>
      )}
      {revoked && <RevokeTokenDialog token={revoked} of={of} onClose={() => setRevoked(null)} />}
    </>
  );
}

function TokenEnd({ token: { name, revokedAt, expiresAt }, onRevoke }: { token: ApiToken; onRevoke: () => void }) {
  const t = useText();
  if (revokedAt) return <span className="text-muted">{t('tokens.revoked')}</span>;
  if (expiresAt && Date.parse(expiresAt) <= serverNow())
    return <span className="text-muted">{t('tokens.expired')}</span>;
  return (
    <Button size="small" tone="danger" aria-label={t('tokens.revoke_of', { name: isolate(name) })} onPress={onRevoke}>
      {t('tokens.revoke')}
    </Button>
  );
}
