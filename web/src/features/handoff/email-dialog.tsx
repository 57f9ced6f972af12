import { useQuery } from '@tanstack/react-query';
import { MailCheck, MailQuestionMark } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { emailOptionsQuery, useConfirmAddress, type EmailOptions } from '../../api/handoff';
import type { TicketDetail } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { TextField } from '../../ui/field';
import { Loaded } from '../../ui/page';
import { Problem } from '../../ui/problem';
import { Ltr } from '../../ui/rich-text';
import { AskForm } from './ask-form';
import { MailForm } from './mail-form';

export interface EmailDialogProps {
  ticket: TicketDetail;
  conversationId: string;
  onClose: () => void;
}

/** The same ticket goes on by e-mail: whose address, what the first mail says and quotes, what the old thread is told. */
export function EmailDialog({ ticket, conversationId, onClose }: EmailDialogProps) {
  const t = useText();
  const query = useQuery(emailOptionsQuery(conversationId));
  return (
    <Dialog title={t('handoff.email_title')} isOpen onClose={onClose} wide>
      <Loaded query={query}>
        {(options) => <Steps options={options} ticket={ticket} conversationId={conversationId} onClose={onClose} />}
      </Loaded>
    </Dialog>
  );
}

function Steps({ options, ticket, conversationId, onClose }: EmailDialogProps & { options: EmailOptions }) {
  const t = useText();
  const { formats } = useLanguage();
  const { asking, known } = options;
  const address = asking?.address ?? known?.address ?? null;
  const confirmed = asking?.address != null ? asking.addressState === 'confirmed' : known !== null && known.verified;
  const [own, setOwn] = useState(false);
  if (options.channels.length === 0) return <p className="text-muted">{t('handoff.no_mailbox')}</p>;
  return (
    <div className="flex flex-col gap-5">
      <section aria-label={t('handoff.address')} className="flex flex-col gap-2">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          {confirmed ? (
            <MailCheck size={16} aria-hidden className="text-ok" />
          ) : (
            <MailQuestionMark size={16} aria-hidden className="text-note" />
          )}
          {address ? <Ltr>{address}</Ltr> : t('handoff.address_unknown')}
          <span className="text-xs text-muted">
            {address ? t(confirmed ? 'handoff.confirmed' : 'handoff.unconfirmed') : null}
            {asking?.addressState === 'asked' && t('handoff.asked')}{' '}
            {asking?.expiresAt && t('handoff.waits_until', { at: formats.dateTime(asking.expiresAt) })}
          </span>
        </p>
        {asking && asking.candidates.length > 0 && (
          <p className="text-xs text-muted">
            {t('handoff.candidates')} <Ltr>{asking.candidates.join(', ')}</Ltr>
          </p>
        )}
        {!confirmed && <Confirm address={address} conversationId={conversationId} />}
      </section>
      {options.identity.required && <Standing until={options.identity.checkedUntil} />}
      {!address && !own ? (
        <>
          <AskForm options={options} conversationId={conversationId} onClose={onClose} />
          <Button size="small" tone="quiet" onPress={() => setOwn(true)} className="self-start">
            {t('handoff.type_address')}
          </Button>
        </>
      ) : (
        <MailForm
          options={options}
          ticket={ticket}
          conversationId={conversationId}
          address={address}
          confirmed={confirmed}
          onClose={onClose}
        />
      )}
    </div>
  );
}

function Standing({ until }: { until: string | null }) {
  const t = useText();
  const { formats } = useLanguage();
  return (
    <p className="rounded-md border border-line bg-raised px-3 py-1.5 text-sm">
      {until ? t('identity.until', { at: formats.dateTime(until) }) : t('handoff.identity_needed')}
    </p>
  );
}

/** The agent's word that the address is the customer's, and how they know. */
function Confirm({ address, conversationId }: { address: string | null; conversationId: string }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  const [given, setGiven] = useState(address ?? '');
  const [proof, setProof] = useState('');
  const { mutate, error, isPending } = useConfirmAddress(conversationId);
  if (!open)
    return (
      <Button size="small" onPress={() => setOpen(true)} className="self-start">
        {t('handoff.confirm')}
      </Button>
    );
  function submit(event: SubmitEvent) {
    event.preventDefault();
    mutate({ address: given.trim(), proof: proof.trim() });
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 rounded-md border border-line p-3">
      <TextField
        label={t('handoff.address')}
        type="email"
        dir="ltr"
        required
        value={given}
        onChange={(event) => setGiven(event.target.value)}
      />
      <TextField
        label={t('handoff.proof')}
        help={t('handoff.proof_help')}
        dir="auto"
        required
        minLength={3}
        maxLength={1000}
        value={proof}
        onChange={(event) => setProof(event.target.value)}
      />
      <Problem error={error} />
      <Button type="submit" size="small" isDisabled={isPending} className="self-end">
        {t('handoff.confirm_go')}
      </Button>
    </form>
  );
}
