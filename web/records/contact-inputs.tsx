/** The fields of a contact to fill in, each with what is wrong with it. */
import { ApiProblem } from '../api/problem.ts';
import { Field } from '../ui/field.tsx';
import { type ContactField, type ContactValues, contactFields } from '../words/contact.ts';

interface ContactInputsProps {
  readonly values: ContactValues;
  /** Why the last save was refused. */
  readonly error: unknown;
  readonly onChange: (name: ContactField, value: string) => void;
}

const longFields: readonly ContactField[] = ['address', 'notes'];
const hints: Partial<Record<ContactField, string>> = {
  birthday: 'For example 1985-12-10, or --12-10 without the year.',
};

export function ContactInputs({ values, error, onChange }: ContactInputsProps) {
  return contactFields.map(({ name, label }) => {
    const problem = problemOf(name, error);
    return (
      <Field key={name} label={label} hint={hints[name]} problem={problem}>
        {(id, hintId) => {
          const Input = longFields.includes(name) ? 'textarea' : 'input';
          return (
            <Input
              id={id}
              {...(Input === 'input' ? { type: 'text' } : {})}
              aria-describedby={hintId}
              aria-invalid={problem !== undefined}
              value={values[name]}
              onChange={({ target }) => onChange(name, target.value)}
            />
          );
        }}
      </Field>
    );
  });
}

function problemOf(field: string, error: unknown): string | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  const message = error.errors.find(({ path }) => path === field)?.message;
  return message && `That is ${message}.`;
}

/** Then the reason stands at the field. */
export const blamesField = (error: unknown): boolean =>
  contactFields.some(({ name }) => problemOf(name, error) !== undefined);
