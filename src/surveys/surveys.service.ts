import { Injectable } from '@nestjs/common';
import { Calendars } from '../calendars/calendars';
import { ChannelDirectory, type DirectoryChannel } from '../channels/channel-directory';
import { type ConversationForReply, ConversationsRepository } from '../inbox/conversations/conversations.repository';
import { SCALES } from '../inbox/conversations/survey-score';
import { JobQueue } from '../jobs/job-queue';
import type { NewJob } from '../jobs/jobs';
import { ticketAudience } from '../outbox/audience';
import { type Actor, event, SYSTEM } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { RepliesService } from '../outbound/replies.service';
import { Clock } from '../platform/clock';
import { Config } from '../platform/config';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { newToken, Secrets } from '../platform/secrets';
import { guessLanguage } from '../text/language';
import { nextOpening } from './next-opening';
import { ANSWER_WITHIN_MS, askText, type SurveyLocale, type SurveySettings, whyNot } from './survey';
import { SurveySettingsService } from './survey-settings.service';
import { type Survey, SurveysRepository, type SurveyTicket } from './surveys.repository';

export const ASK_JOB = 'surveys.ask';

export interface SurveyAnswer {
  score?: number;
  comment?: string;
  via: 'thread' | 'page';
  at: Date;
}

/** Asks customers how it went, once for each ticket, and takes what they answer. */
@Injectable()
export class SurveysService {
  constructor(
    private readonly database: Database,
    private readonly repository: SurveysRepository,
    private readonly settings: SurveySettingsService,
    private readonly conversations: ConversationsRepository,
    private readonly replies: RepliesService,
    private readonly directory: ChannelDirectory,
    private readonly calendars: Calendars,
    private readonly secrets: Secrets,
    private readonly config: Config,
    private readonly jobs: JobQueue,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** Asks when its time has come, or writes down why not. Does nothing the second time. */
  async ask(workspaceId: string, surveyId: string): Promise<void> {
    await this.database.transaction({ workspaceId }, async (tx) => {
      const planned = await this.repository.find(tx, workspaceId, surveyId);
      const place = planned && (await this.repository.place(tx, workspaceId, planned.ticketId));
      const conversation = place && (await this.conversations.lock(tx, workspaceId, place.id));
      const survey = await this.repository.find(tx, workspaceId, surveyId, 'FOR UPDATE');
      if (!place || !conversation || survey?.state !== 'due') return;
      const now = this.clock.now();
      const settings = await this.settings.of(tx, workspaceId, survey.brandId);
      const startsAt = await this.opening(tx, settings, survey, now);
      if (startsAt > now) {
        await this.repository.save(tx, { ...survey, dueAt: startsAt });
        this.jobs.enqueue(tx, askJob({ ...survey, dueAt: startsAt }));
        return;
      }
      const channel = await this.directory.named(place.channelId);
      const ticket = await this.repository.ticket(tx, workspaceId, survey.ticketId);
      const refusal =
        channel === undefined
          ? 'channel_disabled'
          : whyNot(
              settings,
              {
                ticket,
                channelKind: channel.kind,
                threadKind: conversation.kind,
                lastAskedAt: await this.repository.lastAsked(tx, workspaceId, survey.contactId),
              },
              now,
            );
      const asked: Survey = { ...survey, conversationId: place.id, channelId: place.channelId, kind: settings.kind };
      if (refusal !== null || !channel)
        return this.repository.save(tx, { ...asked, state: 'not_asked', reason: refusal });
      await this.send(tx, asked, { settings, conversation, channel, ticket, now });
    });
  }

  private async send(
    tx: Tx,
    survey: Survey,
    how: {
      settings: SurveySettings;
      conversation: ConversationForReply;
      channel: DirectoryChannel;
      ticket: SurveyTicket;
      now: Date;
    },
  ): Promise<void> {
    const { settings, conversation, channel, ticket, now } = how;
    const { workspaceId, conversationId } = survey;
    const locale = localeOf(ticket, await this.repository.lastWords(tx, workspaceId, conversationId));
    // a mail is answered by a click more easily than by a mail
    const token = channel.kind === 'email' && this.config.PUBLIC_URL ? newToken('s_') : null;
    const link = token === null ? null : new URL(`/survey/${token}`, this.config.PUBLIC_URL).href;
    const text = askText(settings, locale, { brand: ticket.brandName, link });
    const content = { text, visibility: 'private' as const, attachments: [] };
    let messageId: string;
    try {
      messageId = await this.replies.write(tx, conversation, content, { kind: 'system' });
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'send_refused') throw error;
      const { reason } = error.details;
      await this.repository.save(tx, {
        ...survey,
        locale,
        state: 'not_asked',
        reason: typeof reason === 'string' ? reason : error.code,
      });
      return;
    }
    const expiresAt = new Date(now.getTime() + ANSWER_WITHIN_MS);
    await this.repository.save(tx, {
      ...survey,
      locale,
      state: 'asked',
      reason: null,
      askedAt: now,
      expiresAt,
      messageId,
      tokenHash: token === null ? null : this.secrets.tokenHash(token),
    });
    await this.repository.expect(tx, workspaceId, conversationId, survey.kind, expiresAt);
    this.tell(tx, survey, ticket, SYSTEM, { type: 'survey.asked' });
  }

