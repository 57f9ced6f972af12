import { Ellipsis } from 'lucide-react';
import type { Message, ModerationAction } from '../../api/types';
import { useCan } from '../../api/session';
import { useText } from '../../i18n/use-text';
import { ChoiceMenu } from '../../ui/menu';

/** What may be done to a customer's words here, to this one or to several: the channel says, not its name. */
export function ModerationMenu({
  message,
  allowed,
  onChoose,
  onSelect,
}: {
  message: Message;
  allowed: readonly ModerationAction[];
  onChoose: (message: Message, action: ModerationAction) => void;
  onSelect: (messageId: string) => void;
}) {
  const t = useText();
  const can = useCan();
  const liked = message.reactions.some(({ own }) => own);
  const done = [message.hiddenAt ? 'hide' : 'unhide', liked ? 'like' : 'unlike'];
  const actions = allowed.filter((action) => !done.includes(action));
  if (!can('moderation.write') || actions.length === 0) return null;
  const label = t(message.visibility === 'public' ? 'moderation.label' : 'moderation.label_message');
  return (
    <ChoiceMenu
      label={label}
      aria-label={label}
      tone="quiet"
      size="small"
      className="min-h-6! px-1.5!"
      trigger={<Ellipsis size={16} aria-hidden />}
      choices={[
        ...actions.map((id) => ({ id, label: t(`moderation.${id}`) })),
        { id: 'select' as const, label: t('bulk.select') },
      ]}
      onChoose={(action) => (action === 'select' ? onSelect(message.id) : onChoose(message, action))}
    />
  );
}
