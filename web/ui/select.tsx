/** One of a list, by the control of the person's own device; and the same with its label. */
import type { ReactNode, SelectHTMLAttributes } from 'react';
import { Field } from './field.tsx';

export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly disabled?: boolean;
}

interface SelectProps<Value extends string>
  extends Omit<SelectHTMLAttributes<HTMLSelectElement>, 'value' | 'onChange' | 'children'> {
  readonly value: Value;
  readonly options: readonly SelectOption<Value>[];
  readonly onChange: (value: Value) => void;
}

export function Select<Value extends string>({ options, onChange, ...rest }: SelectProps<Value>) {
  return (
    <select {...rest} onChange={({ target }) => onChange(target.value as Value)}>
      {options.map(({ value, label, disabled }) => (
        <option key={value} value={value} disabled={disabled}>
          {label}
        </option>
      ))}
    </select>
  );
}

interface SelectFieldProps<Value extends string> extends SelectProps<Value> {
  readonly label: ReactNode;
}

export function SelectField<Value extends string>({ label, ...rest }: SelectFieldProps<Value>) {
  return <Field label={label}>{(id) => <Select id={id} {...rest} />}</Field>;
}
