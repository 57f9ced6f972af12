import { useText } from '../i18n/use-text';
import { refusalText } from './refusal';

/** Why what was asked for could not be done, beside the form it was asked in; nothing while there is no error. */
export function Problem({ error }: { error: unknown }) {
  const t = useText();
  if (!error) return null;
  return (
    <p role="alert" className="text-sm text-danger">
      <bdi>{refusalText(error, t)}</bdi>
    </p>
  );
}
