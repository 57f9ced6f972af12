import { useQuery } from '@tanstack/react-query';
import {
  ArrowRight,
  Bot,
  ChevronDown,
  ExternalLink,
  Eye,
  Hand,
  PenLine,
  UserPlus,
  UserRound,
  UserRoundCheck,
} from 'lucide-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { permalinkQuery, useHandler } from '../../api/messages';
import { useCan, useSession } from '../../api/session';
import { useTicketChange, type TicketChange } from '../../api/tickets';
import type { Priority, TicketDetail, TicketStatus } from '../../api/types';
import { deskPart } from '../../i18n/desk-texts';
import { useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { useTicketRoom, useViewers } from '../../realtime/use-realtime';
import { Button, IconButton } from '../../ui/button';
import { ChannelMark } from '../../ui/channel-mark';
import { ChoiceMenu } from '../../ui/menu';
import { contactName, handleBeside } from '../../ui/names';
import { refusalText } from '../../ui/refusal';
import { Ltr } from '../../ui/rich-text';
import { StatusIcon } from '../../ui/status-chip';
import { subjectLine } from '../../ui/ticket-preview';
import { useTell } from '../../ui/toasts';
import { runCommand, useCommands } from '../../ui/use-commands';
import { SlaPopover } from './sla-popover';

const AssignDialog = lazy(() => import('./assign-dialog').then((module) => ({ default: module.AssignDialog })));
const TicketMenu = deskPart(
  () => import('../ticket-work/ticket-menu').then((part) => part.TicketMenu),
  <span className="size-7" />,
);

// `new` and `closed` are entered by the system only.
const STATUSES: readonly TicketStatus[] = ['open', 'pending', 'on_hold', 'solved'];
const PRIORITIES: readonly Priority[] = ['urgent', 'high', 'normal', 'low'];

export interface TicketHeaderProps {
  ticket: TicketDetail;
  /** The conversation in front of the reader, of those the ticket has. */
  shownId: string;
  onOpen: (ticketId: string) => void;
  onBack: () => void;
  /** Opens the customer's card where there is no room for it beside the thread. */
  contactButton: ReactNode;
}

export function TicketHeader({ ticket, shownId, onOpen, onBack, contactButton }: TicketHeaderProps) {
  const t = useText();
  const tell = useTell();
  const can = useCan();
  const { agent } = useSession();
  const [assigning, setAssigning] = useState(false);
  const { mutate } = useTicketChange();
  useTicketRoom(ticket.id);

  const mayWork = can('tickets.write');
  const mine = ticket.assignee?.id === agent.id;
  const change = (what: TicketChange) =>
    mutate({ ticket, change: what }, { onError: (error) => tell.error(refusalText(error, t)) });
  const toMe = () => {
    if (!mayWork || mine) return false;
    change(ticket.assignee ? { to: 'assignee', agent } : { to: 'claim', agent });
    return true;
  };
  const solve = () =>
    mayWork &&
    ticket.status !== 'solved' &&
    ticket.status !== 'closed' &&
    (change({ to: 'status', status: 'solved' }), true);
  useCommands({
    solve,
    solveAndNext: () => (solve(), runCommand('next')),
    assignToMe: toMe,
    assign: () => mayWork && (setAssigning(true), true),
  });

  const handle = handleBeside(ticket.contact);
  // Under a post the bot only ever suggests, whoever the thread is set to.
  const botMayAnswer = ticket.conversation.handler === 'bot' && ticket.conversation.kind === 'dm';
  const assigneeName = mine ? t('common.me') : ticket.assignee?.name;
  return (
    <header className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface px-4 py-2.5">
      <div className="flex min-w-0 items-center gap-1 max-[899px]:w-full">
        <span className="-ms-2 min-[900px]:hidden">
          <IconButton
            label={t('ticket.back')}
            icon={<ArrowRight size={18} className="ltr:-scale-x-100" />}
            onPress={onBack}
          />
        </span>
        <div className="min-w-0">
          <h2 className="flex items-baseline gap-2 text-base leading-snug font-bold">
            <bdi className="truncate">{contactName(ticket.contact, t)}</bdi>
            {handle && (
              <span className="truncate text-sm font-normal text-muted">
                <Ltr>{handle}</Ltr>
              </span>
            )}
          </h2>
          <p className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
            <ChannelMark kind={ticket.channel.kind} thread={ticket.kind} />
            <bdi>{ticket.channel.name}</bdi>
            <Ltr>{`#${ticket.number}`}</Ltr>
            <AtTheNetwork ticket={ticket} />
          </p>
          {ticket.subject && (
            <p className="truncate text-sm font-medium">
              <bdi>{subjectLine(ticket, t)}</bdi>
            </p>
          )}
        </div>
        <span className="max-[899px]:ms-auto">{contactButton}</span>
      </div>
      <Viewers ticketId={ticket.id} ownId={agent.id} />
      {botMayAnswer && <BotHandles ticket={ticket} mayWork={mayWork} />}
      <div className="ms-auto flex flex-wrap items-center gap-2">
        <SlaPopover ticket={ticket} />
        <ChoiceMenu
          label={t('priority.label')}
          aria-label={t('priority.now', { priority: t(`priority.${ticket.priority}`) })}
          size="small"
          isDisabled={!mayWork}
          trigger={
            <>
              {t(`priority.${ticket.priority}`)}
              <ChevronDown size={14} aria-hidden />
            </>
          }
          choices={PRIORITIES.map((id) => ({ id, label: t(`priority.${id}`) }))}
          selected={ticket.priority}
          onChoose={(priority) => change({ to: 'priority', priority })}
        />
        {mayWork && !ticket.assignee && ticket.status !== 'solved' && ticket.status !== 'closed' && (
          <Button size="small" tone="brand" onPress={toMe} aria-keyshortcuts="I">
            <Hand size={15} aria-hidden />
            {t('ticket.claim')}
          </Button>
        )}
        <ChoiceMenu
          label={t('assign.label')}
          aria-label={assigneeName ? t('assign.now', { name: isolate(assigneeName) }) : t('assign.nobody')}
          size="small"
          isDisabled={!mayWork}
          trigger={
            <>
              {mine ? (
                <UserRoundCheck size={15} aria-hidden className="text-brand" />
              ) : (
                <UserRound size={15} aria-hidden />
              )}
              <bdi className="max-w-28 truncate">{assigneeName ?? t('assign.nobody')}</bdi>
              <ChevronDown size={14} aria-hidden />
            </>
          }
          choices={[
            { id: 'me', label: t('assign.to_me'), icon: <UserRoundCheck size={15} aria-hidden />, isDisabled: mine },
            { id: 'other', label: t('assign.other'), icon: <UserPlus size={15} aria-hidden /> },
            { id: 'nobody', label: t('assign.give_back'), isDisabled: !ticket.assignee },
          ]}
          onChoose={(choice) => {
            if (choice === 'me') toMe();
            else if (choice === 'other') setAssigning(true);
            else change({ to: 'assignee', agent: null });
          }}
        />
        <ChoiceMenu
          label={t('status.label')}
          aria-label={t('status.now', { status: t(`status.${ticket.status}`) })}
          size="small"
          isDisabled={!mayWork || ticket.status === 'closed'}
          trigger={
            <>
              <StatusIcon status={ticket.status} />
              {t(`status.${ticket.status}`)}
              <ChevronDown size={14} aria-hidden />
            </>
          }
          choices={STATUSES.map((id) => ({ id, label: t(`status.${id}`), icon: <StatusIcon status={id} /> }))}
          selected={ticket.status}
          onChoose={(status) => change({ to: 'status', status })}
        />
        <TicketMenu ticket={ticket} conversationId={shownId} onOpen={onOpen} />
      </div>
      {assigning && (
        <Suspense>
          <AssignDialog
            currentId={ticket.assignee?.id ?? null}
            onClose={() => setAssigning(false)}
            onChoose={(chosen) => {
              setAssigning(false);
              change({ to: 'assignee', agent: chosen });
            }}
          />
        </Suspense>
      )}
    </header>
  );
}

function Viewers({ ticketId, ownId }: { ticketId: string; ownId: string }) {
  const t = useText();
  const viewers = useViewers(ticketId, ownId);
  return (
    <div role="status" className="flex flex-wrap gap-1.5">
      {viewers.map(({ id, name, typing }) => {
        const Icon = typing ? PenLine : Eye;
        return (
          <span
            key={id}
            className="inline-flex items-center gap-1 rounded-full bg-warn-soft px-2.5 py-0.5 text-xs text-warn"
          >
            <Icon size={13} aria-hidden />
            {t(typing ? 'viewers.typing' : 'viewers.viewing', { name: isolate(name) })}
          </span>
        );
      })}
    </div>
  );
}

function BotHandles({ ticket, mayWork }: { ticket: TicketDetail; mayWork: boolean }) {
  const t = useText();
  const tell = useTell();
  const handler = useHandler(ticket.conversationId, ticket.id);
  return (
    <span className="inline-flex items-center gap-2 rounded-full bg-bot-soft py-0.5 ps-2.5 pe-1 text-xs text-bot">
      <Bot size={14} aria-hidden />
      {t('ticket.bot_handles')}
      {mayWork && (
        <Button
          size="small"
          tone="quiet"
          className="min-h-6! px-2! text-bot!"
          onPress={() => handler.mutate('human', { onError: (error) => tell.error(refusalText(error, t)) })}
        >
          {t('ticket.take_over')}
        </Button>
      )}
    </span>
  );
}

/** Leads to the conversation at the network itself, where it has a place there. */
function AtTheNetwork({ ticket }: { ticket: TicketDetail }) {
  const t = useText();
  const { data: url } = useQuery(permalinkQuery(ticket.conversationId));
  if (!url) return null;
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener noreferrer"
      className="inline-flex items-center gap-1 text-public hover:underline"
    >
      <ExternalLink size={12} aria-hidden className="icon-directional" />
      {t('ticket.at_network', { network: t(`channel.${ticket.channel.kind}`) })}
    </a>
  );
}
