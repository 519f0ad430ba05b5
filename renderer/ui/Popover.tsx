import type { ReactNode } from 'react';
import { Dialog, DialogTrigger, Heading, Popover as AriaPopover } from 'react-aria-components';
import styles from './Popover.module.css';

/** A panel that opens beside its trigger (any react-aria button) and closes on Esc or a press outside. */
export function Popover({
  trigger,
  title,
  children,
  placement = 'bottom end',
}: {
  trigger: ReactNode;
  title: string;
  children: ReactNode | ((close: () => void) => ReactNode);
  placement?: 'bottom end' | 'bottom start' | 'right bottom';
}) {
  return (
    <DialogTrigger>
      {trigger}
      <AriaPopover className={styles.panel} placement={placement} offset={8}>
        <Dialog className={styles.inner}>
          {({ close }) => (
            <>
              <Heading slot="title" className={styles.title}>
                {title}
              </Heading>
              {typeof children === 'function' ? children(close) : children}
            </>
          )}
        </Dialog>
      </AriaPopover>
    </DialogTrigger>
  );
}
