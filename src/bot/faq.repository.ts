import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database';
import { notFound } from '../platform/errors';
import { FaqArticleEntity } from './faq-article.entity';
import type { TrainingArticle } from './matcher';

/** An article as it was when the matcher learned it. */
export interface KnownArticle extends TrainingArticle {
  version: number;
}

export interface ArticleFilter {
  locale?: string;
  enabled?: boolean;
  /** Part of a title, in any case. */
  q?: string;
  cursor?: string;
  limit: number;
}

/** All SQL on `faq_articles`. */
@Injectable()
export class FaqRepository {
  /** By id, that is by age; one more than `limit`, which tells that there are more. */
  list(tx: Tx, workspaceId: string, filter: ArticleFilter): Promise<FaqArticleEntity[]> {
    const query = tx.entities
      .createQueryBuilder(FaqArticleEntity, 'a')
      .where('a.workspaceId = :workspaceId', { workspaceId })
      .orderBy('a.id')
      .limit(filter.limit + 1);
    if (filter.cursor) query.andWhere('a.id > :cursor', { cursor: filter.cursor });
    if (filter.locale) query.andWhere('a.locale = :locale', { locale: filter.locale });
    if (filter.enabled !== undefined) query.andWhere('a.enabled = :enabled', { enabled: filter.enabled });
    if (filter.q) query.andWhere('strpos(lower(a.title), lower(:q)) > 0', { q: filter.q });
    return query.getMany();
  }

  async insert(tx: Tx, article: FaqArticleEntity): Promise<void> {
    await tx.entities.insert(FaqArticleEntity, article);
  }

  /** @throws DomainError `not_found` */
  async lock(tx: Tx, workspaceId: string, id: string): Promise<FaqArticleEntity> {
    const article = await tx.entities.findOne(FaqArticleEntity, {
      where: { workspaceId, id },
      lock: { mode: 'pessimistic_write' },
    });
    if (!article) throw notFound('article');
    return article;
  }

  async save(tx: Tx, article: FaqArticleEntity): Promise<void> {
    const { workspaceId, id, ...rest } = article;
    await tx.entities.update(FaqArticleEntity, { workspaceId, id }, rest);
  }

  async brandExists(tx: Tx, workspaceId: string, brandId: string): Promise<boolean> {
    // $1 workspace, $2 brand
    const rows = await tx.query('SELECT 1 FROM brands WHERE workspace_id = $1 AND id = $2', [workspaceId, brandId]);
    return rows.length > 0;
  }

  /** Changes with every edit of what a brand's bot knows: no two states of the articles share it. */
  async edition(tx: Tx, workspaceId: string, brandId: string): Promise<string> {
    // $1 workspace, $2 brand
    const [row] = await tx.query<{ edition: string }>(
      `SELECT concat_ws('/', count(*), sum(version), max(updated_at), count(*) FILTER (WHERE enabled)) AS edition
       FROM faq_articles WHERE workspace_id = $1 AND (brand_id IS NULL OR brand_id = $2)`,
      [workspaceId, brandId],
      'faq_edition',
    );
    return row!.edition;
  }

  /** Whether the bot of this workspace could answer anything at all. */
  async any(tx: Tx, workspaceId: string): Promise<boolean> {
    const rows = await tx.query(
      `SELECT 1 FROM faq_articles WHERE workspace_id = $1 AND enabled LIMIT 1`,
      [workspaceId],
      'faq_any',
    );
    return rows.length > 0;
  }

  /** What a brand's bot may use: the enabled articles of the brand and of all brands. */
  known(tx: Tx, workspaceId: string, brandId: string): Promise<KnownArticle[]> {
    // $1 workspace, $2 brand
    return tx.query<KnownArticle>(
      `SELECT id, version, locale, title, phrasings FROM faq_articles
       WHERE workspace_id = $1 AND (brand_id IS NULL OR brand_id = $2) AND enabled ORDER BY id`,
      [workspaceId, brandId],
    );
  }

  /** The article if it is still as it was learned; held so until this transaction ends. */
  async asLearned(
    tx: Tx,
    workspaceId: string,
    id: string,
    version: number,
  ): Promise<{ answer: string; autoSend: boolean } | undefined> {
    // $1 workspace, $2 article, $3 version
    const [row] = await tx.query<{ answer: string; autoSend: boolean }>(
      `SELECT answer, auto_send AS "autoSend" FROM faq_articles
       WHERE workspace_id = $1 AND id = $2 AND version = $3 AND enabled FOR SHARE`,
      [workspaceId, id, version],
      'faq_as_learned',
    );
    return row;
  }
}
