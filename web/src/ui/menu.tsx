import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { Menu, MenuItem, MenuTrigger } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import { Button, type ButtonProps } from './button';

export interface Choice<Id extends string> {
  id: Id;
  label: string;
  icon?: ReactNode;
  isDisabled?: boolean;
}

export interface ChoiceMenuProps<Id extends string> extends Omit<ButtonProps, 'children' | 'onPress'> {
  /** Accessible name of the menu. */
  label: string;
  trigger: ReactNode;
  choices: readonly Choice<Id>[];
  selected?: Id;
  onChoose: (id: Id) => void;
}

/** A button that opens a menu; the chosen entry, when there is one, is marked. */
export function ChoiceMenu<Id extends string>({
  label,
  trigger,
  choices,
  selected,
  onChoose,
  ...button
}: ChoiceMenuProps<Id>) {
  return (
    <MenuTrigger>
      <Button {...button}>{trigger}</Button>
      <Popover
        placement="bottom start"
        offset={4}
        className="appear min-w-44 overflow-auto rounded-lg border border-line bg-surface p-1 shadow-xl"
      >
        <Menu
          aria-label={label}
          selectionMode={selected === undefined ? 'none' : 'single'}
          selectedKeys={selected === undefined ? [] : [selected]}
          disabledKeys={choices.filter(({ isDisabled }) => isDisabled).map(({ id }) => id)}
          onAction={(key) => onChoose(key as Id)}
          className="outline-none"
        >
          {choices.map((choice) => (
            <MenuItem
              key={choice.id}
              id={choice.id}
              textValue={choice.label}
              className="flex cursor-default items-center gap-2 rounded-md px-2.5 py-1.5 text-sm outline-none focus:bg-brand-soft disabled:opacity-50"
            >
              {choice.icon}
              <span className="flex-1">{choice.label}</span>
              {choice.id === selected && <Check size={15} aria-hidden />}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
