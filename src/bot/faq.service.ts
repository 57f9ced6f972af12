import { Injectable } from '@nestjs/common';
import { Audit, type Changes, changesBetween } from '../audit/audit';
import { askedFor } from '../identity/identity.dto';
import { type Page, pageOf } from '../identity/page';
import type { Principal } from '../identity/principal';
import { Clock } from '../platform/clock';
import { Database, type Tx } from '../platform/database';
import { DomainError } from '../platform/errors';
import { uuidv7 } from '../platform/ids';
import { normalise } from '../text/normalise';
import type { FaqArticleEntity } from './faq-article.entity';
import { type ArticleFilter, FaqRepository } from './faq.repository';

/** What people write of an article. */
export type ArticleText = Pick<
  FaqArticleEntity,
  'brandId' | 'locale' | 'title' | 'phrasings' | 'answer' | 'autoSend' | 'enabled'
>;
export type NewArticle = Pick<ArticleText, 'locale' | 'title' | 'answer'> & Partial<ArticleText>;

const FIELDS = ['brandId', 'locale', 'title', 'phrasings', 'answer', 'autoSend', 'enabled'] as const;

/** The articles the bot answers from. None is ever removed: answers given refer to them; they are disabled. */
@Injectable()
export class FaqService {
  constructor(
    private readonly database: Database,
    private readonly articles: FaqRepository,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  list(who: Principal, filter: ArticleFilter): Promise<Page<FaqArticleEntity>> {
    return this.inside(who, async (tx) => pageOf(await this.articles.list(tx, who.workspaceId, filter), filter.limit));
  }

  create(who: Principal, given: NewArticle): Promise<FaqArticleEntity> {
    return this.inside(who, async (tx) => {
      await this.checkBrand(tx, who, given.brandId);
      const article: FaqArticleEntity = {
        workspaceId: who.workspaceId,
        id: uuidv7(),
        brandId: given.brandId ?? null,
        locale: given.locale,
        title: given.title,
        phrasings: distinct(given.phrasings ?? []),
        answer: given.answer,
        autoSend: given.autoSend ?? false,
        enabled: given.enabled ?? true,
        version: 1,
        updatedAt: this.clock.now(),
      };
      await this.articles.insert(tx, article);
      const first = Object.fromEntries(FIELDS.map((field) => [field, { from: null, to: article[field] }]));
      await this.log(tx, who, 'faq_article.created', article.id, first);
      return article;
    });
  }

  /**
   * @param version the version that was edited, when the caller wants to be refused if the article has moved on
   * @throws DomainError `not_found`, `conflict`
   */
  change(who: Principal, id: string, asked: Partial<ArticleText>, version?: number): Promise<FaqArticleEntity> {
    return this.inside(who, async (tx) => {
      const before = await this.articles.lock(tx, who.workspaceId, id);
      if (version !== undefined && version !== before.version) {
        throw new DomainError('conflict', 'Someone changed this article meanwhile; load it again.', {
          version: before.version,
        });
      }
      const change = askedFor(asked);
      if (change.phrasings) change.phrasings = distinct(change.phrasings);
      const changes = changesBetween<ArticleText>(before, change, FIELDS);
      if (Object.keys(changes).length === 0) return before;
      if (changes['brandId']) await this.checkBrand(tx, who, change.brandId);
      const stamp = { version: before.version + 1, updatedAt: this.clock.now() };
      const after: FaqArticleEntity = Object.assign(before, change, stamp);
      await this.articles.save(tx, after);
      await this.log(tx, who, 'faq_article.changed', id, changes);
      return after;
    });
  }

  private async checkBrand(tx: Tx, who: Principal, brandId: string | null | undefined): Promise<void> {
    if (!brandId || (await this.articles.brandExists(tx, who.workspaceId, brandId))) return;
    const fields = [{ path: 'brandId', problem: 'there is no such brand in this workspace' }];
    throw new DomainError('validation_failed', 'Please correct: brandId.', { fields });
  }

  private log(tx: Tx, who: Principal, action: string, id: string, changes: Changes): Promise<void> {
    const actor = { kind: 'agent' as const, id: who.agentId };
    return this.audit.record(tx, {
      workspaceId: who.workspaceId,
      actor,
      action,
      subject: `faq_article:${id}`,
      changes,
    });
  }

  private inside<T>(who: Principal, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction({ workspaceId: who.workspaceId }, work);
  }
}

/** Phrasings that read the same in search form teach nothing new: the first stays. */
function distinct(phrasings: readonly string[]): string[] {
  const seen = new Map<string, string>();
  for (const phrasing of phrasings) if (!seen.has(normalise(phrasing))) seen.set(normalise(phrasing), phrasing);
  return [...seen.values()];
}
