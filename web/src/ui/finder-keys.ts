import type { KeyboardEvent, RefObject } from 'react';

/** Keys in a field above the list of what it finds: down goes into the list, Enter takes the first. */
export const finderKeys =
  (list: RefObject<HTMLElement | null>, takeFirst: () => void) =>
  (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || (event.key !== 'ArrowDown' && event.key !== 'Enter')) return;
    event.preventDefault();
    if (event.key === 'Enter') takeFirst();
    else list.current?.querySelector<HTMLElement>('[role=option]')?.focus();
  };
