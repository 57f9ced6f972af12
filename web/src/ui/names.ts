import type { Text } from '../i18n/use-text';

interface Named {
  name: string | null;
  handle?: string | null;
}

const filled = (text: string | null | undefined): string => text?.trim() ?? '';
const bare = (text: string) => text.replace(/^@/, '').toLowerCase();

/** What to call a customer: the name, else the handle, else a word for nobody in particular. */
export const contactName = ({ name, handle }: Named, t: Text): string =>
  filled(name) || filled(handle) || t('contact.unnamed');

/** The handle to show beside the name; null where it would only say the name again. */
export function handleBeside({ name, handle }: Named): string | null {
  const shown = filled(handle);
  return filled(name) && shown && bare(filled(name)) !== bare(shown) ? shown : null;
}
