import { normalizeId } from './ids';
import { comparesExactly, type FieldDef, type FieldValue, type ObjectDef, type Row, type Schema } from './schema';

interface Undo {
  def: ObjectDef;
  id: string;
  before: Row | undefined;
}

/**
 * The rows of one org, in memory. Rows are never changed in place: a save puts a new row, so undoing a transaction or a
 * row is putting the old ones back. External ids, unique fields and lookups are indexed.
 */
export class Store {
  private readonly tables = new Map<ObjectDef, Map<string, Row>>();
  private readonly indexes = new Map<string, Map<string, Set<string>>>();
  private undoLog: Undo[] = [];
  private depth = 0;

  constructor(private readonly schema: Schema) {
    this.clear();
  }

  clear(): void {
    for (const def of this.schema.objects) {
      this.tables.set(def, new Map());
      for (const field of def.fields) {
        if (this.isIndexed(field)) this.indexes.set(indexName(def, field), new Map());
      }
    }
    this.undoLog = [];
  }

  /** The row with this 15- or 18-character id, a deleted one included. */
  get(def: ObjectDef, id: string): Row | undefined {
    const id18 = normalizeId(id);
    return id18 === undefined ? undefined : this.tables.get(def)?.get(id18);
  }

  /** The row with this id, whatever its object. */
  find(id: string): { def: ObjectDef; row: Row } | undefined {
    const def = this.schema.objectOfId(id);
    const row = def && this.get(def, id);
    return def && row ? { def, row } : undefined;
  }

  rows(def: ObjectDef): Iterable<Row> {
    return this.tables.get(def)?.values() ?? [];
  }

  isIndexed(field: FieldDef): boolean {
    return field.externalId === true || field.unique === true || (field.type === 'reference' && !field.readOnly);
  }

  /** Rows whose indexed field equals `value` (not null) by that field's own letter-case rule, deleted ones included. */
  lookup(def: ObjectDef, field: FieldDef, value: FieldValue): Row[] {
    const ids = this.indexes.get(indexName(def, field))?.get(indexEntry(field, value));
    const table = this.tables.get(def);
    return [...(ids ?? [])].map((id) => table?.get(id)).filter((row) => row !== undefined);
  }

  put(def: ObjectDef, id: string, row: Row): void {
    if (this.depth > 0) this.undoLog.push({ def, id, before: this.tables.get(def)?.get(id) });
    this.replace(def, id, row);
  }

  /** Runs `work`; when it throws, every row it put is as before. Calls nest. */
  atomically<T>(work: () => T): T {
    const mark = this.undoLog.length;
    this.depth += 1;
    try {
      return work();
    } catch (cause) {
      for (const { def, id, before } of this.undoLog.splice(mark).toReversed()) this.replace(def, id, before);
      throw cause;
    } finally {
      this.depth -= 1;
      if (this.depth === 0) this.undoLog = [];
    }
  }

  private replace(def: ObjectDef, id: string, row: Row | undefined): void {
    const table = this.tables.get(def);
    if (!table) return;
    const before = table.get(id);
    for (const field of def.fields) {
      if (!this.isIndexed(field) || (before && row && before[field.name] === row[field.name])) continue;
      const index = this.indexes.get(indexName(def, field));
      const [from, to] = [before?.[field.name] ?? null, row?.[field.name] ?? null];
      if (from !== null) index?.get(indexEntry(field, from))?.delete(id);
      if (to !== null) addTo(index, indexEntry(field, to), id);
    }
    if (row) table.set(id, row);
    else table.delete(id);
  }
}

function indexName(def: ObjectDef, field: FieldDef): string {
  return `${def.name}.${field.name}`;
}

function addTo(index: Map<string, Set<string>> | undefined, entry: string, id: string): void {
  const ids = index?.get(entry);
  if (ids) ids.add(id);
  else index?.set(entry, new Set([id]));
}

function indexEntry(field: FieldDef, value: FieldValue): string {
  const entry = String(value);
  return comparesExactly(field) ? entry : entry.toLowerCase();
}
