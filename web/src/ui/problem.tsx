import { useQueryClient } from '@tanstack/react-query';
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { ApiError } from '../api/client';
import { useText } from '../i18n/use-text';
import { Button } from './button';
import { refusalText } from './refusal';

/** Somebody saved a newer version of the very thing that is edited here. */
const isOvertaken = (error: unknown) =>
  error instanceof ApiError && error.code === 'conflict' && typeof error.details.version === 'number';

/**
 * Why what was asked for could not be done, beside the form it was asked in; nothing while there is no error. The first
 * field that was refused gets the focus, and where a newer version stands in the way it is one press away.
 * @param onReload what the form does besides when the newer version is loaded
 * @param children in place of the sentence, where a form can say it better
 */
export function Problem({
  error,
  onReload,
  children,
}: {
  error: unknown;
  onReload?: () => void;
  children?: ReactNode;
}) {
  const t = useText();
  const client = useQueryClient();
  const place = useRef<HTMLDivElement>(null);
  const [allMarked, setAllMarked] = useState(false);
  useLayoutEffect(() => {
    const paths = new Set(error instanceof ApiError ? error.fields.map(({ path }) => path) : []);
    const form = place.current?.closest('form, [role=dialog]');
    const marked = form?.querySelectorAll<HTMLElement>('[aria-invalid=true]') ?? [];
    // The button that was pressed may have been switched off meanwhile, and the focus with it.
    if (paths.size > 0 && marked[0]) marked[0].focus();
    else {
      if (document.activeElement === document.body) place.current?.focus();
      place.current?.scrollIntoView({ block: 'nearest' });
    }
    setAllMarked(paths.size > 0 && marked.length >= paths.size);
  }, [error]);
  if (!error) return null;
  const overtaken = isOvertaken(error);
  return (
    <div
      ref={place}
      role="alert"
      tabIndex={-1}
      className="outline-none flex flex-col items-start gap-2 text-sm text-danger"
    >
      {children ?? (
        <p>
          <bdi>{allMarked ? t('problem.see_fields') : refusalText(error, t)}</bdi>
          {overtaken && ` ${t('problem.draft_goes')}`}
        </p>
      )}
      {overtaken && (
        <Button
          size="small"
          onPress={() => {
            void client.invalidateQueries();
            onReload?.();
          }}
        >
          {t('problem.load_newer')}
        </Button>
      )}
    </div>
  );
}
