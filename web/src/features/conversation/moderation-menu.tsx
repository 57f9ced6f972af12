import { Ellipsis } from 'lucide-react';
import type { Message, ModerationAction } from '../../api/types';
import { useCan } from '../../api/session';
import { useText } from '../../i18n/use-text';
import { ChoiceMenu } from '../../ui/menu';

/** What may be done to a customer's comment here: the channel says, not its name. */
export function ModerationMenu({
  message,
  allowed,
  onChoose,
}: {
  message: Message;
  allowed: readonly ModerationAction[];
  onChoose: (message: Message, action: ModerationAction) => void;
}) {
  const t = useText();
  const can = useCan();
  const actions = allowed.filter((action) => (message.hiddenAt ? action !== 'hide' : action !== 'unhide'));
  if (!can('moderation.write') || actions.length === 0 || message.visibility !== 'public') return null;
  return (
    <ChoiceMenu
      label={t('moderation.label')}
      aria-label={t('moderation.label')}
      tone="quiet"
      size="small"
      className="min-h-6! px-1.5!"
      trigger={<Ellipsis size={16} aria-hidden />}
      choices={actions.map((id) => ({ id, label: t(`moderation.${id}`) }))}
      onChoose={(action) => onChoose(message, action)}
    />
  );
}
