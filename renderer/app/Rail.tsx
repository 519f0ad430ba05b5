/** The left rail: the ways through the day, each with its key. */
import { Button } from 'react-aria-components';
import { classes } from '../ui/classes.ts';
import { Icon, type IconName } from '../ui/Icon.tsx';
import { Keycap } from '../ui/Keycap.tsx';
import styles from './Rail.module.css';

export type RailItem = { id: string; label: string; icon: IconName; keys?: string; isHere?: boolean; isPrimary?: boolean; badge?: string; go: () => void };

export function Rail({ label, groups }: { label: string; groups: RailItem[][] }) {
  return (
    <nav className={styles.rail} aria-label={label}>
      {groups.map((items) => (
        <ul key={items[0]?.id} className={styles.group}>
          {items.map((item) => (
            <li key={item.id}>
              <Button
                className={classes(styles.item, item.isPrimary && styles.primary)}
                onPress={item.go}
                aria-current={item.isHere === true ? 'page' : undefined}
                aria-keyshortcuts={item.keys}
                data-testid={`rail-${item.id}`}
              >
                <Icon name={item.icon} size={22} />
                <span className={styles.label}>{item.label}</span>
                {item.badge !== undefined && <span className={styles.badge}>{item.badge}</span>}
                {item.keys !== undefined && (
                  <span className={styles.keys}>
                    <Keycap keys={item.keys} isOnAccent={item.isPrimary} />
                  </span>
                )}
              </Button>
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}
