/** The fields of a contact to fill in, each with what is wrong with it; and one more that the person names. */
import { useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { icons } from '../ui/icons.tsx';
import { type ContactValues, customPrefix, fieldLabel, fieldPath } from '../words/contact.ts';

interface ContactInputsProps {
  readonly values: ContactValues;
  /** Why the last save was refused. */
  readonly error: unknown;
  readonly onChange: (field: string, value: string) => void;
}

const longFields: readonly string[] = ['address', 'notes'];
const hints: Readonly<Record<string, string>> = {
  birthday: 'For example 1985-12-10, or --12-10 without the year.',
};

export function ContactInputs({ values, error, onChange }: ContactInputsProps) {
  const [added, setAdded] = useState<string>();
  return (
    <>
      {Object.entries(values).map(([field, value]) => {
        const problem = problemOf(field, error);
        return (
          <Field key={field} label={fieldLabel(field)} hint={hints[field]} problem={problem}>
            {(id, hintId) => {
              const Input = longFields.includes(field) ? 'textarea' : 'input';
              return (
                <Input
                  id={id}
                  autoFocus={field === added}
                  {...(Input === 'input' ? { type: 'text' } : {})}
                  aria-describedby={hintId}
                  aria-invalid={problem !== undefined}
                  value={value}
                  onChange={({ target }) => onChange(field, target.value)}
                />
              );
            }}
          </Field>
        );
      })}
      <AddField
        known={values}
        onAdd={(field) => {
          setAdded(field);
          onChange(field, '');
        }}
      />
    </>
  );
}

/** Asks for the name alone: the value is typed in the field that comes of it. */
function AddField({ known, onAdd }: { known: ContactValues; onAdd: (field: string) => void }) {
  const [name, setName] = useState('');
  const field = customPrefix + name.trim();
  const isNamed = name.trim() !== '';
  const isThere = field in known;
  const canAdd = isNamed && !isThere;
  const add = (): void => {
    onAdd(field);
    setName('');
  };
  return (
    <Field
      label="Another field"
      hint="Its name, for example Customer number."
      problem={isThere ? `${name.trim()} is there already.` : undefined}
    >
      {(id, hintId) => (
        <div className="add-field">
          <input
            id={id}
            type="text"
            aria-describedby={hintId}
            aria-invalid={isThere}
            value={name}
            onChange={({ target }) => setName(target.value)}
            // Enter adds the field, and does not send the form without it.
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || !isNamed) return;
              event.preventDefault();
              if (canAdd) add();
            }}
          />
          <Button icon={icons.plus} disabled={!canAdd} onClick={add}>
            Add
          </Button>
        </div>
      )}
    </Field>
  );
}

function problemOf(field: string, error: unknown): string | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  const message = error.errors.find(({ path }) => path === fieldPath(field))?.message;
  return message && `That is ${message}.`;
}

/** Then the reason stands at the field. */
export const blamesField = (error: unknown, values: ContactValues): boolean =>
  Object.keys(values).some((field) => problemOf(field, error) !== undefined);
