/** Editing a contact. Only that version is changed which the person sees; what was typed outlives every trouble. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Contact } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { isStatus } from '../api/problem.ts';
import { contactQuery, refetchRecords } from '../api/queries.ts';
import { Button } from '../ui/button.tsx';
import { ProblemNote } from '../ui/states.tsx';
import { hasDraft, useDraft } from '../ui/use-draft.ts';
import { type ContactValues, changedFields, valuesOf } from '../words/contact.ts';
import { blamesField, ContactInputs } from './contact-inputs.tsx';
import { EditActions } from './edit-actions.tsx';
import { useTellWritten } from './use-contact-writes.ts';

const draftOf = (contact: Contact): string => `contact-${contact.id}`;
/** Typed before the session ended or another page was looked at. */
export const isEdited = (contact: Contact): boolean => hasDraft(draftOf(contact));

export function ContactEdit({ contact, onDone }: { contact: Contact; onDone: () => void }) {
  const client = useQueryClient();
  const tellWritten = useTellWritten();
  /** Only what the person touched: over a newer version, it leaves alone what somebody else has changed. */
  const [edits, setEdits, forgetDraft] = useDraft<ContactValues>(draftOf(contact), {});
  /** What is edited: a newer version must not be overwritten unseen. */
  const [base, setBase] = useState(contact);
  const differs = Object.keys(changedFields(valuesOf(base), valuesOf(contact))).length > 0;
  // A list that was put on or taken off makes a newer version, too, in which all that is edited is as it was.
  const { version } = differs ? base : contact;
  const draft = { ...valuesOf(base), ...edits };
  const save = useMutation({
    mutationFn: () => api.patchContact(contact.id, version, changedFields(valuesOf(base), draft)),
    onSuccess: (written) => {
      const { warnings: _told, ...saved } = written;
      client.setQueryData(contactQuery(contact.id).queryKey, saved);
      forgetDraft();
      onDone();
      tellWritten(written, 'Saved');
      refetchRecords(client);
    },
    // Until it is read again, the next press would collide, too.
    onError: async (error) => {
      if (isStatus(error, 412))
        await client.invalidateQueries({ queryKey: contactQuery(contact.id).queryKey });
    },
  });
  const changed = Object.keys(changedFields(valuesOf(base), draft)).length > 0;
  const collided = isStatus(save.error, 412);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (changed && !save.isPending) save.mutate();
  };
  return (
    <form className="form contact-form framed" onSubmit={submit}>
      <ContactInputs
        values={draft}
        error={save.error}
        onChange={(name, value) => setEdits({ ...edits, [name]: value })}
      />
      <div role="alert">
        {collided ? (
          <div className="note note-warn">
            <div>
              <strong>This person was changed meanwhile</strong>
              <p>
                What you typed is kept. {differs ? 'Use the newer version, then save.' : 'Save once more.'}
              </p>
            </div>
            {differs && <Button onClick={() => setBase(contact)}>Use the newer version</Button>}
          </div>
        ) : (
          save.error && !blamesField(save.error, draft) && <ProblemNote error={save.error} />
        )}
      </div>
      <EditActions
        busy={save.isPending}
        ready={changed}
        onDiscard={() => {
          forgetDraft();
          onDone();
        }}
      />
    </form>
  );
}
