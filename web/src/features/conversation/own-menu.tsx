import { Ellipsis } from 'lucide-react';
import type { Message, ModerationAction } from '../../api/types';
import { useCan } from '../../api/session';
import { useText } from '../../i18n/use-text';
import { serverNow } from '../../lib/clock';
import { ChoiceMenu } from '../../ui/menu';
import { isEditable } from './own-message';

export interface OwnMenuProps {
  message: Message;
  moderation: readonly ModerationAction[];
  editSentMs: number | null | undefined;
  onEdit: (message: Message) => void;
  onModerate: (message: Message, action: ModerationAction) => void;
}

/** What may still be done to a message of ours that is out. */
export function OwnMenu({ message, moderation, editSentMs, onEdit, onModerate }: OwnMenuProps) {
  const t = useText();
  const can = useCan();
  const out = message.delivery !== null && !['queued', 'sending', 'failed', 'unknown'].includes(message.delivery.state);
  const editable = can('conversations.reply') && isEditable(message, editSentMs, serverNow());
  const deletable = out && can('moderation.write') && moderation.includes('delete') && message.visibility === 'public';
  if (!editable && !deletable) return null;
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
        ...(deletable ? [{ id: 'delete' as const, label: t('moderation.delete') }] : []),
      ]}
      onChoose={(what) => (what === 'edit' ? onEdit(message) : onModerate(message, 'delete'))}
    />
  );
}
