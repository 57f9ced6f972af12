import type { Action } from '../../api/admin/rules';

/** Where actions stand: what a macro does at once, what a rule does by itself, what waits for approval. */
export type ActionPlace = 'rule' | 'macro' | 'approval';

/** Each with what it begins with on the screen. */
const FRESH = {
  assign: { agentId: null },
  take: {},
  move: { teamId: null },
  tag: { add: [] },
  priority: { priority: 'high' },
  status: { status: 'pending' },
  type: { type: null },
  language: { language: 'fa' },
  fields: { fields: {} },
  dismiss: { reason: 'thanks' },
  snooze: { minutes: 60 },
  follow: { agentId: '' },
  note: { text: '' },
  macro: { macroId: '' },
  hide: { reason: '' },
  reply: { cannedReplyId: '' },
  notify: { assignee: true },
  webhook: { endpointId: '' },
  approval: { actions: [] },
} as const;

export type ActionName = keyof typeof FRESH;
export const ACTION_NAMES = Object.keys(FRESH) as ActionName[];

const BARRED: Record<ActionPlace, readonly ActionName[]> = {
  macro: ['macro', 'reply', 'approval', 'webhook'],
  rule: ['take'],
  approval: ['take', 'approval'],
};

export const actionsIn = (place: ActionPlace): ActionName[] =>
  ACTION_NAMES.filter((name) => !BARRED[place].includes(name));

export const isActionName = (name: string): name is ActionName => ACTION_NAMES.some((one) => one === name);

export const freshAction = (name: ActionName): Action => ({ do: name, ...structuredClone(FRESH[name]) });
