import { CircleCheckBig, FilterX } from 'lucide-react';
import type { TicketView } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/states';

/** An empty view says why: the filter is too narrow, or the work is done. */
export function EmptyList({
  view,
  filtered,
  onClearFilters,
}: {
  view: TicketView;
  filtered: boolean;
  onClearFilters: () => void;
}) {
  const t = useText();
  if (filtered)
    return (
      <Empty icon={<FilterX size={28} aria-hidden />} title={t('list.empty_filtered')}>
        <Button size="small" onPress={onClearFilters}>
          {t('list.clear_filters')}
        </Button>
      </Empty>
    );
  return (
    <Empty icon={<CircleCheckBig size={28} className="text-ok" aria-hidden />} title={t(`list.empty.${view}`)}>
      <p className="text-sm">{t('list.empty_hint')}</p>
    </Empty>
  );
}
