import { Injectable, type OnModuleInit } from '@nestjs/common';
import { scoreIn, SURVEY_ANSWER } from '../inbox/conversations/survey-score';
import { JobQueue } from '../jobs/job-queue';
import type { RunningJob } from '../jobs/jobs';
import { type DomainEvent, isEvent } from '../outbox/domain-event';
import { Subscriptions } from '../outbox/subscriptions';
import type { Tx } from '../platform/database';
import { distinct, uuidv7 } from '../platform/ids';
import { ANSWER_WITHIN_MS, COMMENT_WITHIN_MS, LONGEST_COMMENT } from './survey';
import { SurveySettingsService } from './survey-settings.service';
import { SurveysRepository } from './surveys.repository';
import { ASK_JOB, askJob, SurveysService } from './surveys.service';

/** What surveys hear: tickets solved and reopened, customers answering, and talk that goes on. */
@Injectable()
export class SurveysSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly jobs: JobQueue,
    private readonly repository: SurveysRepository,
    private readonly settings: SurveySettingsService,
    private readonly surveys: SurveysService,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'surveys',
      types: ['ticket.status_changed', 'ticket.merged', 'message.received', 'message.sent'],
      handle: (tx, events) => this.handle(tx, events),
    });
    this.jobs.handle(ASK_JOB, (job) => this.ask(job), { queue: 'tickets' });
  }

  async handle(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
    const workspaceId = events[0]?.workspaceId; // a batch is of one workspace
    if (!workspaceId) return;
    const asked = await this.repository.askedIn(tx, workspaceId, distinct(events.map((e) => e.conversationId)));
    const said: string[] = [];
    const spoken = new Map<string, Date>();
    for (const e of events) {
      if (!e.conversationId) continue;
      const answers = isEvent(e, 'message.received') && e.data.direction === 'in' && asked.has(e.conversationId);
      if (answers && e.messageId) said.push(e.messageId);
      const speaks =
        (isEvent(e, 'message.received') && (e.data.direction === 'out' || e.data.opensWork)) ||
        (isEvent(e, 'message.sent') && (e.data.author === 'agent' || e.data.author === 'bot'));
      if (speaks) spoken.set(e.conversationId, e.at);
    }
    // threads are locked before surveys and tickets, as everywhere
    if (spoken.size > 0) await this.repository.expectNoMore(tx, workspaceId, spoken, ANSWER_WITHIN_MS);
    for (const e of events) {
      if (isEvent(e, 'ticket.status_changed') && e.ticketId) await this.moved(tx, e, e.ticketId);
      if (isEvent(e, 'ticket.merged')) await this.repository.callOff(tx, workspaceId, e.data.from, 'merged');
    }
    if (said.length > 0) await this.take(tx, workspaceId, said);
  }

  private async moved(tx: Tx, e: DomainEvent<'ticket.status_changed'>, ticketId: string): Promise<void> {
    const { workspaceId, data, at } = e;
    if (data.from === 'solved' && data.to !== 'closed')
      return this.repository.callOff(tx, workspaceId, ticketId, 'reopened');
    if (data.to !== 'solved') return;
    const settings = await this.settings.ofTicket(tx, workspaceId, ticketId);
    if (!settings.enabled) return;
    const dueAt = new Date(at.getTime() + settings.delayMinutes * 60_000);
    const planned = { workspaceId, id: uuidv7(), ticketId, kind: settings.kind, dueAt };
    const id = await this.repository.plan(tx, planned);
    if (id !== undefined) this.jobs.enqueue(tx, askJob({ workspaceId, id, dueAt }));
  }

  /** Scores, and what is written right after one. */
  private async take(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<void> {
    for (const { surveyId, text, subtype, at } of await this.repository.said(tx, workspaceId, messageIds)) {
      const survey = await this.repository.find(tx, workspaceId, surveyId);
      if (!survey) continue;
      if (subtype === SURVEY_ANSWER) {
        const score = scoreIn(text, survey.kind);
        if (score !== null) await this.surveys.answer(tx, workspaceId, surveyId, { score, via: 'thread', at });
        continue;
      }
      const follows = survey.answeredAt !== null && at.getTime() - survey.answeredAt.getTime() <= COMMENT_WITHIN_MS;
      const comment = Array.from(text.trim()).slice(0, LONGEST_COMMENT).join('');
      if (follows && survey.comment === null && comment !== '')
        await this.surveys.answer(tx, workspaceId, surveyId, { comment, via: 'thread', at });
    }
  }

  private ask({ workspaceId, payload }: RunningJob): Promise<void> {
    return this.surveys.ask(workspaceId, (payload as { surveyId: string }).surveyId);
  }
}
