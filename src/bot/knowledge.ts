import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../platform/database';
import { FaqRepository } from './faq.repository';
import { FAQ_MATCHER, type FaqMatcher, type TrainedFaq } from './matcher';

export interface Learned {
  faq: TrainedFaq;
  /** Version of each article when it was learned. */
  versions: ReadonlyMap<string, number>;
}

interface Entry {
  edition: string;
  /** Shared by all who ask while it is being learned. */
  learned: Promise<Learned>;
  bytes: number;
}

const BUDGET_BYTES = 64 * 1024 * 1024; // some eight knowledge bases of a thousand articles, or hundreds of small ones

/**
 * What each brand's bot has learned, kept in memory and learned anew when an article changed anywhere: the table's
 * edition is read each time, so every node notices. Least recently asked goes first when the budget is spent.
 */
@Injectable()
export class Knowledge {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly database: Database,
    private readonly articles: FaqRepository,
    @Inject(FAQ_MATCHER) private readonly matcher: FaqMatcher,
  ) {}

  async of(workspaceId: string, brandId: string): Promise<Learned> {
    const key = `${workspaceId}/${brandId}`;
    const edition = await this.database.lean({ workspaceId }, (tx) => this.articles.edition(tx, workspaceId, brandId));
    let entry = this.entries.get(key);
    if (entry?.edition !== edition) entry = { edition, learned: this.learn(workspaceId, brandId), bytes: 0 };
    this.entries.delete(key);
    this.entries.set(key, entry); // last in order is most recently asked
    try {
      const learned = await entry.learned;
      entry.bytes = learned.faq.bytes;
      this.keepWithinBudget();
      return learned;
    } catch (error) {
      if (this.entries.get(key) === entry) this.entries.delete(key); // the next who asks tries again
      throw error;
    }
  }

  private async learn(workspaceId: string, brandId: string): Promise<Learned> {
    const articles = await this.database.lean({ workspaceId }, (tx) => this.articles.known(tx, workspaceId, brandId));
    const versions = new Map(articles.map(({ id, version }) => [id, version]));
    return { faq: await this.matcher.train(articles), versions };
  }

  private keepWithinBudget(): void {
    let held = 0;
    for (const entry of this.entries.values()) held += entry.bytes;
    for (const [key, entry] of this.entries) {
      if (held <= BUDGET_BYTES || this.entries.size === 1) return;
      this.entries.delete(key);
      held -= entry.bytes;
    }
  }
}
