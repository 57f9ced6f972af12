import { Ellipsis } from 'lucide-react';
import type { Message, ModerationAction } from '../../api/types';
import { useCan } from '../../api/session';
import { useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { ChoiceMenu } from '../../ui/menu';
import { isEditable } from './own-message';

export interface OwnMenuProps {
  message: Message;
  /** Which of ours the network lets us delete: a private reply to a comment stays. */
  deletable: 'all' | 'public' | 'none';
  editSentMs: number | null | undefined;
  onEdit: (message: Message) => void;
  onModerate: (message: Message, action: ModerationAction) => void;
}

/** What may still be done to a message of ours that is out. */
export function OwnMenu({ message, deletable, editSentMs, onEdit, onModerate }: OwnMenuProps) {
  const t = useText();
  const can = useCan();
  const out = message.delivery !== null && !['queued', 'sending', 'failed', 'unknown'].includes(message.delivery.state);
  const editable = can('conversations.reply') && isEditable(message, editSentMs, serverNow());
  const deletes = out && can('moderation.write') && (deletable === 'all' || deletable === message.visibility);
  if (!editable && !deletes) return null;
  return (
    <ChoiceMenu
      label={t('message.own_menu')}
      aria-label={t('message.own_menu')}
      tone="quiet"
      size="small"
      className="min-h-6! px-1.5!"
      trigger={<Ellipsis size={16} aria-hidden />}
      choices={[
        ...(editable ? [{ id: 'edit' as const, label: t('message.edit') }] : []),
        ...(deletes ? [{ id: 'delete' as const, label: t('moderation.delete') }] : []),
      ]}
      onChoose={(what) => (what === 'edit' ? onEdit(message) : onModerate(message, 'delete'))}
    />
  );
}
