import type { Text } from '../i18n/use-text';

const KINDS = ['image', 'video', 'audio', 'file', 'sticker', 'story', 'share', 'location', 'contact'] as const;

/** What a kind of attachment is called. */
export function kindName(kind: string, t: Text): string {
  const known = KINDS.find((one) => one === kind);
  return known ? t(`preview.kind.${known}`) : t('preview.kind.message');
}
