/** A new contact list, or another name for one. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId } from 'react';
import type { ContactList } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { refetchRecords } from '../api/queries.ts';
import { useRetryKey } from '../api/use-retry-key.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
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
  const formId = useId();
  const keyOf = useRetryKey();
  const [draft, setDraft, forgetDraft] = useDraft(`list-${list?.id ?? 'new'}`, { name: list?.name ?? '' });
  const name = draft.name.trim();
  const save = useMutation({
    mutationFn: () =>
      list ? api.renameContactList(list.id, list.version, name) : api.createContactList(name, keyOf(name)),
    onSuccess: (saved) => {
      forgetDraft();
      onClose();
      refetchRecords(client);
      navigate(paths.list(saved.id));
      notices.tell(list ? `The list is now called ${saved.name}` : `The list ${saved.name} was created`);
    },
  });
  const ready = name !== '' && name !== list?.name;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !save.isPending) save.mutate();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={list ? `Rename ${list.name}` : 'New list'}
      lead={list ? undefined : 'Put people on it from their own pages.'}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={formId} busy={save.isPending} disabled={!ready}>
            {list ? 'Rename' : 'Create list'}
          </Button>
        </>
      }
    >
      <form id={formId} className="form" onSubmit={submit}>
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
        <div role="alert">{save.error && <ProblemNote error={save.error} />}</div>
      </form>
    </Dialog>
  );
}
