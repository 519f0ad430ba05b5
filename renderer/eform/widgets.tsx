/** The form's controls, drawn with the same kit as the rest of the page. Each shows its own label, mark and error. */
import {
  enumOptionsDeselectValue,
  enumOptionsSelectValue,
  getInputProps,
  type BaseInputTemplateProps,
  type RegistryWidgetsType,
  type WidgetProps,
} from '@rjsf/utils';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Checkbox, RadioCards, Select, type Option } from '../ui/Choices.tsx';
import { DateField } from '../ui/DateField.tsx';
import { Marked } from '../ui/Marked.tsx';
import { TextField } from '../ui/TextField.tsx';
import type { EFormContext } from './EFormFields.tsx';
import styles from './EFormFields.module.css';

const markOf = ({ id, registry }: WidgetProps): string | undefined => (registry.formContext as EFormContext | undefined)?.marks[id];
const errorOf = ({ rawErrors }: WidgetProps): string | undefined => rawErrors?.[0];
const hintOf = ({ options, schema }: WidgetProps): string | undefined => options.help ?? options.description ?? schema.description;

const common = (props: WidgetProps) => ({
  id: props.id,
  label: props.label,
  isRequired: props.required,
  isDisabled: props.disabled,
  isReadOnly: props.readonly,
  placeholder: props.placeholder === '' ? undefined : props.placeholder,
  description: hintOf(props),
  error: errorOf(props),
  isLabelHidden: props.hideLabel === true,
});

/** Text, numbers, e-mail, telephone: whatever is typed on one line. */
export function LineInput(props: BaseInputTemplateProps) {
  const { type } = getInputProps(props.schema, props.type, props.options, false);
  const isNumber = type === 'number' || props.schema.type === 'number' || props.schema.type === 'integer';
  const kind = type === 'email' || type === 'tel' || type === 'password' ? type : 'text';
  return (
    <Marked mark={markOf(props)}>
      <TextField
        {...common(props)}
        type={kind}
        inputMode={isNumber ? 'numeric' : undefined}
        maxLength={props.schema.maxLength}
        value={props.value === undefined || props.value === null ? '' : String(props.value)}
        onChange={(text) => props.onChange(text === '' ? props.options.emptyValue : text)}
        onBlur={() => props.onBlur(props.id, props.value)}
      />
    </Marked>
  );
}

function TextareaWidget(props: WidgetProps) {
  return (
    <Marked mark={markOf(props)}>
      <TextField
        {...common(props)}
        rows={Number(props.options.rows ?? 2)}
        value={(props.value as string | undefined) ?? ''}
        onChange={(text) => props.onChange(text === '' ? props.options.emptyValue : text)}
        onBlur={() => props.onBlur(props.id, props.value)}
      />
    </Marked>
  );
}

function DateWidget(props: WidgetProps) {
  const { t } = useTranslation('eform');
  return (
    <Marked mark={markOf(props)}>
      <DateField
        {...common(props)}
        placeholder={t('date-placeholder')}
        value={props.value as string | undefined}
        onChange={props.onChange}
        onBlur={() => props.onBlur(props.id, props.value)}
      />
    </Marked>
  );
}

/** The kit speaks in strings; enum values may be numbers or booleans, so options go by their place in the list. */
const optionsOf = (props: WidgetProps): Option[] => (props.options.enumOptions ?? []).map((option, index) => ({ value: String(index), label: option.label }));
/** The same list as long as the words are the same: a list of a hundred provinces is not made anew at every key. */
function useOptions(props: WidgetProps): Option[] {
  const options = optionsOf(props);
  const words = JSON.stringify(options);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `words` is what the options say
  return useMemo(() => options, [words]);
}
const chosenOf = (props: WidgetProps): string | null => {
  const index = (props.options.enumOptions ?? []).findIndex((option) => option.value === props.value);
  return index < 0 ? null : String(index);
};
const choose = (props: WidgetProps, key: string): void => {
  props.onChange(props.options.enumOptions?.[Number(key)]?.value);
  // A choice is finished at once; there is nothing to leave.
  props.onBlur(props.id, props.value);
};

const labelWithStar = (props: WidgetProps): string => (props.required ? `${props.label} *` : props.label);

function Error({ props }: { props: WidgetProps }) {
  const error = errorOf(props);
  return error === undefined ? null : <p className={styles.error}>{error}</p>;
}

function SelectWidget(props: WidgetProps) {
  const { t } = useTranslation('eform');
  const options = useOptions(props);
  return (
    <Marked mark={markOf(props)} id={props.id}>
      <Select
        label={props.label}
        isRequired={props.required}
        options={options}
        value={chosenOf(props)}
        onChange={(key) => choose(props, key)}
        placeholder={props.placeholder === '' || props.placeholder === undefined ? t('choose') : props.placeholder}
        isDisabled={props.disabled}
      />
      <Error props={props} />
    </Marked>
  );
}

function RadioWidget(props: WidgetProps) {
  return (
    <Marked mark={markOf(props)} id={props.id}>
      <RadioCards
        label={props.label}
        isRequired={props.required}
        options={optionsOf(props)}
        value={chosenOf(props)}
        onChange={(key) => choose(props, key)}
        isDisabled={props.disabled}
      />
      <Error props={props} />
    </Marked>
  );
}

function CheckboxWidget(props: WidgetProps) {
  return (
    <div id={props.id}>
      <Checkbox
        isSelected={props.value === true}
        onChange={(isSelected) => {
          props.onChange(isSelected);
          props.onBlur(props.id, isSelected);
        }}
        isDisabled={props.disabled}
      >
        {labelWithStar(props)}
      </Checkbox>
      <Error props={props} />
    </div>
  );
}

function CheckboxesWidget(props: WidgetProps) {
  const chosen = (props.value as unknown[] | undefined) ?? [];
  return (
    <div id={props.id} role="group" aria-label={props.label}>
      {props.hideLabel !== true && <p className={styles.hint}>{labelWithStar(props)}</p>}
      {(props.options.enumOptions ?? []).map((option, index) => (
        <Checkbox
          key={String(option.value)}
          isSelected={chosen.includes(option.value)}
          onChange={(isSelected) =>
            props.onChange(
              isSelected
                ? enumOptionsSelectValue(index, chosen as never[], props.options.enumOptions)
                : enumOptionsDeselectValue(index, chosen as never[], props.options.enumOptions),
            )
          }
        >
          {option.label}
        </Checkbox>
      ))}
      <Error props={props} />
    </div>
  );
}

export const widgets: RegistryWidgetsType = { TextareaWidget, DateWidget, SelectWidget, RadioWidget, CheckboxWidget, CheckboxesWidget };
