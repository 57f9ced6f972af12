import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { inboundEventQuery, inboundEventsQuery, useReplay } from '../../api/ledger';
import { useCan } from '../../api/session';
import type { InboundEvent, InboundState } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { SelectField } from '../../ui/field';
import { inOurLanguage, refusalText } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { Failed, Skeleton } from '../../ui/states';
import { useTell } from '../../ui/toasts';
import { Loaded, PageHead, Table } from '../../ui/page';

const STATES: readonly InboundState[] = ['failed', 'unsupported', 'refused', 'ignored', 'received', 'applied'];
const COLOURS: Record<InboundState, string> = {
  failed: 'text-danger',
  refused: 'text-danger',
  unsupported: 'text-warn',
  ignored: 'text-muted',
  received: 'text-public',
  applied: 'text-ok',
};

/** Everything the networks sent, by what became of it. */
export function LedgerPage() {
  const t = useText();
  const tell = useTell();
  const can = useCan();
  const { formats } = useLanguage();
  const [state, setState] = useState<InboundState>('failed');
  const [opened, setOpened] = useState<string | null>(null);
  const query = useInfiniteQuery(inboundEventsQuery(state));
  const replay = useReplay();
  const run = (what: { id: string } | { state: string }) =>
    replay.mutate(what, {
      onSuccess: () => tell.info(t('ledger.replayed')),
      onError: (error) => tell.error(refusalText(error, t)),
    });
  const events = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const mayReplay = can('ledger.replay');
  return (
    <>
      <PageHead
        title={t('admin.ledger')}
        hint={t('ledger.hint')}
        actions={
          mayReplay &&
          events.length > 0 && (
            <Button onPress={() => run({ state })} isDisabled={replay.isPending}>
              <RotateCcw size={16} aria-hidden />
              {t('ledger.replay_all')}
            </Button>
          )
        }
      />
      <div className="max-w-56">
        <SelectField
          label={t('ledger.state')}
          value={state}
          onChange={(event) => setState(event.target.value as InboundState)}
        >
          {STATES.map((name) => (
            <option key={name} value={name}>
              {t(`ledger.state.${name}`)}
            </option>
          ))}
        </SelectField>
      </div>
      {query.isPending && <Skeleton rows={4} height="h-10" />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <Table<InboundEvent>
          label={t('admin.ledger')}
          items={events}
          keyOf={({ id }) => id}
          empty={t('ledger.empty')}
          columns={[
            {
              title: t('ledger.received'),
              cell: ({ receivedAt }) => <span className="whitespace-nowrap">{formats.dateTime(receivedAt)}</span>,
            },
            { title: t('ledger.type'), cell: ({ type }) => <TypeName type={type} /> },
            {
              title: t('ledger.state'),
              cell: (event) => (
                <span className={COLOURS[event.state]}>
                  {t(`ledger.state.${event.state}`)}
                  {event.reason && (
                    <bdi className="block text-xs text-muted">{inOurLanguage(event.words, event.reason)}</bdi>
                  )}
                </span>
              ),
            },
            {
              title: t('common.actions'),
              cell: ({ id }) => (
                <span className="flex gap-2">
                  <Button size="small" onPress={() => setOpened(id)}>
                    {t('ledger.raw')}
                  </Button>
                  {mayReplay && (
                    <Button size="small" onPress={() => run({ id })} isDisabled={replay.isPending}>
                      {t('ledger.replay')}
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
        <Dialog title={t('ledger.raw')} isOpen onClose={() => setOpened(null)} wide>
          <RawEvent id={opened} />
        </Dialog>
      )}
    </>
  );
}

const TYPES = [
  'message',
  'edit',
  'delete',
  'visibility',
  'reaction',
  'receipt',
  'identity',
  'post',
  'ignored',
  'unsupported',
  'malformed',
] as const;

/** What kind of event it is, in words; a kind we have none for by its own name. */
function TypeName({ type }: { type: string }) {
  const t = useText();
  const known = TYPES.find((one) => one === type);
  return known ? t(`ledger.type.${known}`) : <Ltr>{type}</Ltr>;
}

const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

function RawEvent({ id }: { id: string }) {
  const t = useText();
  const query = useQuery(inboundEventQuery(id));
  return (
    <Loaded query={query}>
      {({ headers, raw, payload }) => (
        <div dir="ltr" className="flex flex-col gap-3 text-start text-xs">
          {[
            [t('ledger.headers'), asText(headers)],
            [t('ledger.body'), asText(raw ?? payload)],
          ].map(([title, text]) => (
            <section key={title}>
              <h3 className="font-semibold">{title}</h3>
              <pre tabIndex={0} className="max-h-80 overflow-auto rounded-md bg-raised p-3 whitespace-pre-wrap">
                {text}
              </pre>
            </section>
          ))}
        </div>
      )}
    </Loaded>
  );
}
