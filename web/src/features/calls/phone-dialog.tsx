import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState, type SubmitEvent } from 'react';
import { ApiError } from '../../api/client';
import { callsOfTicketQuery, usePromiseCall, type Call } from '../../api/calls';
import { contactQuery } from '../../api/people';
import type { TicketDetail } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { latinDigits } from '../../lib/text';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { CheckField, TextArea, TextField } from '../../ui/field';
import { Loaded } from '../../ui/page';
import { problemOf } from '../../ui/refusal';
import { Problem } from '../../ui/problem';
import { useTell } from '../../ui/toasts';
import { CallLine } from './call-line';
import { SlotPicker, type CallWindow } from './slot-picker';

export interface PhoneDialogProps {
  ticket: TicketDetail;
  conversationId: string;
  onClose: () => void;
}

const OVER = ['completed', 'failed', 'cancelled', 'expired'];

/** Promises the customer a call: number, time, their consent, and two lines for whoever calls. */
export function PhoneDialog({ ticket, conversationId, onClose }: PhoneDialogProps) {
  const t = useText();
  const query = useQuery(callsOfTicketQuery(ticket.id));
  return (
    <Dialog title={t('phone.title')} isOpen onClose={onClose}>
      <Loaded query={query}>
        {(calls) => {
          const promised = calls.find(({ state }) => !OVER.includes(state));
          return promised ? (
            <Promised call={promised} />
          ) : (
            <PromiseForm ticket={ticket} conversationId={conversationId} onClose={onClose} />
          );
        }}
      </Loaded>
    </Dialog>
  );
}

function Promised({ call }: { call: Call }) {
  const t = useText();
  return (
    <div className="flex flex-col gap-3">
      <p>{t('phone.promised')}</p>
      <CallLine call={call} />
      <Link to="/calls" search={{ call: call.id }} className="text-public underline">
        {t('phone.to_call')}
      </Link>
    </div>
  );
}

function PromiseForm({ ticket, conversationId, onClose }: PhoneDialogProps) {
  const t = useText();
  const tell = useTell();
  const { data: contact } = useQuery(contactQuery(ticket.contact.id));
  const [phone, setPhone] = useState<string | null>(null);
  const [window, setWindow] = useState<CallWindow | null>(null);
  const [later, setLater] = useState(false);
  const [brief, setBrief] = useState('');
  const [agreed, setAgreed] = useState(false);
  const [words, setWords] = useState('');
  const key = useRef({ of: '', key: '' });
  const { mutate, error, isPending } = usePromiseCall(conversationId);
  const number = phone ?? contact?.phone ?? '';
  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (!agreed || (!later && !window)) return;
    const body = {
      phone: latinDigits(number.trim()),
      ...(window && !later ? { windowStart: window.start, windowEnd: window.end } : {}),
      ...(brief.trim() ? { brief: brief.trim() } : {}),
      consent: { given: true as const, text: words.trim() || t('phone.consent') },
    };
    const of = JSON.stringify(body);
    if (key.current.of !== of) key.current = { of, key: crypto.randomUUID() };
    mutate(
      { ...body, key: key.current.key },
      {
        onSuccess: () => {
          onClose();
          tell.info(t('phone.done'));
        },
      },
    );
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextField
        label={t('phone.number')}
        type="tel"
        dir="ltr"
        required
        maxLength={40}
        value={number}
        onChange={(event) => setPhone(event.target.value)}
        problem={problemOf(error, 'phone')}
      />
      <CheckField label={t('phone.later')} checked={later} onChange={(event) => setLater(event.target.checked)} />
      {!later && <SlotPicker chosen={window} onChoose={setWindow} />}
      <TextArea
        label={t('phone.brief')}
        help={t('phone.brief_help')}
        rows={2}
        maxLength={400}
        dir="auto"
        value={brief}
        // Two lines and no more: whoever calls reads it while it rings.
        onChange={(event) => setBrief(event.target.value.split('\n').slice(0, 2).join('\n'))}
      />
      <CheckField
        label={t('phone.consent')}
        required
        checked={agreed}
        onChange={(event) => setAgreed(event.target.checked)}
      />
      <TextField
        label={t('phone.words')}
        help={t('phone.words_help')}
        maxLength={500}
        dir="auto"
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      {!(error instanceof ApiError && error.fields.some(({ path }) => path === 'phone')) && <Problem error={error} />}
      <div className="flex justify-end gap-2">
        <Button onPress={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" tone="brand" isDisabled={isPending || !agreed || (!later && !window)}>
          {t('phone.go')}
        </Button>
      </div>
    </form>
  );
}
