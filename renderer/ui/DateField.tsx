/** A date typed day first; hands on `YYYY-MM-DD` when it exists, else the text as typed so that nothing is lost. */
import { useState } from 'react';
import { formatDate } from '../../shared/lib/time.ts';
import { TextField, type TextFieldProps } from './TextField.tsx';
import { parseTypedDate } from './typed-date.ts';

export type DateFieldProps = Omit<TextFieldProps, 'value' | 'onChange' | 'inputMode' | 'maxLength'> & {
  value: string | undefined;
  onChange: (value: string | undefined) => void;
};

const shown = (value: string | undefined): string => {
  const date = value === undefined ? undefined : parseTypedDate(value);
  return date === undefined ? (value ?? '') : formatDate(date);
};

export function DateField({ value, onChange, onBlur, ...rest }: DateFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  // The officer's text stays as it is while it is being typed, unless the value was set from elsewhere (a scanned card).
  const isMine = typed !== null && (typed.trim() === '' ? undefined : (parseTypedDate(typed) ?? typed)) === value;
  return (
    <TextField
      {...rest}
      inputMode="numeric"
      maxLength={10}
      value={isMine ? typed : shown(value)}
      onChange={(text) => {
        setTyped(text);
        onChange(text.trim() === '' ? undefined : (parseTypedDate(text) ?? text));
      }}
      onBlur={() => {
        setTyped(null);
        onBlur?.();
      }}
    />
  );
}
