import type { HTMLAttributes, ReactNode, Ref } from 'react';
import { FieldError, Input, Text, TextArea, TextField as AriaTextField } from 'react-aria-components';
import { FieldLabel } from './FieldLabel.tsx';
import styles from './Controls.module.css';

export type TextFieldProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  onFocus?: () => void;
  /** Called on Enter (not in a text area). */
  onSubmit?: () => void;
  description?: ReactNode;
  error?: string;
  placeholder?: string;
  inputMode?: HTMLAttributes<HTMLInputElement>['inputMode'];
  type?: 'text' | 'tel' | 'email' | 'password';
  isRequired?: boolean;
  isDisabled?: boolean;
  isReadOnly?: boolean;
  autoFocus?: boolean;
  maxLength?: number;
  /** More than one line turns the field into a text area. */
  rows?: number;
  /** The visible label is left out; screen readers still hear it. */
  isLabelHidden?: boolean;
  inputRef?: Ref<HTMLInputElement>;
  id?: string;
};

export function TextField({
  label,
  value,
  onChange,
  onBlur,
  onFocus,
  onSubmit,
  description,
  error,
  placeholder,
  rows = 1,
  isLabelHidden = false,
  inputRef,
  ...rest
}: TextFieldProps) {
  const isInvalid = error !== undefined && error !== '';
  return (
    <AriaTextField
      {...rest}
      value={value}
      onChange={onChange}
      onBlur={onBlur}
      onFocus={onFocus}
      isInvalid={isInvalid}
      validationBehavior="aria"
      className={styles.field}
      autoComplete="off"
      aria-label={isLabelHidden ? label : undefined}
      spellCheck="false"
      onKeyDown={(event) => {
        if (event.key === 'Enter' && rows === 1 && onSubmit !== undefined) onSubmit();
        else event.continuePropagation();
      }}
    >
      {!isLabelHidden && <FieldLabel label={label} isRequired={rest.isRequired} />}
      {rows > 1 ? (
        <TextArea className={styles.input} rows={rows} placeholder={placeholder} />
      ) : (
        <Input ref={inputRef} className={styles.input} placeholder={placeholder} />
      )}
      {description !== undefined && !isInvalid && (
        <Text slot="description" className={styles.description}>
          {description}
        </Text>
      )}
      <FieldError className={styles.error}>{error}</FieldError>
    </AriaTextField>
  );
}
