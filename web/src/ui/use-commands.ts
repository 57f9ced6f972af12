import { useEffect, useRef } from 'react';
import { commandOf, isActionable, isTextField, type Command } from '../lib/keyboard';
import { readPreferences } from '../lib/preferences';

type Handlers = Partial<Record<Command, () => void | boolean>>;

const mounted = new Set<{ current: Handlers }>();

/** Has a command carried out by whoever answers it now, as if its key had been pressed. */
export function runCommand(command: Command): boolean {
  for (const { current } of mounted) {
    const handler = current[command];
    if (handler && handler() !== false) return true;
  }
  return false;
}

/** Answers keyboard commands while mounted. A handler that returns false has not used the key. */
export function useCommands(handlers: Handlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented) return;
      const command = commandOf(event, { typing: isTextField(event.target), singleKeys: readPreferences().singleKeys });
      if (!command) return;
      // Behind an open dialog the page is silent; Enter on a button presses the button.
      if (document.querySelector('[role="dialog"], [role="menu"]')) return;
      if (event.key === 'Enter' && command === 'open' && isActionable(event.target)) return;
      const handler = latest.current[command];
      if (handler && handler() !== false) event.preventDefault();
    }
    mounted.add(latest);
    window.addEventListener('keydown', onKeyDown);
    return () => {
      mounted.delete(latest);
      window.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}
