import { useId, type ComponentProps, type ReactNode } from 'react';
import { classes } from './classes';

const BOX =
  'w-full rounded-md border border-line-strong bg-surface px-3 py-1.5 text-ink placeholder:text-muted focus:outline-2 focus:outline-offset-0 focus:outline-brand aria-invalid:border-danger';

// A field is known to be empty (`:placeholder-shown`) only if it has a placeholder; a blank one shows nothing.
const NOTHING_YET = ' ';

interface FieldFrame {
  label: string;
  help?: string;
  problem?: string;
}

function Frame({ id, label, help, problem, children }: FieldFrame & { id: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children}
      {help && (
        <p id={`${id}-help`} className="text-xs text-muted">
          <bdi>{help}</bdi>
        </p>
      )}
      {problem && (
        <p id={`${id}-problem`} className="text-xs text-danger" role="alert">
          <bdi>{problem}</bdi>
        </p>
      )}
    </div>
  );
}

const describedBy = (id: string, { help, problem }: FieldFrame) =>
  [help && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(' ') || undefined;

export function TextField({ label, help, problem, className, ...input }: FieldFrame & ComponentProps<'input'>) {
  const id = useId();
  const frame = { label, help, problem };
  return (
    <Frame id={id} {...frame}>
      <input
        placeholder={NOTHING_YET}
        {...input}
        id={id}
        aria-invalid={problem ? true : undefined}
        aria-describedby={describedBy(id, frame)}
        className={classes(BOX, 'min-h-9', className)}
      />
    </Frame>
  );
}

export function TextArea({ label, help, problem, className, ...area }: FieldFrame & ComponentProps<'textarea'>) {
  const id = useId();
  const frame = { label, help, problem };
  return (
    <Frame id={id} {...frame}>
      <textarea
        placeholder={NOTHING_YET}
        {...area}
        id={id}
        aria-invalid={problem ? true : undefined}
        aria-describedby={describedBy(id, frame)}
        className={classes(BOX, className)}
      />
    </Frame>
  );
}

export function SelectField({ label, help, problem, children, ...select }: FieldFrame & ComponentProps<'select'>) {
  const id = useId();
  return (
    <Frame id={id} label={label} help={help} problem={problem}>
      <select
        {...select}
        id={id}
        aria-invalid={problem ? true : undefined}
        aria-describedby={describedBy(id, { label, help, problem })}
        className={classes(BOX, 'min-h-9')}
      >
        {children}
      </select>
    </Frame>
  );
}

export function CheckField({ label, help, ...input }: FieldFrame & ComponentProps<'input'>) {
  const id = useId();
  return (
    <label className="flex items-start gap-2 text-sm">
      <input
        {...input}
        type="checkbox"
        aria-describedby={help ? `${id}-help` : undefined}
        className="mt-1 size-4 accent-brand"
      />
      <span>
        {label}
        {help && (
          <span id={`${id}-help`} className="block text-xs text-muted">
            {help}
          </span>
        )}
      </span>
    </label>
  );
}
