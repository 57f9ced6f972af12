import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failed, Skeleton } from './states';

export function PageHead({ title, hint, actions }: { title: string; hint: string; actions?: ReactNode }) {
  return (
    <header className="flex flex-wrap items-start gap-3">
      <div className="min-w-0 flex-1 basis-60">
        <h1 className="text-xl font-bold">{title}</h1>
        <p className="text-muted">{hint}</p>
      </div>
      <div className="flex flex-wrap gap-2">{actions}</div>
    </header>
  );
}

/** Draws what a query brought, or its loading and failed looks. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton rows={4} height="h-10" />;
}

export interface Column<T> {
  title: string;
  cell: (item: T) => ReactNode;
}

/** A plain table; wide ones scroll inside their own box. */
export function Table<T>({
  label,
  columns,
  items,
  keyOf,
  empty,
}: {
  label: string;
  columns: readonly Column<T>[];
  items: readonly T[];
  keyOf: (item: T) => string;
  empty: string;
}) {
  if (items.length === 0)
    return <p className="rounded-lg border border-line bg-surface p-8 text-center text-muted">{empty}</p>;
  return (
    <div
      className="more-beside relative overflow-x-auto rounded-lg border border-line"
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b border-line text-xs text-muted">
            {columns.map(({ title }) => (
              <th key={title} scope="col" className="min-w-20 px-4 py-2 text-start align-bottom font-medium">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={keyOf(item)} className="border-b border-line last:border-b-0">
              {columns.map(({ title, cell }) => (
                <td key={title} className="px-4 py-2.5 align-top">
                  {cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
