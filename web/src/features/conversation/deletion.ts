import type { Message } from '../../api/types';
import type { Text } from '../../i18n/use-text';

/** Who took a message away, or why: in our words where the server gives a code, else in those of who deleted it. */
export function deletionText(
  { deletedBy, deleteReason }: Pick<Message, 'deletedBy' | 'deleteReason'>,
  t: Text,
): string {
  if (deleteReason !== 'deleted_at_source') return deleteReason ?? '';
  const by = deletedBy?.kind;
  return t(`message.deleted_by.${by === 'contact' || by === 'account' ? by : 'unknown'}`);
}
