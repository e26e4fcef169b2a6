import type { MappingDirection } from '../../api/contract/index.ts';
import { describeMappingDirections } from '../words/direction.ts';

interface DirectionSelectProps {
  readonly label: string;
  /** The provider's. */
  readonly name: string;
  readonly value: MappingDirection;
  readonly disabled?: boolean;
  readonly onChange: (direction: MappingDirection) => void;
}

export function DirectionSelect({ label, name, value, disabled = false, onChange }: DirectionSelectProps) {
  return (
    <select
      aria-label={label}
      value={value}
      disabled={disabled}
      onChange={({ target }) => onChange(target.value as MappingDirection)}
    >
      {describeMappingDirections(name).map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
