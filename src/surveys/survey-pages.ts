import { Injectable } from '@nestjs/common';
import { SCALES } from '../inbox/conversations/survey-score';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { Secrets } from '../platform/secrets';
import { cleanText } from '../text/clean';
import { askText, LONGEST_COMMENT, thanksText } from './survey';
import type { PageFacts } from './survey-page';
import { SurveySettingsService } from './survey-settings.service';
import { type Survey, SurveysRepository } from './surveys.repository';
import { SurveysService } from './surveys.service';

export type PageAnswer = { state: 'gone' } | { state: 'kept' | 'refused'; facts: PageFacts };

/** Surveys behind their links. An unknown link, another's and an expired one look the same. */
@Injectable()
export class SurveyPages {
  constructor(
    private readonly database: Database,
    private readonly repository: SurveysRepository,
    private readonly settings: SurveySettingsService,
    private readonly surveys: SurveysService,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
  ) {}

  async open(token: string): Promise<PageFacts | null> {
    return this.behind(token, (tx, survey) => this.facts(tx, survey, false));
  }

  /** @param form as posted: `score`, `comment` */
  async answer(token: string, form: unknown): Promise<PageAnswer> {
    const answered = await this.behind(token, async (tx, survey): Promise<PageAnswer> => {
      const { score, comment } = fieldsOf(form);
      const { min, max } = SCALES[survey.kind];
      if (!Number.isInteger(score) || score < min || score > max)
        return { state: 'refused', facts: await this.facts(tx, survey, false) };
      const given = { score, comment, via: 'page' as const, at: this.clock.now() };
      if (!(await this.surveys.answer(tx, survey.workspaceId, survey.id, given))) return { state: 'gone' };
      const after = (await this.repository.find(tx, survey.workspaceId, survey.id))!;
      return { state: 'kept', facts: await this.facts(tx, after, true) };
    });
    return answered ?? { state: 'gone' };
  }

  private async behind<T>(token: string, work: (tx: Tx, survey: Survey) => Promise<T>): Promise<T | null> {
    const hash = this.secrets.tokenHash(token);
    const found = await this.database.lean('system', (tx) => this.repository.byToken(tx, hash));
    if (!found) return null;
    return this.database.transaction({ workspaceId: found.workspaceId }, async (tx) => {
      const survey = await this.repository.find(tx, found.workspaceId, found.id);
      if (!survey?.expiresAt || survey.expiresAt <= this.clock.now()) return null;
      return work(tx, survey);
    });
  }

  private async facts(tx: Tx, survey: Survey, thank: boolean): Promise<PageFacts> {
    const { kind, locale, score, comment } = survey;
    const { texts } = await this.settings.of(tx, survey.workspaceId, survey.brandId);
    const { brandName } = await this.repository.ticket(tx, survey.workspaceId, survey.ticketId);
    return {
      locale,
      kind,
      question: askText({ kind, texts }, locale, { brand: brandName, link: null }),
      score,
      comment,
      thanks: thank ? thanksText({ kind, texts }, locale) : null,
    };
  }
}

/** A form may hold anything. */
function fieldsOf(form: unknown): { score: number; comment: string | undefined } {
  const { score, comment }: { score?: unknown; comment?: unknown } =
    typeof form === 'object' && form !== null ? form : {};
  const text = typeof comment === 'string' ? cleanText(comment).trim() : '';
  return {
    score: typeof score === 'string' && /^\d{1,2}$/.test(score) ? Number(score) : Number.NaN,
    comment: text === '' ? undefined : Array.from(text).slice(0, LONGEST_COMMENT).join(''),
  };
}
