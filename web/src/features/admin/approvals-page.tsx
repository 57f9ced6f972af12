import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import {
  APPROVAL_STATES,
  approvalsQuery,
  useSettleApproval,
  type Approval,
  type ApprovalState,
} from '../../api/admin/rules';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { SelectField } from '../../ui/field';
import { PageHead } from '../../ui/page';
import { ReasonDialog } from '../../ui/reason-dialog';
import { inOurLanguage, refusalText } from '../../ui/refusal';
import { Empty, Failed, Skeleton } from '../../ui/states';
import { useTell } from '../../ui/toasts';
import { ActionsText } from './actions-editor';
import { Card } from './form-parts';
import { eventName } from './when-editor';

/** What rules hold back until somebody has looked. */
export function ApprovalsPage() {
  const t = useText();
  const tell = useTell();
  const [state, setState] = useState<ApprovalState>('pending');
  const [refused, setRefused] = useState<string | null>(null);
  const query = useInfiniteQuery(approvalsQuery(state));
  const settle = useSettleApproval();
  const run = (what: Parameters<typeof settle.mutate>[0]) =>
    settle.mutate(what, {
      onSuccess: () => tell.info(t(what.decision === 'approve' ? 'approvals.approved' : 'approvals.refused')),
      onError: (error) => tell.error(refusalText(error, t)),
    });
  const approvals = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <PageHead title={t('admin.approvals')} hint={t('approvals.hint')} />
      <div className="max-w-56">
        <SelectField
          label={t('approvals.state')}
          value={state}
          onChange={({ target }) => setState(APPROVAL_STATES.find((one) => one === target.value) ?? 'pending')}
        >
          {APPROVAL_STATES.map((name) => (
            <option key={name} value={name}>
              {t(`approvals.state.${name}`)}
            </option>
          ))}
        </SelectField>
      </div>
      {query.isPending && <Skeleton rows={3} />}
      {query.isError && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && approvals.length === 0 && <Empty title={t('approvals.empty')} />}
      <ul className="flex flex-col gap-3">
        {approvals.map((approval) => (
          <li key={approval.id}>
            <ApprovalCard
              approval={approval}
              isBusy={settle.isPending}
              onApprove={() => run({ id: approval.id, decision: 'approve' })}
              onRefuse={() => setRefused(approval.id)}
            />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button onPress={() => void query.fetchNextPage()} isDisabled={query.isFetchingNextPage}>
          {t('common.more')}
        </Button>
      )}
      {refused && (
        <ReasonDialog
          title={t('approvals.refuse')}
          onCancel={() => setRefused(null)}
          onConfirm={(reason) => {
            run({ id: refused, decision: 'refuse', reason });
            setRefused(null);
          }}
        />
      )}
    </>
  );
}

function ApprovalCard({
  approval: { rule, event, ticket, text, actions, state, requestedAt, settledAt, settledBy, reason, refused },
  isBusy,
  onApprove,
  onRefuse,
}: {
  approval: Approval;
  isBusy: boolean;
  onApprove: () => void;
  onRefuse: () => void;
}) {
  const t = useText();
  const { formats } = useLanguage();
  return (
    <Card>
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold">
            <ActionsText actions={actions} />
          </h2>
          <p>
            <Link
              to="/inbox/$view"
              params={{ view: 'all' }}
              search={{ ticket: ticket.id }}
              className="text-brand underline"
            >
              {t('rules.ticket', { number: formats.number(ticket.number) })}
            </Link>{' '}
            <bdi>{ticket.subject}</bdi>
          </p>
          {text && (
            <p className="text-note">
              <bdi>{text}</bdi>
            </p>
          )}
          <p className="text-xs text-muted">
            {t('approvals.by_rule')} <bdi>{rule.name}</bdi> · {eventName(event.type, t)} ·{' '}
            {formats.dateTime(requestedAt)}
          </p>
          {settledAt && (
            <p className="text-xs text-muted">
              {t(`approvals.state.${state}`)} · <bdi>{settledBy?.name ?? t('actor.system')}</bdi> ·{' '}
              {formats.dateTime(settledAt)} {reason && <bdi>· {reason}</bdi>}
            </p>
          )}
          {refused.map(({ message, words }, index) => (
            <p key={index} className="text-xs text-danger">
              <bdi>{inOurLanguage(words, message)}</bdi>
            </p>
          ))}
        </div>
        {state === 'pending' && (
          <div className="flex gap-2">
            <Button tone="brand" onPress={onApprove} isDisabled={isBusy}>
              <Check size={16} aria-hidden />
              {t('approvals.approve')}
            </Button>
            <Button onPress={onRefuse} isDisabled={isBusy}>
              <X size={16} aria-hidden />
              {t('approvals.refuse')}
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}
