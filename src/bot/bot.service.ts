import { Inject, Injectable } from '@nestjs/common';
import { canSeeTicket, type Principal } from '../identity/principal';
import { room, ticketAudience } from '../outbox/audience';
import { type Actor, event } from '../outbox/domain-event';
import { Outbox } from '../outbox/outbox';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { notFound, RetryLater } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { BRAKE_MEMORY_MS, brakeSettings } from './answer-brake';
import { botSettings, confidentMatch, mayAnswerAlone, openQuestion, type SendFacts, usesAnswer } from './bot-decision';
import { BOT_REPLIES, type BotReplies } from './bot-replies';
import { type AnswerInPlace, BotRepository, type Outcome, type TicketRef } from './bot.repository';
import { FaqRepository } from './faq.repository';
import { Knowledge } from './knowledge';

const BOT: Actor = { kind: 'bot' };

/** How a look at a conversation ended. */
export type Answered = 'sent' | 'suggested' | 'not_asked' | 'not_sure' | 'too_late';

interface Where {
  workspaceId: string;
  conversationId: string;
}

type Choice = Pick<SendFacts, 'question' | 'match' | 'settings' | 'brake'> & { version: number };

@Injectable()
export class BotService {
  constructor(
    private readonly database: Database,
    private readonly bot: BotRepository,
    private readonly articles: FaqRepository,
    private readonly knowledge: Knowledge,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(BOT_REPLIES) private readonly replies: BotReplies,
  ) {}

  /**
   * Answers the newest open question of a conversation, or leaves it to people. Safe to call twice and at any time: the
   * choice is made from a look without locks, and written only if, with the conversation held, everything still stands.
   * @throws RetryLater when the question or the chosen article changed meanwhile
   */
  async answer(where: Where): Promise<Answered> {
    const seen = await this.database.lean({ workspaceId: where.workspaceId }, (tx) => this.look(tx, where));
    if (!seen) return 'not_asked';
    const { faq, versions } = await this.knowledge.of(where.workspaceId, seen.brandId);
    const match = confidentMatch(seen.question.message.text, faq.match(seen.question.message.text), seen.settings);
    if (!match) return 'not_sure';
    const choice = { ...seen, match, version: versions.get(match.articleId)! };
    return this.database.lean({ workspaceId: where.workspaceId }, (tx) => this.write(tx, where, choice));
  }

  private async look(tx: Tx, { workspaceId, conversationId }: Where) {
    const thread = await this.bot.thread(tx, workspaceId, conversationId);
    if (thread?.handler !== 'bot') return null;
    const question = openQuestion(await this.bot.recentMessages(tx, workspaceId, conversationId));
    if (!question || (await this.bot.isAnswered(tx, workspaceId, question.message.id))) return null;
    const { brandId, contactId } = thread;
    return { question, brandId, contactId, settings: botSettings(thread.settings), brake: brakeSettings(thread.brake) };
  }

  private async write(tx: Tx, where: Where, choice: Choice & { contactId: string }): Promise<Answered> {
    const { workspaceId, conversationId } = where;
    const { match, settings, brake, contactId } = choice;
    const now = this.clock.now();
    if ((await this.bot.lockHandler(tx, workspaceId, conversationId)) !== 'bot') return 'too_late';
    const question = openQuestion(await this.bot.recentMessages(tx, workspaceId, conversationId));
    const { message } = choice.question;
    if (question?.message.id !== message.id) return 'too_late'; // answered, taken back, or a newer one with its own job
    if (question.message.text !== message.text) throw new RetryLater('The question was edited meanwhile.', 0);
    const article = await this.articles.asLearned(tx, workspaceId, match.articleId, choice.version);
    if (!article) throw new RetryLater('The article changed while it was being chosen.', 0);

    const allowance = await this.replies.allowance(tx, { workspaceId, conversationId });
    const since = new Date(now.getTime() - BRAKE_MEMORY_MS);
    const answeredAt = await this.bot.answeredAt(tx, workspaceId, contactId, since);
    const facts = { question, match, article, allowance, settings, brake, answeredAt };
    const mode = mayAnswerAlone(facts, now.getTime()) ? 'sent' : 'suggested';
    const answer = { id: uuidv7(), articleId: match.articleId, score: match.score, locale: match.locale };
    if (
      !(await this.bot.insert(tx, {
        workspaceId,
        conversationId,
        ...answer,
        questionMessageId: message.id,
        mode,
        at: now,
      }))
    )
      return 'not_asked';
    if (mode === 'sent') {
      const reply = { text: article.answer, answerId: answer.id, questionMessageId: message.id };
      const { messageId } = await this.replies.reply(tx, { workspaceId, conversationId, ...reply });
      await this.bot.setReply(tx, workspaceId, answer.id, messageId);
    }

    const ticket = await this.bot.ticketOf(tx, workspaceId, message.id);
    const { id: answerId, ...named } = answer;
    this.outbox.record(
      tx,
      event(
        workspaceId,
        mode === 'sent' ? 'bot.answered' : 'bot.suggested',
        BOT,
        { ticketId: ticket?.id, conversationId, contactId, messageId: message.id },
        audienceOf(ticket),
        { answerId, ...named },
      ),
    );
    return mode;
  }

  /**
   * An agent's word on a suggestion, which may be changed later.
   * @throws DomainError `not_found` also for answers on tickets this agent may not see
   */
  settle(who: Principal, answerId: string, outcome: Outcome): Promise<void> {
    return this.database.transaction({ workspaceId: who.workspaceId }, async (tx) => {
      const answer = await this.bot.lockAnswer(tx, who.workspaceId, answerId);
      if (!answer || !canSeeTicket(who, answer.ticket ?? { teamId: null, assigneeId: null })) throw notFound('answer');
      await this.record(tx, answer, outcome, { kind: 'agent', id: who.agentId });
    });
  }

  /** Whether there is anything to answer with; where nobody wrote articles, questions cost nothing. */
  knowsAnything(tx: Tx, workspaceId: string): Promise<boolean> {
    return this.articles.any(tx, workspaceId);
  }

  /** A suggestion whose words an agent sent was a good one, whether or not anybody pressed a button. */
  async acceptUsed(tx: Tx, workspaceId: string, replyIds: readonly string[]): Promise<void> {
    for (const suggestion of await this.bot.openSuggestions(tx, workspaceId, replyIds)) {
      if (!usesAnswer(suggestion.replyText, suggestion.articleAnswer)) continue;
      await this.record(tx, suggestion, 'accepted', { kind: 'agent', id: suggestion.agentId ?? undefined });
    }
  }

  private async record(tx: Tx, answer: AnswerInPlace, outcome: Outcome, actor: Actor): Promise<void> {
    const { workspaceId, ticket, conversationId, contactId, questionMessageId: messageId } = answer;
    if (!(await this.bot.settle(tx, workspaceId, answer.id, outcome))) return;
    const subject = { ticketId: ticket?.id, conversationId, contactId, messageId };
    const data = { answerId: answer.id, outcome };
    this.outbox.record(tx, event(workspaceId, 'bot.suggestion_settled', actor, subject, audienceOf(ticket), data));
  }
}

const audienceOf = (ticket: TicketRef | null) => (ticket ? ticketAudience(ticket) : [room.leads]);
