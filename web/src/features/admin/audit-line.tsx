import { ChevronDown } from 'lucide-react';
import type { AuditEntry } from '../../api/admin/audit';
import { useLanguage, useText } from '../../i18n/use-text';
import { isolate } from '../../lib/text';
import { Ltr } from '../../ui/rich-text';
import { useFileSize } from '../../ui/file-size';
import { fieldText } from './audit-fields';
import { actionText, differing, halvesOf, valueText, type Reading } from './audit-words';
import { useDuration } from './form-parts';

export interface AuditLineProps {
  entry: AuditEntry;
  names: ReadonlyMap<string, string>;
  /** All of one thing is asked for. */
  onSubject: (subject: string) => void;
}

/** One change: who, what, when; the details unfold. */
export function AuditLine({ entry, names, onSubject }: AuditLineProps) {
  const t = useText();
  const { formats } = useLanguage();
  const { at, actor, action, subject, changes, requestId } = entry;
  const { id } = halvesOf(subject);
  const who = (actor.id && names.get(actor.id)) ?? t(`actor.${actor.kind}`);
  const thing = id === null ? null : (names.get(id) ?? nameIn(changes));
  const fields = Object.entries(changes);
  const reading: Reading = {
    t,
    names,
    number: formats.number,
    dateTime: formats.dateTime,
    duration: useDuration(),
    size: useFileSize(),
  };
  return (
    <details className="group text-sm">
      <summary className="flex cursor-pointer flex-wrap items-baseline gap-x-3 gap-y-0.5">
        <span className="min-w-0 flex-1 basis-64">
          <span className="font-medium">{actionText(action, t)}</span>
          {thing && <span className="ms-1.5">{t('common.quoted', { text: isolate(thing) })}</span>}
          <span className="text-muted"> · </span>
          <bdi>{who}</bdi>
        </span>
        <time dateTime={at} className="text-xs text-muted">
          {formats.dateTime(at)}
        </time>
        <ChevronDown size={14} aria-hidden className="self-center text-muted group-open:rotate-180" />
      </summary>
      <div className="mt-2 flex flex-col gap-2 rounded-md bg-raised p-3">
        {fields.length > 0 && (
          <div className="more-beside overflow-x-auto" tabIndex={0} role="region" aria-label={t('audit.changes')}>
            <table className="w-full text-xs">
              <thead>
                <tr className="text-muted">
                  {(['field', 'before', 'after'] as const).map((column) => (
                    <th key={column} scope="col" className="py-1 pe-4 text-start font-medium">
                      {t(`audit.${column}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {fields.map(([field, change]) => {
                  const { from, to } = differing(change.from, change.to);
                  return (
                    <tr key={field} className="border-t border-line align-top">
                      <th scope="row" className="py-1 pe-4 text-start font-normal" title={field}>
                        <bdi>{fieldText(field, t)}</bdi>
                      </th>
                      <Value text={valueText(field, from, reading)} />
                      <Value text={valueText(field, to, reading)} />
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        )}
        <dl className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted">
          <Code label={t('audit.action')} code={action} />
          <Code label={t('audit.thing')} code={subject} />
          {requestId && <Code label={t('audit.request')} code={requestId} />}
        </dl>
        {id !== null && (
          <button
            type="button"
            onClick={() => onSubject(subject)}
            className="min-h-6 w-fit text-xs text-brand underline"
          >
            {t('audit.all_of_it')}
          </button>
        )}
      </div>
    </details>
  );
}

/** A thing we have no list of is called by the name that was given to it, or taken from it. */
function nameIn(changes: AuditEntry['changes']): string | null {
  const name = changes.name?.to ?? changes.name?.from;
  return typeof name === 'string' ? name : null;
}

const Value = ({ text }: { text: string | null }) => (
  <td className="max-w-80 py-1 pe-4">
    <span dir="auto" className="break-words whitespace-pre-wrap">
      {text ?? '–'}
    </span>
  </td>
);

const Code = ({ label, code }: { label: string; code: string }) => (
  <div className="flex min-w-0 gap-1.5">
    <dt>{label}</dt>
    <dd className="break-all">
      <Ltr>{code}</Ltr>
    </dd>
  </div>
);
