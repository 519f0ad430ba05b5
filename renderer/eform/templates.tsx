/** How fields are laid out: a grid of fields, sections that fold, rows of a list. */
import {
  getUiOptions,
  type ArrayFieldItemTemplateProps,
  type ArrayFieldTemplateProps,
  type FieldTemplateProps,
  type ObjectFieldTemplateProps,
  type RJSFSchema,
  type TemplatesType,
} from '@rjsf/utils';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { LineInput } from './widgets.tsx';
import styles from './EFormFields.module.css';

const isGroup = (schema: RJSFSchema): boolean => schema.type === 'object' || schema.type === 'array';

/** Leaf controls draw their own label and error; here it is only decided how much room a field takes. */
function FieldTemplate({ children, hidden, schema, uiSchema, displayLabel, rawErrors, id }: FieldTemplateProps) {
  if (hidden === true) return null;
  const { widget, width } = getUiOptions(uiSchema) as { widget?: unknown; width?: unknown };
  const isWide = width === 'full' || (width !== 'half' && (isGroup(schema) || widget === 'textarea' || widget === 'checkboxes'));
  const listError = schema.type === 'array' && displayLabel === false ? undefined : schema.type === 'array' ? rawErrors?.[0] : undefined;
  return (
    <div className={isWide ? styles.wide : undefined}>
      {children}
      {listError !== undefined && (
        <p className={styles.error} id={`${id}__error`}>
          {listError}
        </p>
      )}
    </div>
  );
}

function ObjectFieldTemplate({ fieldPathId, title, description, properties, schema, uiSchema }: ObjectFieldTemplateProps) {
  const { help } = getUiOptions(uiSchema) as { help?: string };
  const hint = help ?? (typeof description === 'string' ? description : schema.description);
  const fields = (
    <div className={styles.grid}>
      {hint !== undefined && hint !== '' && <p className={styles.hint}>{hint}</p>}
      {properties.map((property) => property.content)}
    </div>
  );
  const isRoot = fieldPathId.path.length === 0;
  const isRow = typeof fieldPathId.path.at(-1) === 'number';
  if (isRoot || isRow || title === undefined || title === '') return fields;
  return (
    <details className={styles.section} open id={fieldPathId.$id}>
      <summary className={styles.summary}>
        <Icon name="right" size={18} />
        {title}
      </summary>
      <div className={styles.inside}>{fields}</div>
    </details>
  );
}

function ArrayFieldTemplate({ fieldPathId, title, items, canAdd, onAddClick, schema }: ArrayFieldTemplateProps) {
  const { t } = useTranslation('eform');
  return (
    <details className={styles.section} open id={fieldPathId.$id}>
      <summary className={styles.summary}>
        <Icon name="right" size={18} />
        {title}
      </summary>
      <div className={styles.inside}>
        {schema.description !== undefined && <p className={styles.hint}>{schema.description}</p>}
        {items.length === 0 ? <p className={styles.hint}>{t('empty-list')}</p> : items}
        {canAdd && (
          <Button onPress={() => onAddClick()}>
            <Icon name="plus" size={18} />
            {t('add')}
          </Button>
        )}
      </div>
    </details>
  );
}

function ArrayFieldItemTemplate({ children, buttonsProps }: ArrayFieldItemTemplateProps) {
  const { t } = useTranslation('eform');
  const { hasRemove, onRemoveItem } = buttonsProps;
  return (
    <div className={styles.row}>
      <div>{children}</div>
      {hasRemove && (
        <div className={styles.rowButtons}>
          <Button aria-label={t('remove')} onPress={() => onRemoveItem()}>
            <Icon name="close" size={18} />
          </Button>
        </div>
      )}
    </div>
  );
}

const nothing = () => null;

export const templates: Partial<TemplatesType> = {
  FieldTemplate,
  ObjectFieldTemplate,
  ArrayFieldTemplate,
  ArrayFieldItemTemplate,
  BaseInputTemplate: LineInput,
  FieldErrorTemplate: nothing,
  FieldHelpTemplate: nothing,
  DescriptionFieldTemplate: nothing,
};
