/** A label, what is filled in, and a hint or what is wrong, tied together. */
import { type ReactNode, useId } from 'react';

interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** Stands in place of the hint. */
  readonly problem?: string | undefined;
  readonly children: (id: string, hintId: string | undefined) => ReactNode;
}

export function Field({ label, hint, problem, children }: FieldProps) {
  const id = useId();
  const hintId = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id, hint || problem ? hintId : undefined)}
      {(problem || hint) && (
        <p id={hintId} className={problem ? 'field-problem' : 'muted field-help'}>
          {problem ?? hint}
        </p>
      )}
    </div>
  );
}
