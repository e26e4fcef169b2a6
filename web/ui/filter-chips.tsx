/** One choice of a few, as chips with counts; arrow keys move between them. */
import { ToggleGroup } from 'radix-ui';
import { count } from '../words/run.ts';

interface FilterChipsProps<Value extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly count?: number }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

export function FilterChips<Value extends string>(props: FilterChipsProps<Value>) {
  const { label, options, value, onChange } = props;
  return (
    <ToggleGroup.Root
      type="single"
      className="chips"
      aria-label={label}
      value={value}
      onValueChange={(next) => next !== '' && onChange(next as Value)}
    >
      {options.map((option) => (
        <ToggleGroup.Item key={option.value} className="chip" value={option.value}>
          {option.label}
          {option.count !== undefined && <span className="chip-count">{count(option.count)}</span>}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
