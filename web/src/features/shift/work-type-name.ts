import type { Text } from '../../i18n/use-text';

const KNOWN = ['dm', 'comment', 'letter', 'call'] as const;

/** A type of work in words; one the workspace made itself goes by its own name. */
export function workTypeName(type: string, t: Text): string {
  const known = KNOWN.find((one) => one === type);
  return known ? t(`takes.${known}`) : type;
}
