import { ListChecks } from 'lucide-react';
import { useState } from 'react';
import type { TicketFilters } from '../../api/keys';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { ChoiceMenu } from '../../ui/menu';
import { BulkDialog } from './bulk-dialog';
import { BULK_KINDS, type BulkKind } from './bulk-kinds';

export interface BulkBarProps {
  ids: ReadonlySet<string>;
  /** What is loaded of the list. */
  loaded: number;
  filters: TicketFilters;
  onAll: () => void;
  onClear: () => void;
}

/** What is to be done with the chosen tickets. */
export function BulkBar({ ids, loaded, filters, onAll, onClear }: BulkBarProps) {
  const t = useText();
  const [kind, setKind] = useState<BulkKind | null>(null);
  return (
    <section
      aria-label={t('many.label')}
      className="flex flex-wrap items-center gap-2 border-t border-brand/40 bg-brand-soft px-3 py-2"
    >
      <ListChecks size={17} aria-hidden className="text-brand" />
      <p role="status" className="flex-1 text-sm font-semibold">
        {t('many.count', { count: ids.size })}
      </p>
      {ids.size < loaded && (
        <Button size="small" onPress={onAll}>
          {t('many.all_loaded', { count: loaded })}
        </Button>
      )}
      <ChoiceMenu
        label={t('many.do')}
        size="small"
        tone="brand"
        isDisabled={ids.size === 0}
        trigger={t('many.do')}
        choices={BULK_KINDS.map((id) => ({ id, label: t(`many.kind_${id}`) }))}
        onChoose={setKind}
      />
      <Button size="small" tone="quiet" onPress={onClear}>
        {t('common.cancel')}
      </Button>
      {kind && (
        <BulkDialog
          kind={kind}
          ids={ids}
          filters={filters}
          onClose={(begun) => {
            setKind(null);
            if (begun) onClear();
          }}
        />
      )}
    </section>
  );
}
