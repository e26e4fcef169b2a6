import type { MappingDirection } from '../../api/contract/index.ts';
import { Select } from '../ui/select.tsx';
import { describeMappingDirections } from '../words/direction.ts';

interface DirectionSelectProps {
  readonly label: string;
  /** The provider's. */
  readonly name: string;
  readonly value: MappingDirection;
  readonly disabled?: boolean;
  readonly 'aria-describedby'?: string | undefined;
  readonly onChange: (direction: MappingDirection) => void;
}

export function DirectionSelect({ label, name, ...rest }: DirectionSelectProps) {
  return <Select aria-label={label} options={describeMappingDirections(name)} {...rest} />;
}
