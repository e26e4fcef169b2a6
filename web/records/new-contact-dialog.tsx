/** Somebody new. What was typed is kept until it is saved, also across a look at another page. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/endpoints.ts';
import { refetchRecords } from '../api/queries.ts';
import { sendOnce } from '../api/send-once.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { FormDialog } from '../ui/form-dialog.tsx';
import { ProblemNote } from '../ui/states.tsx';
import { useDraft } from '../ui/use-draft.ts';
import { changedFields, contactName, noValues } from '../words/contact.ts';
import { blamesField, ContactInputs } from './contact-inputs.tsx';
import { useTellWritten } from './use-contact-writes.ts';

const draftName = 'new-contact';

export function NewContactDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const tellWritten = useTellWritten();
  const [draft, setDraft, forgetDraft] = useDraft(draftName, noValues);
  const values = changedFields(noValues, draft);
  const create = useMutation({
    mutationFn: () => sendOnce(draftName, values, (key) => api.createContact(values, key)),
    onSuccess: (made) => {
      forgetDraft();
      onClose();
      refetchRecords(client);
      navigate(paths.item('contacts', made.id));
      tellWritten(made, `${contactName(made)} was created`);
    },
  });
  return (
    <FormDialog
      onClose={onClose}
      wide
      title="New contact"
      lead="Fill in what you know; one value is enough."
      formClass="form contact-form"
      submitLabel="Create contact"
      ready={Object.keys(values).length > 0}
      busy={create.isPending}
      onSubmit={create.mutate}
    >
      <ContactInputs
        values={draft}
        error={create.error}
        onChange={(name, value) => setDraft({ ...draft, [name]: value })}
      />
      <div role="alert">
        {create.error && !blamesField(create.error, draft) && <ProblemNote error={create.error} />}
      </div>
    </FormDialog>
  );
}
