import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import {
  deliveriesQuery,
  DELIVERY_STATES,
  deliveryQuery,
  useReplaySince,
  useResend,
  type DeliveryState,
} from '../../api/admin/webhooks';
import { useSession } from '../../api/session';
import { useLanguage, useText } from '../../i18n/use-text';
import { addDays, dayIn, instantIn } from '../../lib/day';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { SelectField } from '../../ui/field';
import { Loaded, Table } from '../../ui/page';
import { inOurLanguage, refusalText } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { Failed, Skeleton } from '../../ui/states';
import { useTell } from '../../ui/toasts';
import { DayField } from '../../ui/day-field';
import { FormEnd, Section } from './form-parts';

const COLOURS: Record<DeliveryState, string> = { waiting: 'text-public', delivered: 'text-ok', failed: 'text-danger' };

/** What was sent to an endpoint, and what became of it. */
export function Deliveries({ endpointId }: { endpointId: string }) {
  const t = useText();
  const tell = useTell();
  const { formats } = useLanguage();
  const [state, setState] = useState<DeliveryState | null>(null);
  const [opened, setOpened] = useState<string | null>(null);
  const [replaying, setReplaying] = useState(false);
  const query = useInfiniteQuery(deliveriesQuery(endpointId, state));
  const resend = useResend(endpointId);
  const deliveries = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Section
      title={t('webhooks.deliveries')}
      actions={<Button onPress={() => setReplaying(true)}>{t('webhooks.replay')}</Button>}
    >
      <div className="max-w-56">
        <SelectField
          label={t('approvals.state')}
          value={state ?? ''}
          onChange={({ target }) => setState(DELIVERY_STATES.find((one) => one === target.value) ?? null)}
        >
          <option value="">{t('filter.any')}</option>
          {DELIVERY_STATES.map((name) => (
            <option key={name} value={name}>
              {t(`webhooks.state.${name}`)}
            </option>
          ))}
        </SelectField>
      </div>
      {query.isPending && <Skeleton rows={3} height="h-8" />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <Table
          label={t('webhooks.deliveries')}
          items={deliveries}
          keyOf={({ id }) => id}
          empty={t('webhooks.no_deliveries')}
          columns={[
            { title: t('rules.at'), cell: ({ createdAt }) => formats.dateTime(createdAt) },
            { title: t('webhooks.type'), cell: ({ type }) => <Ltr>{type}</Ltr> },
            {
              title: t('approvals.state'),
              cell: (line) => (
                <>
                  <span className={COLOURS[line.state]}>{t(`webhooks.state.${line.state}`)}</span>
                  {line.lastStatus !== null && (
                    <span className="ms-1 text-xs text-muted">
                      <Ltr>{`HTTP ${line.lastStatus}`}</Ltr>
                    </span>
                  )}
                  {line.lastError && (
                    <span className="block text-xs text-danger">
                      <bdi>{inOurLanguage(line.lastErrorWords, line.lastError)}</bdi>
                    </span>
                  )}
                  {line.state === 'waiting' && line.attempts > 0 && (
                    <span className="block text-xs text-muted">
                      {t('webhooks.next_try', { at: formats.dateTime(line.nextTryAt) })}
                    </span>
                  )}
                </>
              ),
            },
            { title: t('webhooks.attempts'), cell: ({ attempts }) => formats.number(attempts) },
            {
              title: t('common.actions'),
              cell: ({ id, state: how }) => (
                <span className="flex gap-2">
                  <Button size="small" onPress={() => setOpened(id)}>
                    {t('webhooks.show')}
                  </Button>
                  {how !== 'waiting' && (
                    <Button
                      size="small"
                      isDisabled={resend.isPending}
                      onPress={() =>
                        resend.mutate(id, {
                          onSuccess: () => tell.info(t('webhooks.resent')),
                          onError: (error) => tell.error(refusalText(error, t)),
                        })
                      }
                    >
                      {t('webhooks.resend')}
                    </Button>
                  )}
                </span>
              ),
            },
          ]}
        />
      )}
      {query.hasNextPage && (
        <Button onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>
          {t('common.more')}
        </Button>
      )}
      {opened && (
        <Dialog title={t('webhooks.delivery')} isOpen onClose={() => setOpened(null)} wide>
          <Sent endpointId={endpointId} id={opened} />
        </Dialog>
      )}
      {replaying && <ReplayDialog endpointId={endpointId} onClose={() => setReplaying(false)} />}
    </Section>
  );
}

const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

function Sent({ endpointId, id }: { endpointId: string; id: string }) {
  const t = useText();
  const query = useQuery(deliveryQuery(endpointId, id));
  return (
    <Loaded query={query}>
      {({ body, lastAnswer }) => (
        <div className="flex flex-col gap-3 text-xs">
          {[
            [t('webhooks.sent'), pretty(body)],
            [t('webhooks.answer'), lastAnswer ?? '–'],
          ].map(([title, text]) => (
            <section key={title}>
              <h3 className="font-semibold">{title}</h3>
              <pre
                dir="ltr"
                tabIndex={0}
                className="max-h-72 overflow-auto rounded-md bg-raised p-3 text-start whitespace-pre-wrap"
              >
                {text}
              </pre>
            </section>
          ))}
        </div>
      )}
    </Loaded>
  );
}

function ReplayDialog({ endpointId, onClose }: { endpointId: string; onClose: () => void }) {
  const t = useText();
  const tell = useTell();
  const { workspace } = useSession();
  const replay = useReplaySince(endpointId);
  const [day, setDay] = useState(() => addDays(dayIn(Date.now(), workspace.timeZone), -1));
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    replay.mutate(instantIn(day, 0, workspace.timeZone), {
      onSuccess: ({ events, failed, more }) => {
        tell.info(t(more ? 'webhooks.replayed_part' : 'webhooks.replayed', { count: events + failed }));
        onClose();
      },
    });
  }
  return (
    <Dialog title={t('webhooks.replay')} isOpen onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <p>{t('webhooks.replay_hint')}</p>
        <DayField label={t('webhooks.since')} value={day} onChange={setDay} />
        <FormEnd error={replay.error} isPending={replay.isPending} onCancel={onClose} submit={t('webhooks.replay')} />
      </form>
    </Dialog>
  );
}
