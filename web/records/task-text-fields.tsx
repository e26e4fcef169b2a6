/** What a task says, to be typed. */
import { Field } from '../ui/field.tsx';
import type { TaskText } from '../words/task.ts';

interface TaskTextFieldsProps {
  readonly text: TaskText;
  /** Under the description. */
  readonly hint: string;
  readonly onChange: (part: Partial<TaskText>) => void;
}

export function TaskTextFields({ text, hint, onChange }: TaskTextFieldsProps) {
  return (
    <>
      <Field label="Title">
        {(id) => (
          <input
            id={id}
            type="text"
            maxLength={500}
            value={text.title}
            onChange={({ target }) => onChange({ title: target.value })}
          />
        )}
      </Field>
      <Field label="Description" hint={hint}>
        {(id, hintId) => (
          <textarea
            id={id}
            aria-describedby={hintId}
            value={text.description}
            onChange={({ target }) => onChange({ description: target.value })}
          />
        )}
      </Field>
    </>
  );
}
