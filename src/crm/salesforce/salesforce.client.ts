import type { Connection, HttpRequest } from 'jsforce';
import { CallFailed, classify, type RowError } from './errors';
import { JWT_GRANT, jwtAssertion } from './jwt';
import type { CrmRecord } from './mapping';

/** How to log in to one org. */
export interface SalesforceAccess {
  /** My Domain, or a login host, without a trailing slash. */
  loginUrl: string;
  /** The app's consumer key. */
  clientId: string;
  /** The integration user. */
  username: string;
  /** PEM, RSA. */
  privateKey: string;
}

export interface ClientOptions {
  /** After this long a call's outcome is unknown, and the call is given up. */
  timeoutMs: number;
  /** Whether the org may be on this machine (simulators). */
  loopback: boolean;
  now: () => Date;
  /** One line for each call. */
  tell: (line: CallLine) => void;
}

export interface CallLine {
  call: string;
  ms: number;
  rows: number;
  /** `ok` or the failure's code. */
  outcome: string;
}

/** Calls of the rolling 24 hours, as the last answer told. */
export interface ApiUsage {
  used: number;
  limit: number;
}

/** One row of a collections answer, in the order asked. */
export interface RowResult {
  id?: string;
  success: boolean;
  errors: RowError[];
}

export interface FieldDescription {
  name: string;
  createable: boolean;
  updateable: boolean;
}

/** One constant, so that a new version is one reviewed change; each is served for three years or more. */
const VERSION = '62.0';
const DATA = `/services/data/v${VERSION}`;
/** Salesforce takes at most this many rows in a collections call. */
export const MAX_ROWS = 200;
const DESCRIBED_FOR_MS = 24 * 3_600_000;
const MAX_PAGES = 10; // a search for a few hundred people that answers more is not believed to its end

/**
 * The only file that speaks to Salesforce, through jsforce. Deliberately little: jsforce's own retries, its unbounded
 * session refresh, its query builder and its id-in-URL upsert are all left aside. A call is tried once; a dead session
 * is replaced once. @throws CallFailed
 */
export class SalesforceClient {
  private connection?: Connection;
  private loggingIn?: Promise<Connection>;
  private readonly described = new Map<string, { at: number; fields: FieldDescription[] }>();
  organizationId: string | null = null;
  /** Whom the org takes us for; null before the first login. */
  userId: string | null = null;
  usage: ApiUsage | null = null;

  constructor(
    private readonly access: SalesforceAccess,
    private readonly options: ClientOptions,
  ) {}

  /** Where the org's pages are; null before the first login. */
  get instanceUrl(): string | null {
    return this.connection?.instanceUrl ?? null;
  }

  /** Logs in anew: proves that the key, the app and the user still fit together. */
  async login(): Promise<void> {
    this.connection = undefined;
    await this.connected();
  }

  /** Writes up to 200 records of one type, found or made by their key; rows fail one by one. */
  async upsert(type: string, keyField: string, records: readonly CrmRecord[]): Promise<RowResult[]> {
    const body = JSON.stringify({ allOrNone: false, records });
    const url = `${DATA}/composite/sobjects/${type}/${keyField}`;
    const headers = { 'content-type': 'application/json' };
    const results = await this.call<RowResult[]>(
      `upsert ${type}`,
      { method: 'PATCH', url, body, headers },
      records.length,
    );
    if (!Array.isArray(results) || results.length !== records.length) {
      throw new CallFailed(new Error(`The answer to ${records.length} rows was not as many results.`));
    }
    return results;
  }

  async query<Row extends Record<string, unknown>>(call: string, soql: string): Promise<Row[]> {
    interface Page {
      records: Row[];
      done: boolean;
      nextRecordsUrl?: string;
    }
    const rows: Row[] = [];
    let url: string | undefined = `${DATA}/query?q=${encodeURIComponent(soql)}`;
    for (let page = 0; url !== undefined && page < MAX_PAGES; page++) {
      const answer: Page = await this.call<Page>(call, { method: 'GET', url }, 0);
      rows.push(...answer.records);
      url = answer.done ? undefined : answer.nextRecordsUrl;
    }
    return rows;
  }

