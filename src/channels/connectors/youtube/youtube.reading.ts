import type { ConnectedChannel } from '../../channel';
import type { PullOutcome } from '../../pulling';
import type { HttpAnswer } from '../../egress';
import { id, string, record, type JsonRecord } from '../json';
import { itemsIn, type YouTubeClient } from './youtube.client';
import { pullOutcomeOf, reasonOf } from './youtube.errors';
import { READ_UNITS } from './youtube.quota';
import type { HeldStatus } from './youtube.settings';

/** Ends a step of pulling early; whoever runs the step gives it back as its outcome. */
export class PullStopped extends Error {
  constructor(readonly outcome: PullOutcome) {
    super('The pull ended early.');
  }
}

export interface Page {
  items: JsonRecord[];
  next: string | undefined;
  etag: string | undefined;
}

const REPLY_PAGES = 10; // a thousand answers; YouTube shows about as many

/** The reading calls of one step, with what they cost. */
export class Reading {
  units = 0;

  constructor(
    private readonly client: YouTubeClient,
    private readonly channel: ConnectedChannel,
    private readonly signal: AbortSignal,
    private readonly now: number,
  ) {}

  /** Newest threads of the whole channel, or those held back. Null: not changed since `etag`, or a page token that no longer holds. */
  async threads(
    status: HeldStatus | 'published',
    pageToken?: string,
    etag?: string,
  ): Promise<Page | 'unchanged' | 'no_page'> {
    const query = {
      part: 'snippet,replies',
      allThreadsRelatedToChannelId: this.channel.externalId,
      order: 'time',
      maxResults: '100',
      textFormat: 'plainText',
      ...(status === 'published' ? {} : { moderationStatus: status }),
      ...(pageToken === undefined ? {} : { pageToken }),
    };
    const answer = await this.get('commentThreads', query, etag);
    if (answer.kind === 'answer' && answer.status === 304) return 'unchanged';
    if (pageToken !== undefined && reasonOf(answer) === 'invalidPageToken') return 'no_page';
    return this.page(answer);
  }

  /** Threads by id, at most 50. Ids that are gone are simply not among them. */
  async threadsById(ids: readonly string[]): Promise<JsonRecord[]> {
    const query = { part: 'snippet,replies', id: ids.join(','), textFormat: 'plainText' };
    return this.page(await this.get('commentThreads', query)).items;
  }

  /** Comments by id, at most 50. */
  async commentsById(ids: readonly string[]): Promise<JsonRecord[]> {
    return this.page(await this.get('comments', { part: 'snippet', id: ids.join(','), textFormat: 'plainText' })).items;
  }

  /** All answers of a thread; null when it is gone. `whole` is false when not all could be read. */
  async replies(threadId: string): Promise<{ items: JsonRecord[]; whole: boolean } | null> {
    const items = new Map<string, JsonRecord>();
    let pageToken: string | undefined;
    for (let n = 0; n < REPLY_PAGES; n++) {
      const query = { part: 'snippet', parentId: threadId, maxResults: '100', textFormat: 'plainText' };
      // each page names the next
      const answer = await this.get('comments', pageToken === undefined ? query : { ...query, pageToken });
      if (answer.kind === 'answer' && answer.status === 404) return null;
      const page = this.page(answer);
      const before = items.size;
      for (const item of page.items) items.set(id(item['id']) ?? '', item);
      if (page.next === undefined) return { items: [...items.values()], whole: true };
      if (items.size === before) break; // the page token was ignored (youtube.md §7)
      pageToken = page.next;
    }
    return { items: [...items.values()], whole: false };
  }

  private get(path: string, query: Record<string, string>, etag?: string): Promise<HttpAnswer> {
    this.units += READ_UNITS;
    return this.client.call({ method: 'GET', path, query, ...(etag === undefined ? {} : { etag }) }, this.signal);
  }

  /** @throws PullStopped when the answer is none */
  private page(answer: HttpAnswer): Page {
    if (answer.kind !== 'answer' || !answer.ok) throw new PullStopped(pullOutcomeOf(answer, this.now));
    const body = record(answer.json);
    return {
      items: itemsIn(body),
      next: string(body?.['nextPageToken']),
      etag: string(body?.['etag']) ?? answer.headers.get('etag') ?? undefined,
    };
  }
}
