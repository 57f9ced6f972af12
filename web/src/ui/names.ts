import type { Text } from '../i18n/use-text';

/** What to call a customer: the name, else the handle, else a word for nobody in particular. */
export const contactName = ({ name, handle }: { name: string | null; handle?: string | null }, t: Text): string =>
  name || handle || t('contact.unnamed');
