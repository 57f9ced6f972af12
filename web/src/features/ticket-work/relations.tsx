import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { work } from '../../api/ticket-work';
import type { TicketDetail, TicketName } from '../../api/types';
import { useText } from '../../i18n/use-text';
import { IconButton } from '../../ui/button';
import { Ltr, PreviewText } from '../../ui/rich-text';
import { StatusIcon } from '../../ui/status-chip';

export interface RelationsProps {
  ticket: TicketDetail;
  mayWork: boolean;
  onChange: (step: ReturnType<(typeof work)[keyof typeof work]>) => void;
  onOpen: (ticketId: string) => void;
}

/** What stands beside a ticket: its incident, what belongs to it, what it is tied to. */
export function Relations({ ticket: { parent, children, links }, mayWork, onChange, onOpen }: RelationsProps) {
  const t = useText();
  if (!parent && children.count === 0 && links.length === 0) return null;
  return (
    <div className="flex flex-col gap-2">
      {parent && (
        <Group title={t('relation.parent')}>
          <Row ticket={parent} onOpen={onOpen} onRemove={mayWork ? () => onChange(work.setParent(null)) : undefined} />
        </Group>
      )}
      {children.count > 0 && (
        <Group title={t('relation.children', { count: children.count })}>
          {children.items.map((child) => (
            <Row key={child.id} ticket={child} onOpen={onOpen} />
          ))}
        </Group>
      )}
      {links.length > 0 && (
        <Group title={t('relation.links')}>
          {links.map((link) => (
            <Row
              key={`${link.id} ${link.kind}`}
              ticket={link}
              how={t(`relation.${link.kind}_${link.direction}`)}
              onOpen={onOpen}
              onRemove={mayWork ? () => onChange(work.unlink(link.id, link.kind)) : undefined}
            />
          ))}
        </Group>
      )}
    </div>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="text-xs font-semibold text-muted">{title}</h3>
      <ul>{children}</ul>
    </section>
  );
}

interface RowProps {
  ticket: Pick<TicketName, 'id' | 'number' | 'subject'> & Partial<Pick<TicketName, 'status'>>;
  how?: string;
  onOpen: (ticketId: string) => void;
  onRemove?: () => void;
}

function Row({ ticket: { id, number, subject, status }, how, onOpen, onRemove }: RowProps) {
  const t = useText();
  return (
    <li className="flex items-center gap-1">
      <button
        type="button"
        onClick={() => onOpen(id)}
        className="flex min-h-7 min-w-0 flex-1 items-center gap-1.5 rounded-md px-1 text-start hover:bg-raised"
      >
        {status && <StatusIcon status={status} />}
        {how && <span className="text-xs whitespace-nowrap text-muted">{how}</span>}
        <Ltr>{`#${number}`}</Ltr>
        <span className="flex min-w-0 flex-1 text-muted">
          <PreviewText text={subject} />
        </span>
      </button>
      {onRemove && (
        <IconButton
          size="small"
          label={t('relation.remove', { number: String(number) })}
          icon={<X size={14} />}
          onPress={onRemove}
        />
      )}
    </li>
  );
}