  /** Outside its hours it waits for them; a calendar that never opens holds nothing up. */
  private async opening(tx: Tx, settings: SurveySettings, survey: Survey, now: Date): Promise<Date> {
    if (survey.dueAt > now) return survey.dueAt;
    if (settings.calendarId === null) return now;
    const calendar = (await this.calendars.book(tx, survey.workspaceId)).find(settings.calendarId);
    return (calendar && nextOpening(calendar, now)) ?? now;
  }

  /**
   * Keeps an answer, the latest of several, until the survey’s time is over.
   * @returns false when it was too late, or nothing was asked
   */
  async answer(tx: Tx, workspaceId: string, surveyId: string, given: SurveyAnswer): Promise<boolean> {
    const survey = await this.repository.find(tx, workspaceId, surveyId, 'FOR UPDATE');
    if (!survey?.expiresAt || given.at >= survey.expiresAt) return false;
    const score = given.score ?? survey.score;
    if (score === null || score < SCALES[survey.kind].min || score > SCALES[survey.kind].max) return false;
    const comment = given.comment ?? survey.comment;
    const rescored = score !== survey.score;
    if (!rescored && comment === survey.comment) return true;
    const answeredAt = rescored ? given.at : (survey.answeredAt ?? given.at);
    const answeredVia = rescored ? given.via : (survey.answeredVia ?? given.via);
    await this.repository.save(tx, { ...survey, state: 'answered', score, comment, answeredAt, answeredVia });
    if (!rescored) return true;
    const ticket = await this.repository.ticket(tx, workspaceId, survey.ticketId);
    const who: Actor = { kind: 'contact', id: survey.contactId };
    this.tell(tx, survey, ticket, who, { type: 'survey.answered', score });
    return true;
  }

  private tell(
    tx: Tx,
    survey: Survey,
    ticket: SurveyTicket,
    actor: Actor,
    what: { type: 'survey.asked' } | { type: 'survey.answered'; score: number },
  ): void {
    const { workspaceId, id: surveyId, ticketId, conversationId, contactId, kind } = survey;
    const audience = ticketAudience({ id: ticketId, teamId: ticket.teamId, assigneeId: ticket.assigneeId });
    const subject = { ticketId, conversationId, contactId };
    this.outbox.record(
      tx,
      what.type === 'survey.asked'
        ? event(workspaceId, what.type, actor, subject, audience, { surveyId, kind })
        : event(workspaceId, what.type, actor, subject, audience, { surveyId, kind, score: what.score }),
    );
  }
}

export const askJob = ({ workspaceId, id, dueAt }: Pick<Survey, 'workspaceId' | 'id' | 'dueAt'>): NewJob => ({
  workspaceId,
  queue: 'tickets',
  name: ASK_JOB,
  payload: { surveyId: id },
  // one for each time it is due: an earlier one finds that it is not
  dedupeKey: `${id}:${dueAt.getTime()}`,
  runAt: dueAt,
});

function localeOf(ticket: SurveyTicket, lastWords: string | null): SurveyLocale {
  const said = lastWords === null ? null : guessLanguage(lastWords);
  const language = said ?? ticket.language ?? ticket.contactLocale ?? ticket.workspaceLocale;
  return language.startsWith('en') ? 'en' : 'fa';
}
