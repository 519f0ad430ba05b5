/** The controls that choose: one of a few (radio cards), yes or no (checkbox), one of many (select). */
import type { ReactNode } from 'react';
import {
  Button,
  Checkbox as AriaCheckbox,
  ListBox,
  ListBoxItem,
  ListLayout,
  Popover,
  Radio,
  RadioGroup,
  Select as AriaSelect,
  SelectValue,
  Text,
  Virtualizer,
} from 'react-aria-components';
import { classes } from './classes.ts';
import { FieldLabel } from './FieldLabel.tsx';
import { Icon } from './Icon.tsx';
import styles from './Controls.module.css';
import popover from './Popover.module.css';

export type Option<V extends string = string> = { value: V; label: string; hint?: string; isDisabled?: boolean };

export function RadioCards<V extends string>({
  label,
  options,
  value,
  onChange,
  isStacked = false,
  isLabelHidden = false,
  isRequired = false,
  isDisabled,
}: {
  label: string;
  options: ReadonlyArray<Option<V>>;
  value: V | null;
  onChange: (value: V) => void;
  isStacked?: boolean;
  isLabelHidden?: boolean;
  isRequired?: boolean;
  isDisabled?: boolean;
}) {
  return (
    <RadioGroup
      className={styles.field}
      value={value}
      onChange={(chosen) => onChange(chosen as V)}
      aria-label={isLabelHidden ? label : undefined}
      isRequired={isRequired}
      validationBehavior="aria"
      isDisabled={isDisabled}
    >
      {!isLabelHidden && <FieldLabel label={label} isRequired={isRequired} />}
      <div className={styles.group} data-stacked={isStacked || undefined}>
        {options.map((option) => (
          <Radio key={option.value} value={option.value} className={styles.choice} isDisabled={option.isDisabled}>
            {({ isSelected }) => (
              <>
                <span className={styles.mark}>{isSelected && <span className={styles.dot} />}</span>
                <span>
                  {option.label}
                  {option.hint !== undefined && <span className={styles.choiceHint}>{option.hint}</span>}
                </span>
              </>
            )}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}

export function Checkbox({
  children,
  isSelected,
  onChange,
  isDisabled,
  isCard = false,
}: {
  children: ReactNode;
  isSelected: boolean;
  onChange: (isSelected: boolean) => void;
  isDisabled?: boolean;
  isCard?: boolean;
}) {
  return (
    <AriaCheckbox className={isCard ? styles.choice : styles.plain} isSelected={isSelected} onChange={onChange} isDisabled={isDisabled}>
      {({ isSelected: isOn }) => (
        <>
          <span className={classes(styles.mark, styles.square)}>{isOn && <Icon name="check" size={16} />}</span>
          <span>{children}</span>
        </>
      )}
    </AriaCheckbox>
  );
}

/** From here on only the options in sight are drawn. */
const MANY = 20;
const OPTION_PX = 44;

function Options<V extends string>({ options, isLong = false }: { options: ReadonlyArray<Option<V>>; isLong?: boolean }) {
  return (
    <ListBox className={classes(styles.options, isLong && styles.long)} items={options}>
      {(option) => (
        <ListBoxItem id={option.value} textValue={option.label} className={styles.option}>
          <Text slot="label">{option.label}</Text>
          {option.hint !== undefined && (
            <Text slot="description" className={styles.choiceHint}>
              {option.hint}
            </Text>
          )}
        </ListBoxItem>
      )}
    </ListBox>
  );
}

export function Select<V extends string>({
  label,
  options,
  value,
  onChange,
  placeholder,
  isRequired = false,
  isDisabled,
}: {
  label: string;
  options: ReadonlyArray<Option<V>>;
  value: V | null;
  onChange: (value: V) => void;
  placeholder?: string;
  isRequired?: boolean;
  isDisabled?: boolean;
}) {
  return (
    <AriaSelect
      className={styles.field}
      value={value}
      onChange={(key) => key !== null && onChange(key as V)}
      placeholder={placeholder}
      isRequired={isRequired}
      validationBehavior="aria"
      isDisabled={isDisabled}
    >
      <FieldLabel label={label} isRequired={isRequired} />
      <Button className={classes(styles.input, styles.select)}>
        <SelectValue />
        <Icon name="down" size={18} />
      </Button>
      <Popover className={popover.menu}>
        {options.length > MANY ? (
          <Virtualizer layout={ListLayout} layoutOptions={{ estimatedRowHeight: OPTION_PX }}>
            <Options options={options} isLong />
          </Virtualizer>
        ) : (
          <Options options={options} />
        )}
      </Popover>
    </AriaSelect>
  );
}
