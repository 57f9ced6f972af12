import { ListChecks } from 'lucide-react';
import type { ModerationAction } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { ChoiceMenu } from '../../ui/menu';

export interface SelectionBarProps {
  count: number;
  all: number;
  actions: readonly ModerationAction[];
  onAll: () => void;
  onAct: (action: ModerationAction) => void;
  onCancel: () => void;
}

/** What is to be done with the comments that are ticked. */
export function SelectionBar({ count, all, actions, onAll, onAct, onCancel }: SelectionBarProps) {
  const t = useText();
  return (
    <section
      aria-label={t('bulk.label')}
      className="flex flex-wrap items-center gap-2 border-t border-brand/40 bg-brand-soft px-4 py-2"
    >
      <ListChecks size={17} aria-hidden className="text-brand" />
      <p role="status" className="flex-1 text-sm font-semibold">
        {t('bulk.selected', { count })}
      </p>
      {count < all && (
        <Button size="small" onPress={onAll}>
          {t('bulk.all', { count: all })}
        </Button>
      )}
      <ChoiceMenu
        label={t('bulk.act')}
        size="small"
        tone="brand"
        isDisabled={count === 0}
        trigger={t('bulk.act')}
        choices={actions.map((id) => ({ id, label: t(`moderation.${id}`) }))}
        onChoose={onAct}
      />
      <Button size="small" tone="quiet" onPress={onCancel}>
        {t('common.cancel')}
      </Button>
    </section>
  );
}
