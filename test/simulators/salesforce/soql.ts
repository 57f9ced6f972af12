import { RequestRefused } from './errors';
import { type FieldDef, type FieldValue, isFilterable, type ObjectDef, type Row, type Schema } from './schema';
import { comparer, compareForOrder, operandText } from './soql-compare';
import { caret } from './soql-lexer';
import { type Condition, type FieldRef, parseSoql, type Query } from './soql-parser';
import type { Store } from './store';
import { isJsonObject } from './values';

export interface QueryResult {
  /** Number of rows; `records` is empty for COUNT(). */
  totalSize: number;
  records: Record<string, unknown>[];
}

/** A field reached over zero or more parents. */
interface Resolved {
  parents: FieldDef[];
  field: FieldDef;
}

export type RecordUrl = (def: ObjectDef, id: string) => string;

/** Runs SOQL over the store. `includeDeleted` is queryAll. */
export class Soql {
  constructor(
    private readonly schema: Schema,
    private readonly store: Store,
  ) {}

  run(soql: string, includeDeleted: boolean, recordUrl: RecordUrl): QueryResult {
    const query = parseSoql(soql);
    const def = this.schema.object(query.from);
    if (!def) {
      const message = `${caret(soql, soql.search(/\bfrom\b/i))}sObject type '${query.from}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`;
      throw new RequestRefused(400, 'INVALID_TYPE', message);
    }
    const render = this.renderer(def, query, recordUrl);
    const rows = this.select(def, query, this.candidates(def, query.where), includeDeleted);
    return { totalSize: rows.length, records: query.count ? [] : rows.map(render) };
  }

  private select(def: ObjectDef, query: Query, from: Iterable<Row>, includeDeleted: boolean): Row[] {
    const matches = query.where ? this.predicate(def, query, query.where) : () => true;
    const rows: Row[] = [];
    for (const row of from) if ((includeDeleted || row.IsDeleted !== true) && matches(row)) rows.push(row);
    const order = query.orderBy.map((item) => ({ ...item, resolved: this.resolve(def, query, item.field, 'sorted') }));
    rows.sort((left, right) => {
      for (const { resolved, descending, nullsLast } of order) {
        const sign = compareForOrder(this.read(left, resolved), this.read(right, resolved), descending, nullsLast);
        if (sign !== 0) return sign;
      }
      return 0;
    });
    return rows.slice(query.offset, query.limit === undefined ? undefined : query.offset + query.limit);
  }

  /** Rows worth testing: by index when the condition demands an indexed field to equal something. */
  private candidates(def: ObjectDef, where: Condition | undefined): Iterable<Row> {
    const demands = where?.kind === 'and' ? where.all : where ? [where] : [];
    for (const demand of demands) {
      if (demand.kind !== 'compare' || !['=', 'in'].includes(demand.comparison)) continue;
      const field = demand.field.path.length === 1 ? this.schema.field(def, demand.field.path[0] ?? '') : undefined;
      if (!field || demand.values.some(({ kind }) => kind !== 'string')) continue;
      const texts = [...new Set(demand.values.map(({ text }) => operandText(field, text)))];
      if (field.type === 'id') return texts.map((text) => this.store.get(def, text)).filter((row) => row !== undefined);
      if (this.store.isIndexed(field)) return new Set(texts.flatMap((text) => this.store.lookup(def, field, text)));
    }
    return this.store.rows(def);
  }

  private predicate(def: ObjectDef, query: Query, where: Condition): (row: Row) => boolean {
    switch (where.kind) {
      case 'not': {
        const inner = this.predicate(def, query, where.inner);
        return (row) => !inner(row);
      }
      case 'and':
      case 'or': {
        const all = where.all.map((part) => this.predicate(def, query, part));
        return where.kind === 'and' ? (row) => all.every((part) => part(row)) : (row) => all.some((part) => part(row));
      }
      default: {
        const resolved = this.resolve(def, query, where.field, 'filtered');
        const test = comparer(resolved.field, where.comparison, where.values);
        return (row) => test(this.read(row, resolved));
      }
    }
  }

  private renderer(def: ObjectDef, query: Query, recordUrl: RecordUrl): (row: Row) => Record<string, unknown> {
    const fields = query.fields.map((ref) => this.resolve(def, query, ref));
    const children = query.children.map((child) => this.childRenderer(def, child, recordUrl));
    return (row) => {
      const record = heading(def, row, recordUrl);
      for (const { parents, field } of fields) this.place(record, row, parents, field, recordUrl);
      for (const child of children) record[child.name] = child.render(row);
      return record;
    };
  }

  private childRenderer(def: ObjectDef, query: Query, recordUrl: RecordUrl) {
    const relation = this.schema
      .children(def)
      .find(({ field }) => field.childRelationshipName?.toLowerCase() === query.from.toLowerCase());
    if (!relation) {
      const message = `Didn't understand relationship '${query.from}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name.`;
      throw new RequestRefused(400, 'INVALID_TYPE', message);
    }
    const { child, field } = relation;
    const render = this.renderer(child, query, recordUrl);
    return {
      name: field.childRelationshipName ?? query.from,
      render: (parent: Row) => {
        const rows = this.select(child, query, this.store.lookup(child, field, parent.Id ?? null), false);
        return rows.length === 0 ? null : { totalSize: rows.length, done: true, records: rows.map(render) };
      },
    };
  }

  /** Puts one field into the answer, inside its parents' objects. */
  private place(
    record: Record<string, unknown>,
    row: Row,
    parents: readonly FieldDef[],
    field: FieldDef,
    recordUrl: RecordUrl,
  ): void {
    const [first, ...rest] = parents;
    if (!first?.relationshipName) {
      record[field.name] = row[field.name] ?? null;
      return;
    }
    const parent = this.store.find(String(row[first.name]));
    if (!parent) {
      record[first.relationshipName] = null;
      return;
    }
    const begun = record[first.relationshipName];
    const nested = isJsonObject(begun) ? begun : heading(parent.def, parent.row, recordUrl);
    record[first.relationshipName] = nested;
    this.place(nested, parent.row, rest, field, recordUrl);
  }

  private read(row: Row, { parents, field }: Resolved): FieldValue {
    let current: Row | undefined = row;
    for (const parent of parents) current = current && this.store.find(String(current[parent.name]))?.row;
    return current?.[field.name] ?? null;
  }

  private resolve(def: ObjectDef, query: Query, ref: FieldRef, use?: 'filtered' | 'sorted'): Resolved {
    const parents: FieldDef[] = [];
    let current = def;
    for (const name of ref.path.slice(0, -1)) {
      const parent = this.schema.parentField(current, name);
      const target = parent?.referenceTo?.[0] && this.schema.object(parent.referenceTo[0]);
      if (!parent || !target) {
        throw invalidField(
          query,
          ref,
          `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
        );
      }
      parents.push(parent);
      current = target;
    }
    const name = ref.path.at(-1) ?? '';
    const field = this.schema.field(current, name);
    if (!field) {
      throw invalidField(
        query,
        ref,
        `No such column '${name}' on entity '${current.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
      );
    }
    if (use && !isFilterable(field)) {
      throw invalidField(query, ref, `field '${field.name}' can not be ${use} in a query call`);
    }
    return { parents, field };
  }
}

function heading(def: ObjectDef, row: Row, recordUrl: RecordUrl): Record<string, unknown> {
  return { attributes: { type: def.name, url: recordUrl(def, String(row.Id)) } };
}

function invalidField(query: Query, ref: FieldRef, message: string): RequestRefused {
  return new RequestRefused(400, 'INVALID_FIELD', caret(query.soql, ref.at) + message);
}
