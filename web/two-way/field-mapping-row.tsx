import { type ReactNode, useId } from 'react';
import type { ConflictPolicy, FieldMapping } from '../../api/contract/index.ts';
import { icons } from '../ui/icons.tsx';
import { Select, type SelectOption } from '../ui/select.tsx';
import { contactFields, fieldLabel } from '../words/contact.ts';
import { describePolicies } from '../words/direction.ts';
import {
  type CustomField,
  customNameIn,
  harmonyCustom,
  pathLabel,
  providerCustom,
  providerFields,
} from '../words/mapping.ts';
import { DirectionSelect } from './direction-select.tsx';

interface FieldMappingRowProps {
  readonly mapping: FieldMapping;
  /** The provider's. */
  readonly name: string;
  readonly problem: string | undefined;
  readonly onChange: (mapping: FieldMapping) => void;
  readonly onRemove: () => void;
}

export function FieldMappingRow({ mapping, name, problem, onChange, onRemove }: FieldMappingRowProps) {
  const problemId = useId();
  const columns = mappingColumns(name);
  const { field, path, direction, conflictPolicy } = mapping;
  const label = fieldLabel(field) || 'new field';
  const changePolicy = (policy: ConflictPolicy | ''): void => {
    const { conflictPolicy: _before, ...rest } = mapping;
    onChange(policy === '' ? rest : { ...rest, conflictPolicy: policy });
  };
  return (
    <li className="mapping-row" data-field={field}>
      <Cell column={columns.harmony}>
        <FieldPick
          label={`Harmony field of ${label}`}
          value={field}
          options={contactFields.map(({ name: value, label: text }) => ({ value, label: text }))}
          custom={harmonyCustom}
          problemId={problem ? problemId : undefined}
          onChange={(next) => onChange({ ...mapping, field: next })}
        />
      </Cell>
      <Cell column={columns.direction}>
        <DirectionSelect
          label={`Direction of ${label}`}
          name={name}
          value={direction}
          onChange={(next) => onChange({ ...mapping, direction: next })}
        />
      </Cell>
      <Cell column={columns.provider}>
        <FieldPick
          label={`${name} field of ${label}`}
          value={path}
          options={providerFields.map(({ path: value, label: text }) => ({ value, label: text }))}
          shown={pathLabel(path)}
          custom={providerCustom}
          problemId={problem ? problemId : undefined}
          onChange={(next) => onChange({ ...mapping, path: next })}
        />
      </Cell>
      <Cell column={columns.policy}>
        <Select
          aria-label={`Who wins at ${label}`}
          value={conflictPolicy ?? ''}
          disabled={direction !== 'both'}
          options={[{ value: '', label: 'As for all fields' }, ...describePolicies(name)]}
          onChange={changePolicy}
        />
      </Cell>
      <button type="button" className="icon-button" aria-label={`Remove ${label}`} onClick={onRemove}>
        {icons.trash}
      </button>
      {problem && (
        <p id={problemId} className="field-problem mapping-problem">
          {problem}
        </p>
      )}
    </li>
  );
}

/** What stands over each of its values, or, where there is no room for columns, beside each. `name` is the provider's. */
export const mappingColumns = (name: string) => ({
  harmony: 'Harmony',
  direction: 'Flows',
  provider: name,
  policy: 'When both changed',
});

/** Controls have names of their own, which say more. */
function Cell({ column, children }: { column: string; children: ReactNode }) {
  return (
    <div className="mapping-cell">
      <span className="mapping-column" aria-hidden="true">
        {column}
      </span>
      {children}
    </div>
  );
}

interface FieldPickProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly SelectOption<string>[];
  /** The words of a value that is none of the options. */
  readonly shown?: string;
  readonly custom: CustomField;
  readonly problemId: string | undefined;
  readonly onChange: (value: string) => void;
}

/** One of those that have a name, or one that the person names. */
function FieldPick({ label, value, options, shown = value, custom, problemId, onChange }: FieldPickProps) {
  const name = customNameIn(custom, value);
  const known = name !== undefined || options.some((option) => option.value === value);
  const unnamed = custom.before + custom.after;
  const checked = { 'aria-invalid': problemId !== undefined, 'aria-describedby': problemId };
  return (
    <div className="mapping-pick">
      <Select
        aria-label={label}
        value={name === undefined ? value : unnamed}
        {...checked}
        options={[
          ...(known ? [] : [{ value, label: value === '' ? 'Choose' : shown }]),
          ...options,
          { value: unnamed, label: 'Custom field' },
        ]}
        onChange={onChange}
      />
      {name !== undefined && (
        <input
          type="text"
          aria-label={`Name of the ${label}`}
          placeholder="Name of the field"
          value={name}
          {...checked}
          onChange={({ target }) => onChange(custom.before + target.value + custom.after)}
        />
      )}
    </div>
  );
}
