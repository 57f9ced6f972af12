import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, DialogTrigger } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { Popover } from 'react-aria-components/Popover';
import { useText } from '../i18n/use-text';
import { Button, IconButton, type ButtonProps } from './button';
import { classes } from './classes';

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}

/** A modal window. Focus returns to what opened it. */
export function Dialog({ title, isOpen, onClose, children, wide }: DialogProps) {
  const t = useText();
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
      className="appear fixed inset-0 z-20 flex items-start justify-center overflow-auto bg-black/45 p-4 pt-[8vh]"
    >
      <Modal
        className={classes(
          'w-full rounded-lg border border-line bg-surface shadow-2xl',
          wide ? 'max-w-3xl' : 'max-w-lg',
        )}
      >
        <AriaDialog className="outline-none">
          <header className="flex items-center justify-between gap-2 border-b border-line py-2 ps-5 pe-2">
            <Heading slot="title" className="text-base font-bold">
              {title}
            </Heading>
            <IconButton label={t('common.close')} icon={<X size={18} />} onPress={onClose} />
          </header>
          <div className="p-5">{children}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export interface DetailsPopoverProps extends Omit<ButtonProps, 'children' | 'onPress'> {
  label: string;
  trigger: ReactNode;
  children: ReactNode;
  /** For what must close it from inside; left alone it opens and closes by itself. */
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
}

/** A button whose details open beside it. The content is drawn only while open. */
export function DetailsPopover({ label, trigger, children, isOpen, onOpenChange, ...button }: DetailsPopoverProps) {
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
      <Button {...button}>{trigger}</Button>
      <Popover
        placement="bottom"
        offset={6}
        className="appear w-96 max-w-[calc(100vw-2rem)] overflow-auto rounded-lg border border-line bg-surface p-4 shadow-xl"
      >
        <AriaDialog aria-label={label} className="outline-none">
          {children}
        </AriaDialog>
      </Popover>
    </DialogTrigger>
  );
}
