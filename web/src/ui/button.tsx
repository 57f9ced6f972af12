import type { ReactNode, Ref } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { Tooltip, TooltipTrigger } from 'react-aria-components/Tooltip';
import { classes } from './classes';

export type Tone = 'plain' | 'quiet' | 'brand' | 'public' | 'note' | 'danger';

const TONES: Record<Tone, string> = {
  plain: 'border border-line bg-surface text-ink hover:border-line-strong',
  quiet: 'border border-transparent text-muted hover:bg-raised hover:text-ink',
  brand: 'border border-transparent bg-brand text-on-brand hover:bg-brand-hover',
  public: 'border border-transparent bg-public text-on-public hover:bg-public-hover',
  note: 'border border-transparent bg-note text-on-note hover:bg-note-hover',
  danger: 'border border-danger/40 bg-surface text-danger hover:bg-danger-soft',
};

const BASE =
  'inline-flex items-center justify-center gap-1.5 rounded-md text-sm font-medium whitespace-nowrap transition-colors disabled:opacity-50 disabled:cursor-not-allowed';

export interface ButtonProps {
  children: ReactNode;
  onPress?: () => void;
  tone?: Tone;
  size?: 'small' | 'regular';
  type?: 'button' | 'submit';
  isDisabled?: boolean;
  className?: string;
  'aria-label'?: string;
  'aria-describedby'?: string;
  'aria-keyshortcuts'?: string;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ tone = 'plain', size = 'regular', className, ...rest }: ButtonProps) {
  return (
    <AriaButton
      {...rest}
      className={classes(
        BASE,
        TONES[tone],
        size === 'small' ? 'min-h-7 px-2.5 text-[13px]' : 'min-h-9 px-3.5',
        className,
      )}
    />
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'aria-label'> {
  label: string;
  icon: ReactNode;
}

/** A button that is only a picture: its name is also its tooltip. */
export function IconButton({ label, icon, tone = 'quiet', size = 'regular', className, ...rest }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton
        {...rest}
        aria-label={label}
        className={classes(BASE, TONES[tone], size === 'small' ? 'size-7' : 'size-9', className)}
      >
        {icon}
      </AriaButton>
      <Tooltip className="appear rounded-md bg-ink px-2 py-0.5 text-xs text-canvas" offset={6}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}
