import type { Message } from '../../api/types';

/** Whether the text of this message of ours may be changed at its network now. `editSentMs`: null always, absent never. */
export function isEditable(
  {
    direction,
    delivery,
    deletedAt,
    networkAt,
    author,
  }: Pick<Message, 'direction' | 'delivery' | 'deletedAt' | 'networkAt' | 'author'>,
  editSentMs: number | null | undefined,
  now: number,
): boolean {
  if (editSentMs === undefined || direction !== 'out' || deletedAt || author.kind === 'account') return false;
  const out = delivery?.state === 'sent' || delivery?.state === 'delivered' || delivery?.state === 'read';
  return out && (editSentMs === null || now < Date.parse(networkAt) + editSentMs);
}
