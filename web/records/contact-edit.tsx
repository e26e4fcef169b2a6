/** Editing a contact. Only that version is changed which the person sees; what was typed outlives every trouble. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Contact, ContactWarning } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { ApiProblem, isStatus } from '../api/problem.ts';
import { contactQuery, refetchRecords } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { useNotices } from '../ui/notices.tsx';
import { ProblemNote } from '../ui/states.tsx';
import { useDraft } from '../ui/use-draft.ts';
import {
  type ContactField,
  type ContactValues,
  changedFields,
  contactFields,
  valuesOf,
} from '../words/contact.ts';

export function ContactEdit({ contact, onDone }: { contact: Contact; onDone: () => void }) {
  const client = useQueryClient();
  const notices = useNotices();
  /** Only what the person touched: over a newer version, it leaves alone what somebody else has changed. */
  const [edits, setEdits, forgetDraft] = useDraft<Partial<ContactValues>>(`contact-${contact.id}`, {});
  /** What is edited: a newer version must not be overwritten unseen. */
  const [base, setBase] = useState(contact);
  const draft = { ...valuesOf(base), ...edits };
  const edit = (name: ContactField, value: string): void => setEdits({ ...edits, [name]: value });
  const save = useMutation({
    mutationFn: () => api.patchContact(contact.id, base.version, changedFields(valuesOf(base), draft)),
    onSuccess: ({ warnings, ...saved }) => {
      client.setQueryData(contactQuery(contact.id).queryKey, saved);
      forgetDraft();
      onDone();
      if (warnings?.length) for (const warning of warnings) tellWarning(warning);
      else notices.tell('Saved');
      refetchRecords(client);
    },
    onError: (error) => {
      if (isStatus(error, 412))
        void client.invalidateQueries({ queryKey: contactQuery(contact.id).queryKey });
    },
  });
  const tellWarning = ({ title, remedy }: ContactWarning): void => notices.warn(title, remedy);
  const changed = Object.keys(changedFields(valuesOf(base), draft)).length > 0;
  const collided = isStatus(save.error, 412);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (changed && !save.isPending) save.mutate();
  };
  return (
    <form className="form contact-form" onSubmit={submit}>
      {contactFields.map(({ name, label }) => (
        <Field
          key={name}
          label={label}
          hint={name === 'birthday' ? birthdayHint : undefined}
          problem={problemOf(name, save.error)}
        >
          {(id, hintId) =>
            name === 'notes' || name === 'address' ? (
              <textarea
                id={id}
                aria-describedby={hintId}
                value={draft[name]}
                onChange={({ target }) => edit(name, target.value)}
              />
            ) : (
              <input
                id={id}
                type="text"
                aria-describedby={hintId}
                aria-invalid={problemOf(name, save.error) !== undefined}
                value={draft[name]}
                onChange={({ target }) => edit(name, target.value)}
              />
            )
          }
        </Field>
      ))}
      <div role="alert">
        {collided ? (
          <div className="note note-warn">
            <div>
              <strong>This person was changed meanwhile</strong>
              <p>What you typed is kept. Save again to change the newer version.</p>
            </div>
            <Button disabled={base.version === contact.version} onClick={() => setBase(contact)}>
              Use the newer version
            </Button>
          </div>
        ) : (
          save.error && !blamesField(save.error) && <ProblemNote error={save.error} />
        )}
      </div>
      <div className="plan-actions">
        <Button
          onClick={() => {
            forgetDraft();
            onDone();
          }}
        >
          Discard changes
        </Button>
        <Button look="primary" type="submit" busy={save.isPending} disabled={!changed}>
          Save
        </Button>
      </div>
    </form>
  );
}

const birthdayHint = 'Year-month-day, or --month-day where the year is not known.';

function problemOf(field: string, error: unknown): string | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  const message = error.errors.find(({ path }) => path === field)?.message;
  return message && `That is ${message}.`;
}

/** Then the reason stands at the field. */
const blamesField = (error: unknown): boolean =>
  contactFields.some(({ name }) => problemOf(name, error) !== undefined);
