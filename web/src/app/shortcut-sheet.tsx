import { useText } from '../i18n/use-text';
import { SHORTCUTS, type Command } from '../lib/keyboard';
import { Dialog } from '../ui/dialog';

const commands = [...new Set(SHORTCUTS.map(({ command }) => command))];
const chordsOf = (command: Command) =>
  SHORTCUTS.filter((shortcut) => shortcut.command === command).map(({ chord }) => chord);

export function ShortcutSheet({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useText();
  return (
    <Dialog title={t('shortcuts.title')} isOpen={isOpen} onClose={onClose}>
      <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-2">
        {commands.map((command) => (
          <div key={command} className="contents">
            <dt>{t(`command.${command}`)}</dt>
            <dd className="flex gap-1.5">
              {chordsOf(command).map((chord) => (
                <kbd
                  key={chord}
                  dir="ltr"
                  className="rounded border border-line-strong bg-raised px-1.5 font-sans text-xs leading-6"
                >
                  {chord}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-4 text-sm text-muted">{t('shortcuts.layout')}</p>
    </Dialog>
  );
}
