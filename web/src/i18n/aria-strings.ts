/*
 * React Aria has 34 languages and Persian is not one of them. Strings given through these two global symbols are taken
 * instead of its own; every package that is drawn must be listed, or it throws. Only in Persian: in English its own are right.
 */
type Values = Record<string, string | number>;
type Strings = Record<string, Record<string, string | ((values: Values) => string)>>;

const persian: Strings = {
  'react-aria-components': {
    colorSwatchPicker: 'رنگ‌ها',
    dropzoneLabel: 'محل رها کردن',
    selectPlaceholder: 'یک مورد را انتخاب کنید',
    tableResizer: 'تغییر اندازه',
  },
  '@react-aria/overlays': { dismiss: 'بستن' },
  '@react-aria/menu': { longPressMessage: 'برای باز کردن فهرست نگه دارید یا Alt و پیکان پایین را بزنید' },
  '@react-aria/autocomplete': { collectionLabel: 'پیشنهادها' },
  '@react-aria/searchfield': { 'Clear search': 'پاک کردن جست‌وجو' },
  '@react-aria/grid': {
    deselectedItem: ({ item }) => `${item} از انتخاب خارج شد.`,
    longPressToSelect: 'برای انتخاب نگه دارید.',
    select: 'انتخاب',
    selectedAll: 'همه انتخاب شدند.',
    selectedCount: ({ count }) => `${count} مورد انتخاب شد.`,
    selectedItem: ({ item }) => `${item} انتخاب شد.`,
  },
  '@react-aria/dnd': {},
};

/** Must run before the first component is drawn. */
export function installPersianAriaStrings(): void {
  const target = window as unknown as Record<symbol, unknown>;
  target[Symbol.for('react-aria.i18n.locale')] = 'fa-IR';
  target[Symbol.for('react-aria.i18n.strings')] = persian;
}
