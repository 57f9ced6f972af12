import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { agentsQuery } from '../../api/people';
import { inHandQuery, useHandOver } from '../../api/routing';
import { useSession } from '../../api/session';
import type { Ticket } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { useRealtime } from '../../realtime/use-realtime';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { DueMark } from '../../ui/due-mark';
import { SelectField, TextArea } from '../../ui/field';
import { contactName } from '../../ui/names';
import { Loaded } from '../../ui/page';
import { Problem } from '../../ui/problem';
import { inOurLanguage } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { useTell } from '../../ui/toasts';

/** The end of a shift: what I have in hand goes to a colleague or back to the queues, and I am gone. */
export function LeaveDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const query = useQuery(inHandQuery);
  return (
    <Dialog title={t('leave.title')} isOpen onClose={onClose}>
      <Loaded query={query}>{(tickets) => <Leave tickets={tickets} onClose={onClose} />}</Loaded>
    </Dialog>
  );
}

function Leave({ tickets, onClose }: { tickets: Ticket[]; onClose: () => void }) {
  const t = useText();
  const tell = useTell();
  const { agent } = useSession();
  const realtime = useRealtime();
  const agents = (useQuery(agentsQuery).data ?? []).filter(({ disabledAt }) => !disabledAt);
  const handOver = useHandOver();
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const [to, setTo] = useState('');
  const [note, setNote] = useState('');
  const given = tickets.filter(({ id }) => !kept.has(id));
  const leave = () => {
    realtime?.choosePresence(agent.id, 'offline');
    onClose();
  };
  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (given.length === 0) return leave();
    handOver.mutate(
      {
        ticketIds: given.map(({ id }) => id),
        ...(to ? { agentId: to } : {}),
        ...(note.trim() ? { note: note.trim() } : {}),
      },
      {
        onSuccess: ({ handedOver, refused }) => {
          tell.info(t('leave.done', { count: handedOver.length }));
          for (const { ticketId, message, words } of refused) {
            const number = tickets.find(({ id }) => id === ticketId)?.number ?? '';
            tell.error(t('leave.refused', { number: String(number), why: isolate(inOurLanguage(words, message)) }));
          }
          if (refused.length === 0) leave();
        },
      },
    );
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {tickets.length === 0 ? (
        <p className="text-muted">{t('leave.nothing')}</p>
      ) : (
        <>
          <fieldset className="min-w-0">
            <legend className="mb-1 text-sm font-medium">{t('leave.which', { count: tickets.length })}</legend>
            <ul className="flex max-h-60 flex-col overflow-auto rounded-md border border-line">
              {tickets.map((ticket) => (
                <li key={ticket.id} className="border-b border-line last:border-b-0">
                  <label className="flex items-center gap-2 px-3 py-1.5 text-sm">
                    <input
                      type="checkbox"
                      checked={!kept.has(ticket.id)}
                      onChange={() => {
                        const next = new Set(kept);
                        if (!next.delete(ticket.id)) next.add(ticket.id);
                        setKept(next);
                      }}
                      className="size-4 accent-brand"
                    />
                    <Ltr>{`#${ticket.number}`}</Ltr>
                    <bdi className="min-w-0 flex-1 truncate">{contactName(ticket.contact, t)}</bdi>
                    {ticket.dueAt && <DueMark dueAt={ticket.dueAt} />}
                  </label>
                </li>
              ))}
            </ul>
          </fieldset>
          <SelectField label={t('leave.to')} value={to} onChange={(event) => setTo(event.target.value)}>
            <option value="">{t('leave.to_queue')}</option>
            {agents
              .filter(({ id }) => id !== agent.id)
              .map(({ id, name, presence }) => (
                <option key={id} value={id}>
                  {`${name} · ${t(`presence.${presence}`)}`}
                </option>
              ))}
          </SelectField>
          <TextArea
            label={t('leave.note')}
            help={t('leave.note_help')}
            value={note}
            onChange={(event) => setNote(event.target.value)}
            rows={2}
            maxLength={5000}
            dir="auto"
          />
        </>
      )}
      <Problem error={handOver.error} />
      <div className="flex flex-wrap justify-end gap-2">
        {tickets.length > 0 && (
          <Button
            onPress={() => {
              realtime?.choosePresence(agent.id, 'draining');
              onClose();
            }}
          >
            {t('leave.finish_first')}
          </Button>
        )}
        {given.length > 0 && <Button onPress={leave}>{t('leave.keep')}</Button>}
        <Button type="submit" tone="brand" isDisabled={handOver.isPending}>
          {t(given.length > 0 ? 'leave.hand_over' : 'leave.go')}
        </Button>
      </div>
    </form>
  );
}
