import type { Condition, Question } from '../../api/admin/rules';

/** A question or a group of them: what the editor shows. Trees that go deeper, or say "not", are kept but not edited. */
export interface Group {
  joint: 'all' | 'any';
  parts: (Question | SmallGroup)[];
}
export interface SmallGroup {
  joint: 'all' | 'any';
  parts: Question[];
}

export const isGroup = (part: Question | SmallGroup): part is SmallGroup => 'joint' in part;
const isQuestion = (condition: Condition): condition is Question => 'field' in condition;

/** Null: more than the editor can show. */
export function groupOf(condition: Condition): Group | null {
  if (isQuestion(condition)) return { joint: 'all', parts: [condition] };
  const read = jointOf(condition);
  if (!read) return null;
  const parts = read.parts.map((part): Question | SmallGroup | null => {
    if (isQuestion(part)) return part;
    const inner = jointOf(part);
    return inner?.parts.every(isQuestion) ? { joint: inner.joint, parts: inner.parts } : null;
  });
  return parts.every((part) => part !== null) ? { joint: read.joint, parts } : null;
}

function jointOf(condition: Condition): { joint: 'all' | 'any'; parts: Condition[] } | null {
  if ('all' in condition) return { joint: 'all', parts: condition.all };
  if ('any' in condition) return { joint: 'any', parts: condition.any };
  return null;
}

/** Empty groups say nothing and are left out; nothing at all always holds. */
export function conditionOf({ joint, parts }: Group): Condition {
  const said = parts
    .filter((part) => !isGroup(part) || part.parts.length > 0)
    .map((part) => (isGroup(part) ? joined(part.joint, part.parts) : part));
  return said.length === 0 ? { all: [] } : joined(joint, said);
}

const joined = (joint: 'all' | 'any', parts: Condition[]): Condition =>
  joint === 'all' ? { all: parts } : { any: parts };

type FieldKind = 'word' | 'id' | 'ordered' | 'list' | 'text' | 'flag' | 'any';

/** What a rule can ask about; `key` is the name of its words. */
export const RULE_FIELDS = [
  { key: 'text', field: 'text', kind: 'text' },
  { key: 'channelKind', field: 'channelKind', kind: 'word' },
  { key: 'threadKind', field: 'threadKind', kind: 'word' },
  { key: 'workType', field: 'workType', kind: 'word' },
  { key: 'channelId', field: 'channelId', kind: 'id' },
  { key: 'brandId', field: 'brandId', kind: 'id' },
  { key: 'teamId', field: 'teamId', kind: 'id' },
  { key: 'assigneeId', field: 'assigneeId', kind: 'id' },
  { key: 'queueId', field: 'queueId', kind: 'id' },
  { key: 'status', field: 'status', kind: 'word' },
  { key: 'priority', field: 'priority', kind: 'ordered' },
  { key: 'type', field: 'type', kind: 'word' },
  { key: 'tags', field: 'tags', kind: 'list' },
  { key: 'language', field: 'language', kind: 'word' },
  { key: 'tier', field: 'tier', kind: 'word' },
  { key: 'handler', field: 'handler', kind: 'word' },
  { key: 'subject', field: 'subject', kind: 'text' },
  { key: 'contactIsNew', field: 'contactIsNew', kind: 'flag' },
  { key: 'firstMessage', field: 'firstMessage', kind: 'flag' },
  { key: 'repeated', field: 'repeated', kind: 'list' },
  { key: 'hasAttachments', field: 'hasAttachments', kind: 'flag' },
  { key: 'insideBusinessHours', field: 'insideBusinessHours', kind: 'flag' },
  { key: 'event_from', field: 'event.from', kind: 'any' },
  { key: 'event_to', field: 'event.to', kind: 'any' },
  { key: 'event_actor', field: 'event.actor', kind: 'word' },
  { key: 'event_reason', field: 'event.reason', kind: 'word' },
  { key: 'event_clock', field: 'event.clock', kind: 'word' },
  { key: 'event_percent', field: 'event.percent', kind: 'any' },
  { key: 'event_score', field: 'event.score', kind: 'any' },
  { key: 'event_added', field: 'event.added', kind: 'list' },
  { key: 'event_removed', field: 'event.removed', kind: 'list' },
  { key: 'event_changed', field: 'event.changed', kind: 'list' },
] as const satisfies readonly { key: string; field: string; kind: FieldKind }[];

export const OPS = [
  'is',
  'is_not',
  'in',
  'not_in',
  'contains_any',
  'contains_all',
  'contains_none',
  'is_empty',
  'is_not_empty',
  'at_least',
  'at_most',
] as const;
export type Op = (typeof OPS)[number];

const ONE: readonly Op[] = ['is', 'is_not', 'in', 'not_in', 'is_empty', 'is_not_empty'];
const MANY: readonly Op[] = ['contains_any', 'contains_all', 'contains_none', 'is_empty', 'is_not_empty'];
const OPS_OF: Record<FieldKind, readonly Op[]> = {
  word: ONE,
  id: ONE,
  ordered: [...ONE, 'at_least', 'at_most'],
  list: MANY,
  text: MANY,
  flag: ['is'],
  any: OPS,
};

/** Custom fields (`fields.size`) compare in every way. */
export const kindOf = (field: string): FieldKind => RULE_FIELDS.find((one) => one.field === field)?.kind ?? 'any';

export const opsOf = (field: string): readonly Op[] => OPS_OF[kindOf(field)];

export type ValueShape = 'none' | 'one' | 'many' | 'flag' | 'number';

export function shapeOf(field: string, op: string): ValueShape {
  if (op === 'is_empty' || op === 'is_not_empty') return 'none';
  if (kindOf(field) === 'flag') return 'flag';
  if (op === 'is' || op === 'is_not') return 'one';
  if (op === 'at_least' || op === 'at_most') return field === 'priority' ? 'one' : 'number';
  return 'many';
}

/** A question about another field, or asked another way, with a value that fits it. */
export function reshape(question: Question, change: { field?: string; op?: string }): Question {
  const field = change.field ?? question.field;
  const asked = change.op ?? question.op;
  const op = opsOf(field).find((one) => one === asked) ?? opsOf(field)[0] ?? 'is';
  const shape = shapeOf(field, op);
  if (shape === 'none') return { field, op };
  const before = change.field === undefined ? question.value : undefined;
  return { field, op, value: fitting(shape, before) };
}

function fitting(shape: Exclude<ValueShape, 'none'>, before: unknown): unknown {
  switch (shape) {
    case 'flag':
      return typeof before === 'boolean' ? before : true;
    case 'number':
      return typeof before === 'number' ? before : 0;
    case 'many':
      return Array.isArray(before) ? before : before === undefined || before === '' ? [] : [before];
    case 'one':
      return Array.isArray(before) ? (before[0] ?? '') : (before ?? '');
  }
}
