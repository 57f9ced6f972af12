import { Injectable } from '@nestjs/common';
import type { Principal } from '../identity/principal';
import { TicketsService } from '../inbox/tickets/tickets.service';
import { Clock } from '../platform/clock';
import { Database } from '../platform/database';
import { DomainError } from '../platform/errors';
import { csatOf, npsOf } from './survey';
import { type Survey, SurveysRepository } from './surveys.repository';

const USUAL_SPAN_MS = 30 * 86_400_000;
const LONGEST_SPAN_MS = 400 * 86_400_000;

type Count = Awaited<ReturnType<SurveysRepository['counts']>>[number];

/** What customers answered: on a ticket, and over a span of time. */
@Injectable()
export class SurveyResults {
  constructor(
    private readonly database: Database,
    private readonly repository: SurveysRepository,
    private readonly tickets: TicketsService,
    private readonly clock: Clock,
  ) {}

  /** `survey` is null when the ticket has none. */
  ofTicket(who: Principal, ticketId: string) {
    return this.database.lean(who, async (tx) => {
      await this.tickets.see(tx, who, ticketId);
      const survey = await this.repository.ofTicket(tx, who.workspaceId, ticketId);
      return { survey: survey ? surveyView(survey) : null };
    });
  }

  /** Of what was asked from `from` until before `to`; the last 30 days by default. */
  between(who: Principal, span: { from?: string; to?: string }) {
    const to = span.to === undefined ? this.clock.now() : new Date(span.to);
    const from = span.from === undefined ? new Date(to.getTime() - USUAL_SPAN_MS) : new Date(span.from);
    if (from >= to || to.getTime() - from.getTime() > LONGEST_SPAN_MS)
      throw new DomainError('validation_failed', 'Please correct: from.', {
        fields: [{ path: 'from', problem: 'must be before `to`, by 400 days at most' }],
      });
    return this.database.lean(who, async (tx) => {
      const counts = await this.repository.counts(tx, who.workspaceId, from, to);
      const of = (kind: 'csat' | 'nps') => {
        const rows = counts.filter((count) => count.kind === kind);
        const results = (by: Count['by']) => rows.filter((row) => row.by === by).map(resultOf);
        return {
          ...(results('all')[0] ?? resultOf({ kind, by: 'all', id: null, name: null, asked: 0, scores: {} })),
          byAgent: results('agent'),
          byChannel: results('channel'),
          byBrand: results('brand'),
        };
      };
      const notAsked = await this.repository.notAsked(tx, who.workspaceId, from, to);
      return { from, to, csat: of('csat'), nps: of('nps'), notAsked };
    });
  }
}

const resultOf = ({ kind, id, name, asked, scores }: Count) => ({
  id,
  name,
  asked,
  scores,
  ...(kind === 'csat' ? csatOf(scores) : npsOf(scores)),
});

/** What agents see of a survey: never the link. */
function surveyView(survey: Survey) {
  const { workspaceId: _, tokenHash: _hash, ...view } = survey;
  return view;
}
