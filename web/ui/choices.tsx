/** One of a few, each with a line that says what it means. */
import { RadioGroup } from 'radix-ui';
import { type ReactNode, useId } from 'react';

interface ChoicesProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly children: ReactNode;
}

export function Choices({ label, value, onChange, children }: ChoicesProps) {
  return (
    <RadioGroup.Root className="choices" value={value} onValueChange={onChange} aria-label={label}>
      {children}
    </RadioGroup.Root>
  );
}

export function Choice({ value, title, children }: { value: string; title: string; children: ReactNode }) {
  const id = useId();
  return (
    <div className="choice">
      <RadioGroup.Item className="radio" value={value} id={id}>
        <RadioGroup.Indicator className="radio-dot" />
      </RadioGroup.Item>
      <label htmlFor={id}>
        <strong>{title}</strong>
        <span>{children}</span>
      </label>
    </div>
  );
}
