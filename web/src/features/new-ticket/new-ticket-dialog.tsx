import { useQuery } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { ApiError } from '../../api/client';
import { useOpenTicket } from '../../api/new-ticket';
import { teamsQuery } from '../../api/people';
import { useSession } from '../../api/session';
import type { Priority } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { fieldReader } from '../../lib/form';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { CheckField, SelectField, TextArea, TextField } from '../../ui/field';
import { contactName } from '../../ui/names';
import { problemOf } from '../../ui/refusal';
import { Problem } from '../../ui/problem';
import { useTell } from '../../ui/toasts';
import { CustomerFinder } from './customer-finder';

const PRIORITIES: readonly Priority[] = ['urgent', 'high', 'normal', 'low'];

interface About {
  contact: { id: string; name: string | null; handle: string | null };
  /** Left out: where the customer was heard last. */
  conversationId?: string;
}

export interface NewTicketDialogProps {
  /** Known already; else the customer is looked for first. */
  about?: About;
  onOpen: (ticketId: string) => void;
  onClose: () => void;
}

/** A ticket that no customer's word opened: for whom, what about, whose. */
export function NewTicketDialog({ about, onOpen, onClose }: NewTicketDialogProps) {
  const t = useText();
  const [chosen, setChosen] = useState(about);
  const goTo = (ticketId: string) => {
    onClose();
    onOpen(ticketId);
  };
  return (
    <Dialog title={t('fresh.title')} isOpen onClose={onClose}>
      {chosen ? (
        <Form
          about={chosen}
          onAnother={about ? undefined : () => setChosen(undefined)}
          onOpen={goTo}
          onClose={onClose}
        />
      ) : (
        <CustomerFinder onChoose={(contact) => setChosen({ contact })} />
      )}
    </Dialog>
  );
}

interface FormProps {
  about: About;
  onAnother: (() => void) | undefined;
  onOpen: (ticketId: string) => void;
  onClose: () => void;
}

function Form({ about: { contact, conversationId }, onAnother, onOpen, onClose }: FormProps) {
  const t = useText();
  const tell = useTell();
  const { agent } = useSession();
  const { data: teams = [] } = useQuery(teamsQuery);
  const [priority, setPriority] = useState<Priority>('normal');
  const [teamId, setTeamId] = useState('');
  const [mine, setMine] = useState(true);
  const { mutate, error, isPending } = useOpenTicket();
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const read = fieldReader(new FormData(event.currentTarget));
    const tags = read('tags')
      .split(/[,،]/)
      .flatMap((tag) => tag.trim() || []);
    mutate(
      {
        ...(conversationId ? { conversationId } : { contactId: contact.id }),
        subject: read('subject'),
        priority,
        ...(teamId ? { teamId } : {}),
        ...(mine ? { assigneeId: agent.id } : {}),
        ...(tags.length > 0 ? { tags } : {}),
        ...(read('note') ? { note: read('note') } : {}),
      },
      {
        onSuccess: ({ id, number }) => {
          tell.info(t('fresh.done', { number: String(number) }));
          onOpen(id);
        },
      },
    );
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p className="flex flex-wrap items-center gap-2">
        <span className="text-sm text-muted">{t('fresh.customer')}</span>
        <strong>
          <bdi>{contactName(contact, t)}</bdi>
        </strong>
        {onAnother && (
          <Button size="small" tone="quiet" onPress={onAnother}>
            {t('fresh.another')}
          </Button>
        )}
      </p>
      <TextField
        label={t('fresh.subject')}
        name="subject"
        required
        maxLength={200}
        dir="auto"
        autoFocus
        problem={problemOf(error, 'subject')}
      />
      <TextArea label={t('fresh.note')} name="note" rows={3} maxLength={20_000} dir="auto" />
      <div className="grid grid-cols-2 gap-3">
        <SelectField
          label={t('fresh.priority')}
          value={priority}
          onChange={(event) => setPriority(PRIORITIES.find((one) => one === event.target.value) ?? 'normal')}
        >
          {PRIORITIES.map((one) => (
            <option key={one} value={one}>
              {t(`priority.${one}`)}
            </option>
          ))}
        </SelectField>
        <SelectField label={t('fresh.team')} value={teamId} onChange={(event) => setTeamId(event.target.value)}>
          <option value="">{t('fresh.team_of_channel')}</option>
          {teams.map((team) => (
            <option key={team.id} value={team.id}>
              {team.name}
            </option>
          ))}
        </SelectField>
      </div>
      <TextField
        label={t('fresh.tags')}
        help={t('fresh.tags_help')}
        name="tags"
        dir="auto"
        maxLength={400}
        problem={problemOf(error, 'tags', 'add')}
      />
      <CheckField label={t('fresh.mine')} checked={mine} onChange={(event) => setMine(event.target.checked)} />
      <Refused error={error} onOpen={onOpen} />
      <div className="flex justify-end gap-2">
        <Button onPress={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" tone="brand" isDisabled={isPending}>
          {t('fresh.go')}
        </Button>
      </div>
    </form>
  );
}

/** Where a ticket is under work already, the way leads there. */
function Refused({ error, onOpen }: { error: unknown; onOpen: (ticketId: string) => void }) {
  const t = useText();
  const ticket =
    error instanceof ApiError ? (error.details.ticket as { id: string; number: number } | undefined) : undefined;
  if (!ticket) return <Problem error={error} />;
  return (
    <p role="alert" className="flex flex-wrap items-center gap-2 text-sm">
      {t('fresh.under_way', { number: String(ticket.number) })}
      <Button size="small" onPress={() => onOpen(ticket.id)}>
        {t('fresh.go_there')}
      </Button>
    </p>
  );
}
