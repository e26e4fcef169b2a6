/** A new contact list, or another name for one. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ContactList } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { isStatus } from '../api/problem.ts';
import { contactListsQuery, refetchRecords } from '../api/queries.ts';
import { sendOnce } from '../api/send-once.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { Field } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { useNotices } from '../ui/notices.tsx';
import { ProblemNote } from '../ui/states.tsx';
import { useDraft } from '../ui/use-draft.ts';

interface ListNameDialogProps {
  /** Absent for a new one. */
  readonly list?: ContactList | undefined;
  readonly onClose: () => void;
}

export function ListNameDialog({ list, onClose }: ListNameDialogProps) {
  const client = useQueryClient();
  const notices = useNotices();
  const draftName = `list-${list?.id ?? 'new'}`;
  const [draft, setDraft, forgetDraft] = useDraft(draftName, { name: list?.name ?? '' });
  const name = draft.name.trim();
  const save = useMutation({
    mutationFn: () =>
      list
        ? api.renameContactList(list.id, list.version, name)
        : sendOnce(draftName, name, (key) => api.createContactList(name, key)),
    onSuccess: (saved) => {
      forgetDraft();
      onClose();
      refetchRecords(client);
      navigate(paths.list(saved.id));
      notices.tell(list ? `The list is now called ${saved.name}` : `The list ${saved.name} was created`);
    },
    // Until it is read again, the next press would collide, too.
    onError: async (error) => {
      if (isStatus(error, 412)) await client.invalidateQueries({ queryKey: contactListsQuery.queryKey });
    },
  });
  return (
    <FormDialog
      onClose={onClose}
      title={list ? `Rename ${list.name}` : 'New list'}
      lead={list ? undefined : 'Next, add people to it.'}
      formClass="form"
      submitLabel={list ? 'Rename' : 'Create list'}
      ready={name !== '' && name !== list?.name}
      busy={save.isPending}
      onSubmit={save.mutate}
    >
      <Field label="Name of the list">
        {(id) => (
          <input
            id={id}
            type="text"
            maxLength={200}
            value={draft.name}
            onChange={({ target }) => setDraft({ name: target.value })}
          />
        )}
      </Field>
      <div role="alert">
        {list && isStatus(save.error, 412) ? (
          <div className="note note-warn">
            <div>
              <strong>This list was changed meanwhile</strong>
              <p>It is called {list.name} now. What you typed is kept: press Rename again to use it.</p>
            </div>
          </div>
        ) : (
          save.error && <ProblemNote error={save.error} />
        )}
      </div>
    </FormDialog>
  );
}
