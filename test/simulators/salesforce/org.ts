import { ApiUsage } from './api-usage';
import { Auth, type OrgUser } from './auth';
import { RowRefused } from './errors';
import { Faults, lockError } from './faults';
import { IdSequence, withChecksum } from './ids';
import { Journal, type JournalEntry } from './journal';
import { QueryCursors } from './query-cursors';
import { Records, type WriteScope } from './records';
import { type FieldDef, type ObjectDef, type Row, Schema, type ValidationRule } from './schema';
import { Soql } from './soql';
import { Store } from './store';

export interface OrgOptions {
  /** Seed of everything decided by chance. */
  seed?: number;
  /** API calls per rolling 24 hours. */
  dailyLimit?: number;
  /** A token unused for longer than this is dead. */
  tokenIdleMs?: number;
  /** The tenant's own custom fields, by object name. */
  extraFields?: Record<string, FieldDef[]>;
  /** Validation rules by object name. */
  validationRules?: Record<string, ValidationRule[]>;
  /** Calls kept in the journal. */
  journalCapacity?: number;
}

export const INTEGRATION_USER = 'integration@example.test';
export const CRM_USER = 'crm.user@example.test';

/** Everything one org is: its rows, people, tokens, limits, faults and what it remembers of its callers. */
export class Org {
  readonly id = withChecksum('00DEM0000000001');
  readonly schema: Schema;
  readonly store: Store;
  readonly records: Records;
  readonly soql: Soql;
  readonly cursors: QueryCursors;
  readonly auth: Auth;
  readonly usage: ApiUsage;
  readonly faults: Faults;
  readonly journal: Journal;
  /** When true, a row whose record or parent another call in flight has written is refused with UNABLE_TO_LOCK_ROW. */
  refuseOverlaps = false;
  url = '';
  private readonly ids = new IdSequence();
  private clockMs: number | undefined;

  constructor(options: OrgOptions) {
    const now = () => this.now();
    this.schema = new Schema(options.extraFields);
    this.store = new Store(this.schema);
    const rules = new Map(Object.entries(options.validationRules ?? {}));
    this.records = new Records(this.schema, this.store, this.ids, rules);
    this.soql = new Soql(this.schema, this.store);
    this.cursors = new QueryCursors(now);
    this.usage = new ApiUsage(options.dailyLimit ?? 15_000, now);
    this.faults = new Faults(options.seed ?? 1);
    this.journal = new Journal(options.journalCapacity ?? 20_000);
    this.auth = new Auth({
      orgId: this.id,
      url: () => this.url,
      now,
      tokenIdleMs: options.tokenIdleMs ?? 2 * 3_600_000,
      findUser: (username) => this.user(username),
    });
    this.seedUsers();
  }

  now(): number {
    return this.clockMs ?? Date.now();
  }

  /** Stops the org's clock at `ms`, or lets it follow the machine's again. */
  setClockMs(ms: number | undefined): void {
    this.clockMs = ms;
  }

  object(name: string): ObjectDef | undefined {
    return this.schema.object(name);
  }

  user(username: string): OrgUser | undefined {
    const users = this.schema.object('User');
    if (!users) return undefined;
    for (const row of this.store.rows(users)) {
      if (row.Username === username) return { id: String(row.Id), username, active: row.IsActive === true };
    }
    return undefined;
  }

  /** How a call that is in the journal writes: rules on rows and the overlap detector are asked before each row. */
  apiScope(userId: string, entry: JournalEntry): WriteScope {
    return {
      userId,
      nowMs: this.now(),
      beforeCommit: (def, row, touched) => {
        const held = this.journal.touch(entry, touched);
        const failure = this.faults.forRow(def, row, String(row.Id));
        if (failure) throw new RowRefused([failure]);
        if (held !== undefined && this.refuseOverlaps) throw new RowRefused([lockError(held)]);
      },
    };
  }

  /** How a person in the CRM, or a test, writes: with validation, past faults and limits. */
  crmScope(): WriteScope {
    return { userId: this.user(CRM_USER)?.id ?? '', nowMs: this.now(), beforeCommit: () => undefined };
  }

  /** An org as new: no rows, tokens, faults, journal or usage. Apps and rules stay. */
  reset(): void {
    this.store.clear();
    this.ids.reset();
    this.records.reset();
    this.cursors.clear();
    this.auth.revokeAll();
    this.usage.reset();
    this.faults.reset();
    this.journal.clear();
    this.refuseOverlaps = false;
    this.clockMs = undefined;
    this.seedUsers();
  }

  /** Rows of an object whose fields have these values; deleted rows only when asked for by `IsDeleted`. */
  find(object: string, where: Row = {}): Row[] {
    const def = this.schema.object(object);
    if (!def) throw new Error(`The emulator has no object ${object}; see schema-standard.ts and schema-social.ts.`);
    const wanted = Object.entries({ IsDeleted: false, ...where });
    return [...this.likelyRows(def, where)].filter((row) => wanted.every(([field, value]) => row[field] === value));
  }

  /** By index when one of the values has one. */
  private likelyRows(def: ObjectDef, where: Row): Iterable<Row> {
    for (const [name, value] of Object.entries(where)) {
      const field = this.schema.field(def, name);
      if (field && value !== null && this.store.isIndexed(field)) return this.store.lookup(def, field, value);
    }
    return this.store.rows(def);
  }

  private seedUsers(): void {
    const users = this.schema.object('User');
    if (!users) return;
    const scope: WriteScope = { userId: '', nowMs: this.now(), beforeCommit: () => undefined };
    this.records.create(users, { LastName: 'Integration', Username: INTEGRATION_USER, Email: INTEGRATION_USER }, scope);
    const crmUser = { FirstName: 'Crm', LastName: 'User', Username: CRM_USER, Email: CRM_USER };
    this.records.create(users, crmUser, scope);
  }
}
