import type { Preview } from '../../api/admin/sla';
import { useLanguage, useText } from '../../i18n/use-text';

/** What a change would do to the clocks that run: how many due times move, and the first of them. */
export function PreviewFacts({ preview }: { preview: Preview }) {
  const t = useText();
  const { formats } = useLanguage();
  const { clocks, complete, moved, newlyBreached, noLongerBreached, examples } = preview;
  const when = (at: string | null) => (at ? formats.dateTime(at) : t('preview_sla.rests'));
  return (
    <div className="flex flex-col gap-3">
      <p>
        {clocks === 0
          ? t('preview_sla.no_clocks')
          : moved === 0
            ? t('preview_sla.nothing', { clocks })
            : t('preview_sla.moved', { moved, clocks })}
      </p>
      {newlyBreached > 0 && <p className="text-danger">{t('preview_sla.late', { count: newlyBreached })}</p>}
      {noLongerBreached > 0 && <p className="text-ok">{t('preview_sla.saved', { count: noLongerBreached })}</p>}
      {!complete && <p className="text-muted">{t('preview_sla.sample')}</p>}
      {examples.length > 0 && (
        <div tabIndex={0} role="region" aria-label={t('preview_sla.examples')} className="max-h-56 overflow-auto">
          <table className="w-full text-sm">
            <thead>
              <tr className="border-b border-line text-xs text-muted">
                {(['ticket', 'clock', 'due', 'new_due'] as const).map((name) => (
                  <th key={name} scope="col" className="px-2 py-1 text-start font-medium">
                    {t(`preview_sla.${name}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {examples.map(({ ticketId, number, clock, dueAt, newDueAt }) => (
                <tr key={`${ticketId}${clock}`} className="border-b border-line last:border-b-0">
                  <td className="px-2 py-1">{formats.number(number)}</td>
                  <td className="px-2 py-1">{t(`clock.${clock}`)}</td>
                  <td className="px-2 py-1">{when(dueAt)}</td>
                  <td className="px-2 py-1">{when(newDueAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
