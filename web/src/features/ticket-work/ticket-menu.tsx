import {
  AlarmClock,
  BadgeCheck,
  CircleSlash,
  Ellipsis,
  GitMerge,
  Link2,
  Mail,
  Phone,
  Plus,
  Route,
  Split,
} from 'lucide-react';
import { useState } from 'react';
import { useCan } from '../../api/session';
import { useTicketWork, work } from '../../api/ticket-work';
import type { TicketDetail } from '../../api/types';
import { deskPart } from '../../i18n/desk-texts';
import { useText } from '../../i18n/use-text';
import { ChoiceMenu, type Choice } from '../../ui/menu';
import { useCommands } from '../../ui/use-commands';
import { AssignmentsDialog } from './assignments-dialog';
import { DismissDialog } from './dismiss-dialog';
import { LinkDialog } from './link-dialog';
import { MergeDialog } from './merge-dialog';
import { SnoozeDialog } from './snooze-dialog';
import { SplitDialog } from './split-dialog';

const EmailDialog = deskPart(() => import('../handoff/email-dialog').then((part) => part.EmailDialog));
const IdentityDialog = deskPart(() => import('../handoff/identity-dialog').then((part) => part.IdentityDialog));
const PhoneDialog = deskPart(() => import('../calls/phone-dialog').then((part) => part.PhoneDialog));

const NewTicketDialog = deskPart(() => import('../new-ticket/new-ticket-dialog').then((part) => part.NewTicketDialog));

type Tool = 'snooze' | 'dismiss' | 'email' | 'phone' | 'identity' | 'merge' | 'split' | 'link' | 'whose' | 'fresh';

export interface TicketMenuProps {
  ticket: TicketDetail;
  /** The conversation in front of the reader, of those the ticket has. */
  conversationId: string;
  onOpen: (ticketId: string) => void;
}

/** All that is done to a ticket less often than answering it. */
export function TicketMenu({ ticket, conversationId, onOpen }: TicketMenuProps) {
  const t = useText();
  const can = useCan();
  const [tool, setTool] = useState<Tool | null>(null);
  const resting = useTicketWork(ticket.id);
  const mayWork = can('tickets.write');
  const closed = ticket.status === 'closed';
  const over = closed || ticket.status === 'solved';
  const close = () => {
    setTool(null);
    resting.reset();
  };
  const open = (wanted: Tool) => {
    if (!mayWork || closed) return false;
    setTool(wanted);
    return true;
  };
  useCommands({ snooze: () => !over && open('snooze'), merge: () => open('merge') });

  const choices: Choice<Tool>[] = [
    { id: 'snooze', label: t('tool.snooze'), icon: <AlarmClock size={15} aria-hidden />, isDisabled: over },
    { id: 'dismiss', label: t('tool.dismiss'), icon: <CircleSlash size={15} aria-hidden />, isDisabled: over },
    { id: 'email', label: t('tool.email'), icon: <Mail size={15} aria-hidden />, isDisabled: closed },
    { id: 'phone', label: t('tool.phone'), icon: <Phone size={15} aria-hidden />, isDisabled: closed },
    { id: 'identity', label: t('tool.identity'), icon: <BadgeCheck size={15} aria-hidden />, isDisabled: closed },
    { id: 'merge', label: t('tool.merge'), icon: <GitMerge size={15} aria-hidden />, isDisabled: closed },
    { id: 'split', label: t('tool.split'), icon: <Split size={15} aria-hidden />, isDisabled: closed },
    { id: 'link', label: t('tool.link'), icon: <Link2 size={15} aria-hidden /> },
    { id: 'fresh', label: t('tool.fresh'), icon: <Plus size={15} aria-hidden />, isDisabled: !over },
    { id: 'whose', label: t('tool.whose'), icon: <Route size={15} aria-hidden /> },
  ];
  return (
    <>
      <ChoiceMenu
        label={t('tool.label')}
        aria-label={t('tool.label')}
        size="small"
        className="px-1.5!"
        trigger={<Ellipsis size={16} aria-hidden />}
        choices={mayWork ? choices : choices.filter(({ id }) => id === 'whose')}
        onChoose={setTool}
      />
      {tool === 'snooze' && (
        <SnoozeDialog
          error={resting.error}
          isPending={resting.isPending}
          onChoose={(snooze) => resting.mutate(work.snooze(snooze), { onSuccess: close })}
          onClose={close}
        />
      )}
      {tool === 'dismiss' && <DismissDialog ticket={ticket} onClose={close} />}
      {tool === 'merge' && <MergeDialog ticket={ticket} onClose={close} onOpen={onOpen} />}
      {tool === 'split' && (
        <SplitDialog ticket={ticket} conversationId={conversationId} onClose={close} onOpen={onOpen} />
      )}
      {tool === 'link' && <LinkDialog ticket={ticket} onClose={close} />}
      {tool === 'fresh' && (
        <NewTicketDialog
          about={{ contact: ticket.contact, conversationId: ticket.conversationId }}
          onOpen={onOpen}
          onClose={close}
        />
      )}
      {tool === 'whose' && <AssignmentsDialog ticket={ticket} onClose={close} />}
      {tool === 'email' && <EmailDialog ticket={ticket} conversationId={conversationId} onClose={close} />}
      {tool === 'phone' && <PhoneDialog ticket={ticket} conversationId={conversationId} onClose={close} />}
      {tool === 'identity' && <IdentityDialog ticket={ticket} onClose={close} />}
    </>
  );
}
