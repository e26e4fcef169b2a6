/** Somebody new. What was typed is kept until it is saved, also across a look at another page. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId } from 'react';
import { api } from '../api/endpoints.ts';
import { refetchRecords } from '../api/queries.ts';
import { useRetryKey } from '../api/use-retry-key.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ProblemNote } from '../ui/states.tsx';
import { useDraft } from '../ui/use-draft.ts';
import { changedFields, contactName, noValues } from '../words/contact.ts';
import { blamesField, ContactInputs } from './contact-inputs.tsx';
import { useTellWritten } from './use-contact-writes.ts';

export function NewContactDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const tellWritten = useTellWritten();
  const formId = useId();
  const keyOf = useRetryKey();
  const [draft, setDraft, forgetDraft] = useDraft('new-contact', noValues);
  const values = changedFields(noValues, draft);
  const ready = Object.keys(values).length > 0;
  const create = useMutation({
    mutationFn: () => api.createContact(values, keyOf(values)),
    onSuccess: (made) => {
      forgetDraft();
      onClose();
      refetchRecords(client);
      navigate(paths.item('contacts', made.id));
      tellWritten(made, `${contactName(made)} was created`);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !create.isPending) create.mutate();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      wide
      title="New contact"
      lead="Fill in what you know; one value is enough."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={formId} busy={create.isPending} disabled={!ready}>
            Create contact
          </Button>
        </>
      }
    >
      <form id={formId} className="form contact-form" onSubmit={submit}>
        <ContactInputs
          values={draft}
          error={create.error}
          onChange={(name, value) => setDraft({ ...draft, [name]: value })}
        />
        <div role="alert">
          {create.error && !blamesField(create.error) && <ProblemNote error={create.error} />}
        </div>
      </form>
    </Dialog>
  );
}
