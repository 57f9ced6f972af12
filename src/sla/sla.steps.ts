import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { BusinessCalendar } from '../calendars/calendar';
import { Calendars } from '../calendars/calendars';
import { TICKET_PRIORITIES, type TicketPriority } from '../inbox/tickets/ticket';
import { TicketChanges } from '../inbox/tickets/ticket-changes';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { type NewNotification, Notifications } from '../notifications/notifications';
import type { Receivers } from '../notifications/notifications.repository';
import { SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Database, type Tx } from '../platform/database';
import { PoliciesRepository } from './policies.repository';
import type { Escalation, StepReceivers, Warning } from './policy';
import { slaEscalated, slaWarned } from './sla.events';
import { RAISE_JOB } from './sla.names';
import type { ToldStep } from './sla.repository';
import { escalationStep, ringAt, warningStep } from './ticket-clocks';

/** Tells steps that have come: as events, and to the people the policy names as it is now. */
@Injectable()
export class SlaSteps implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly policies: PoliciesRepository,
    private readonly calendars: Calendars,
    private readonly notifications: Notifications,
    private readonly changes: TicketChanges,
    private readonly outbox: Outbox,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(RAISE_JOB, (job) => this.raise(job), { queue: 'sla' });
  }

  /** Of steps of any workspaces, marked as told in this transaction. */
  async tell(tx: Tx, steps: readonly ToldStep[]): Promise<void> {
    for (const workspaceId of new Set(steps.map(({ workspace_id }) => workspace_id))) {
      const policies = await this.policies.list(tx, workspaceId);
      const book = await this.calendars.book(tx, workspaceId);
      const notifications = steps
        .filter(({ workspace_id }) => workspace_id === workspaceId)
        .flatMap((step) => {
          const policy = policies.find(({ id }) => id === step.policy_id);
          const warning = policy?.warnings.find(({ percent }) => warningStep(percent) === step.step);
          const escalation = policy?.escalations.find(({ afterMs }) => escalationStep(afterMs) === step.step);
          // a warning that comes after the breach warns of nothing
          if (warning && !step.overdue) return [this.warn(tx, step, warning)];
          return policy && escalation ? [this.escalate(tx, step, book.find(policy.calendarId), escalation)] : [];
        });
      await this.notifications.notifyEach(tx, workspaceId, notifications);
    }
  }

  private warn(tx: Tx, step: ToldStep, { percent, to }: Warning): NewNotification {
    this.outbox.record(tx, slaWarned(step, percent));
    return {
      to: receiversOf(to, step),
      kind: 'sla.warned',
      ticketId: step.ticket_id,
      data: { ...factsOf(step), percent },
      cause: causeOf(step),
    };
  }

  private escalate(
    tx: Tx,
    step: ToldStep,
    calendar: BusinessCalendar | null,
    { afterMs, to, quietHours, setPriority }: Escalation,
  ): NewNotification {
    this.outbox.record(tx, slaEscalated(step));
    // as a job: whoever changes a ticket locks it before its clocks, and these are held here
    if (setPriority) {
      this.jobs.enqueue(tx, {
        workspaceId: step.workspace_id,
        queue: 'sla',
        name: RAISE_JOB,
        payload: { ticketId: step.ticket_id, priority: setPriority },
      });
    }
    return {
      to: receiversOf(to, step),
      kind: 'sla.escalated',
      ticketId: step.ticket_id,
      data: { ...factsOf(step), afterMs },
      cause: causeOf(step),
      ringAt: ringAt(quietHours === 'wait' ? calendar : null, step.told_at),
    };
  }

  private async raise(job: RunningJob): Promise<void> {
    const { ticketId, priority } = job.payload as { ticketId: string; priority: TicketPriority };
    await this.database.transaction({ workspaceId: job.workspaceId }, async (tx) => {
      await this.jobs.holds(tx, job);
      const ticket = await this.changes.lock(tx, job.workspaceId, ticketId);
      if (TICKET_PRIORITIES.indexOf(ticket.priority) >= TICKET_PRIORITIES.indexOf(priority)) return;
      await this.changes.setPriority(tx, ticket, priority, SYSTEM);
    });
  }
}

const receiversOf = (to: StepReceivers, step: ToldStep): Receivers => ({
  agentIds: [...(to.agentIds ?? []), ...(to.assignee && step.assignee_id ? [step.assignee_id] : [])],
  teamIds: [...(to.teamIds ?? []), ...(to.team && step.team_id ? [step.team_id] : [])],
  leads: to.leads ?? false,
});

const factsOf = (step: ToldStep) => ({
  clock: step.kind,
  dueAt: step.due_at.toISOString(),
  number: Number(step.number),
});

/** With its time: a step that moved to another time is another one. */
const causeOf = (step: ToldStep) => `sla:${step.id}:${step.step}:${step.step_due_at.getTime()}`;
