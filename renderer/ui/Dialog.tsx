import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { classes } from './classes.ts';
import { ShortcutLayer } from './useShortcut.ts';
import styles from './Dialog.module.css';

export type DialogProps = {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  /** Buttons, the primary one last. */
  actions?: ReactNode;
  size?: 'small' | 'medium' | 'large' | 'full';
  /** `alertdialog` for a question that must be answered: a press outside does not close it. */
  role?: 'dialog' | 'alertdialog';
};

/** A modal, for where work stops; shortcuts of the page beneath rest while it is open. */
export function Dialog({ title, isOpen, onClose, children, actions, size = 'medium', role = 'dialog' }: DialogProps) {
  return (
    <ModalOverlay className={styles.overlay} isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable={role === 'dialog'}>
      <Modal className={classes(styles.modal, styles[size])}>
        <ShortcutLayer>
          <AriaDialog className={styles.dialog} role={role}>
            <Heading slot="title" className={styles.title}>
              {title}
            </Heading>
            <div className={styles.body}>{children}</div>
            {actions !== undefined && <div className={styles.actions}>{actions}</div>}
          </AriaDialog>
        </ShortcutLayer>
      </Modal>
    </ModalOverlay>
  );
}
