import { Checkbox } from 'radix-ui';
import { icons } from './icons.tsx';

interface CheckProps {
  /** Of the box, for its label. */
  readonly id: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** A box to tick. */
export function Check({ onChange, ...rest }: CheckProps) {
  return (
    <Checkbox.Root className="checkbox" {...rest} onCheckedChange={(checked) => onChange(checked === true)}>
      <Checkbox.Indicator>{icons.check}</Checkbox.Indicator>
    </Checkbox.Root>
  );
}
