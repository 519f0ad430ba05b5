import { useContext, useId, type ReactNode } from 'react';
import { DialogTrigger, OverlayTriggerStateContext, Popover as AriaPopover } from 'react-aria-components';
import styles from './Popover.module.css';

type Content = ReactNode | ((close: () => void) => ReactNode);

/** A panel that opens beside its trigger (any react-aria button) and closes on Esc or a press outside. */
export function Popover({
  trigger,
  title,
  children,
  placement = 'bottom end',
}: {
  trigger: ReactNode;
  title: string;
  children: Content;
  placement?: 'bottom end' | 'bottom start' | 'right bottom';
}) {
  const titleId = useId();
  return (
    <DialogTrigger>
      {trigger}
      {/* Without a dialog inside it is one itself, the hidden buttons that dismiss it included. */}
      <AriaPopover className={styles.panel} placement={placement} offset={8} aria-labelledby={titleId}>
        <div className={styles.inner}>
          <h2 id={titleId} className={styles.title}>
            {title}
          </h2>
          <Inside content={children} />
        </div>
      </AriaPopover>
    </DialogTrigger>
  );
}

function Inside({ content }: { content: Content }) {
  const state = useContext(OverlayTriggerStateContext);
  return typeof content === 'function' ? content(() => state?.close()) : content;
}