  /** The object's fields as the integration user sees them; remembered for a day. */
  async fieldsOf(type: string, fresh = false): Promise<FieldDescription[]> {
    const known = this.described.get(type);
    const now = this.options.now().getTime();
    if (known && !fresh && now - known.at < DESCRIBED_FOR_MS) return known.fields;
    const url = `${DATA}/sobjects/${type}/describe`;
    const { fields } = await this.call<{ fields: FieldDescription[] }>(`describe ${type}`, { method: 'GET', url }, 0);
    this.described.set(type, { at: now, fields });
    return fields;
  }

  private async call<R>(call: string, request: HttpRequest, rows: number): Promise<R> {
    const connection = await this.connected();
    try {
      return await this.once<R>(connection, call, request, rows);
    } catch (error) {
      if (!(error instanceof CallFailed) || error.failure.kind !== 'reauth') throw error;
      // sessions end for many reasons; other calls may have replaced this one already
      if (this.connection === connection) this.connection = undefined;
      return this.once<R>(await this.connected(), call, request, rows);
    }
  }

  private once<R>(connection: Connection, call: string, request: HttpRequest, rows: number): Promise<R> {
    const { timeoutMs } = this.options;
    const once = { retry: { maxRetries: 0, methods: [] }, timeout: timeoutMs };
    return this.told(call, rows, async () => {
      try {
        return await this.inTime(connection.request<R>({ ...request }, once));
      } finally {
        this.usage = connection.limitInfo.apiUsage ?? this.usage;
      }
    });
  }

  private async connected(): Promise<Connection> {
    if (this.connection) return this.connection;
    this.loggingIn ??= this.authorize().finally(() => (this.loggingIn = undefined));
    return this.loggingIn;
  }

  private authorize(): Promise<Connection> {
    const { loginUrl, clientId, username, privateKey } = this.access;
    return this.told('login', 0, async () => {
      const { Connection } = await import('jsforce'); // a third of a second to load: only where it is used
      const connection = new Connection({ version: VERSION, loginUrl, callOptions: { client: 'pasokh' } });
      const assertion = jwtAssertion({ clientId, username, audience: loginUrl, privateKey }, this.options.now());
      const user = await this.inTime(connection.authorize({ grant_type: JWT_GRANT, assertion }));
      if (!isSalesforceUrl(connection.instanceUrl, this.options.loopback)) {
        throw Object.assign(new Error('The login named an instance outside Salesforce.'), {
          errorCode: 'INVALID_INSTANCE_URL',
        });
      }
      this.organizationId = user.organizationId;
      this.userId = user.id;
      this.connection = connection;
      return connection;
    });
  }

  /** jsforce's own timer ends with the headers; this one covers the body too. */
  private async inTime<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('No answer in time.')), this.options.timeoutMs + 1_000);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async told<T>(call: string, rows: number, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const tell = (outcome: string) =>
      this.options.tell({ call, rows, ms: Math.round(performance.now() - started), outcome });
    try {
      const result = await work();
      tell('ok');
      return result;
    } catch (error) {
      tell(classify(error).code);
      throw new CallFailed(error);
    }
  }
}

const HOSTS = /(^|\.)(salesforce\.com|force\.com|salesforce\.mil|cloudforce\.com|sfcrmproducts\.cn)$/;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** A token and customers' words go there: https to Salesforce's own hosts, or this machine where that is allowed. */
export function isSalesforceUrl(text: string, loopback: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return false;
  if (loopback && LOOPBACK.has(url.hostname)) return url.protocol === 'http:' || url.protocol === 'https:';
  return url.protocol === 'https:' && HOSTS.test(url.hostname);
}
