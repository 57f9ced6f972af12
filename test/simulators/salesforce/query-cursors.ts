import { RequestRefused } from './errors';
import { IdSequence } from './ids';

interface Cursor {
  userId: string;
  openedAtMs: number;
  pageSize: number;
  records: Record<string, unknown>[];
}

export interface QueryPage {
  totalSize: number;
  done: boolean;
  /** `<locator>-<offset>` of the next page. */
  nextLocator?: string;
  records: Record<string, unknown>[];
}

const LIFE_MS = 2 * 86_400_000;
const OPEN_PER_USER = 10;
const MAX_PAGE = 2000;
const MIN_PAGE = 200;

/** Query results too long for one answer. A user has ten open cursors; opening another closes the oldest. */
export class QueryCursors {
  private readonly cursors = new Map<string, Cursor>();
  private readonly ids = new IdSequence();

  constructor(private readonly now: () => number) {}

  clear(): void {
    this.cursors.clear();
  }

  /** First page. `wantedSize` is the caller's batchSize, kept within 200 and 2,000. */
  open(userId: string, totalSize: number, records: Record<string, unknown>[], wantedSize: number): QueryPage {
    const pageSize = Math.min(MAX_PAGE, Math.max(MIN_PAGE, wantedSize));
    if (records.length <= pageSize) return { totalSize, done: true, records };
    const locator = this.ids.take('0r8');
    this.cursors.set(locator, { userId, openedAtMs: this.now(), pageSize, records });
    const own = [...this.cursors].filter(([, cursor]) => cursor.userId === userId);
    for (const [oldest] of own.slice(0, -OPEN_PER_USER)) this.cursors.delete(oldest);
    return this.page(locator, 0);
  }

  next(locatorAndOffset: string): QueryPage {
    const [locator = '', offset = ''] = locatorAndOffset.split('-');
    const cursor = this.cursors.get(locator);
    if (!cursor || !/^\d+$/.test(offset) || this.now() - cursor.openedAtMs > LIFE_MS) {
      throw new RequestRefused(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
    }
    return this.page(locator, Number(offset));
  }

  private page(locator: string, offset: number): QueryPage {
    const { records = [], pageSize = MAX_PAGE } = this.cursors.get(locator) ?? {};
    const end = offset + pageSize;
    const done = end >= records.length;
    return {
      totalSize: records.length,
      done,
      ...(done ? {} : { nextLocator: `${locator}-${end}` }),
      records: records.slice(offset, end),
    };
  }
}
