import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ChevronLeft, KeyRound, Pencil, Send } from 'lucide-react';
import { useState } from 'react';
import {
  endpointsQuery,
  useRemoveEndpoint,
  useRotateSecret,
  useSaveEndpoint,
  useTestEndpoint,
  type Endpoint,
} from '../../api/admin/webhooks';
import { ApiError } from '../../api/client';
import { useText } from '../../i18n/use-text';
import { isolateLtr } from '../../lib/text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Loaded, PageHead } from '../../ui/page';
import { refusalText } from '../../ui/refusal';
import { Failed } from '../../ui/states';
import { useTell } from '../../ui/toasts';
import { Deliveries } from './deliveries';
import { EndpointDialog } from './endpoint-dialog';
import { ConfirmDialog } from './form-parts';
import { SecretOnce } from './secret-once';
import { EndpointState } from './webhooks-page';

export function WebhookPage() {
  const { id } = useParams({ from: '/signed-in/admin/webhooks/$id' });
  const query = useQuery(endpointsQuery);
  return (
    <Loaded query={query}>
      {({ items, types }) => {
        const endpoint = items.find((one) => one.id === id);
        if (!endpoint)
          return <Failed error={new ApiError(404, 'not_found', '')} onRetry={() => void query.refetch()} />;
        return <EndpointView endpoint={endpoint} types={types} />;
      }}
    </Loaded>
  );
}

type Open = 'edit' | 'rotate' | 'remove' | null;

function EndpointView({ endpoint, types }: { endpoint: Endpoint; types: readonly string[] }) {
  const t = useText();
  const tell = useTell();
  const navigate = useNavigate();
  const [open, setOpen] = useState<Open>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const save = useSaveEndpoint();
  const test = useTestEndpoint();
  const rotate = useRotateSecret();
  const remove = useRemoveEndpoint();
  const fail = (error: unknown) => tell.error(refusalText(error, t));
  const close = () => setOpen(null);
  const { id, disabledAt } = endpoint;
  return (
    <>
      <Link to="/admin/webhooks" className="inline-flex items-center gap-1 self-start text-sm text-brand">
        <ChevronLeft size={15} aria-hidden className="icon-directional" />
        {t('webhooks.all')}
      </Link>
      <PageHead
        title={endpoint.name}
        hint={isolateLtr(endpoint.url)}
        actions={
          <>
            <Button
              tone="brand"
              isDisabled={test.isPending}
              onPress={() => test.mutate(id, { onSuccess: () => tell.info(t('webhooks.tested')), onError: fail })}
            >
              <Send size={16} aria-hidden className="icon-directional" />
              {t('webhooks.test')}
            </Button>
            <Button onPress={() => setOpen('edit')}>
              <Pencil size={16} aria-hidden />
              {t('common.edit')}
            </Button>
            <Button onPress={() => setOpen('rotate')}>
              <KeyRound size={16} aria-hidden />
              {t('webhooks.rotate')}
            </Button>
          </>
        }
      />
      <div className="flex flex-wrap items-center gap-3">
        <EndpointState endpoint={endpoint} />
        <Button
          size="small"
          isDisabled={save.isPending}
          onPress={() => save.mutate({ id, enabled: disabledAt !== null }, { onError: fail })}
        >
          {t(disabledAt ? 'webhooks.enable' : 'webhooks.disable')}
        </Button>
        <Button size="small" tone="danger" onPress={() => setOpen('remove')}>
          {t('webhooks.remove')}
        </Button>
      </div>
      <Deliveries endpointId={id} />
      {open === 'edit' && <EndpointDialog endpoint={endpoint} types={types} onClose={close} />}
      {open === 'rotate' && (
        <ConfirmDialog
          title={t('webhooks.rotate')}
          confirm={t('webhooks.rotate')}
          error={rotate.error}
          isPending={rotate.isPending}
          onCancel={close}
          onConfirm={() =>
            rotate.mutate(id, {
              onSuccess: (answer) => {
                close();
                setSecret(answer.secret);
              },
            })
          }
        >
          {t('webhooks.rotate_warning')}
        </ConfirmDialog>
      )}
      {open === 'remove' && (
        <ConfirmDialog
          title={t('webhooks.remove')}
          confirm={t('webhooks.remove')}
          error={remove.error}
          isPending={remove.isPending}
          onCancel={close}
          onConfirm={() => remove.mutate(id, { onSuccess: () => void navigate({ to: '/admin/webhooks' }) })}
        >
          {t('webhooks.remove_warning')}
        </ConfirmDialog>
      )}
      {secret && (
        <Dialog title={t('webhooks.rotate')} isOpen onClose={() => setSecret(null)}>
          <SecretOnce secret={secret} onDone={() => setSecret(null)} />
        </Dialog>
      )}
    </>
  );
}
