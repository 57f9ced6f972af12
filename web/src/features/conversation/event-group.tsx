import { useQuery } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import { eventText } from './event-text';
import { agentsQuery } from '../../api/people';
import type { TimelineEntry } from '../../api/types';
import { useLanguage, useText } from '../../i18n/use-text';

/** What happened to the ticket between two messages: one line, opened on demand. */
export function EventGroup({ entries }: { entries: TimelineEntry[] }) {
  const t = useText();
  const { formats } = useLanguage();
  const { data: agents } = useQuery(agentsQuery);
  const nameOf = (id: string) => agents?.find((agent) => agent.id === id)?.name;
  const [only] = entries;
  if (entries.length === 1 && only)
    return (
      <p className="text-center text-xs text-muted">
        {eventText(only, t, nameOf)} · {formats.time(only.at)}
      </p>
    );
  return (
    <details className="group text-xs text-muted">
      <summary className="mx-auto flex w-fit list-none items-center gap-1 rounded-full px-2 py-0.5 hover:bg-raised">
        {t('events.count', { count: entries.length })}
        <ChevronDown size={13} aria-hidden className="group-open:rotate-180" />
      </summary>
      <ol className="mt-1 flex flex-col items-center gap-0.5">
        {entries.map((entry) => (
          <li key={entry.position}>
            {eventText(entry, t, nameOf)} · {formats.time(entry.at)}
          </li>
        ))}
      </ol>
    </details>
  );
}
