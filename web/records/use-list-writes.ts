/** Changes of contact lists: each is told, and what takes something away is undone with one press. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Contact, ContactList } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { contactQuery, refetchRecords } from '../api/queries.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { useNotices } from '../ui/notices.tsx';

export function useArchiveList() {
  const client = useQueryClient();
  const notices = useNotices();
  const restore = useMutation({
    mutationFn: (list: ContactList) => api.restoreContactList(list.id),
    onSuccess: (list) => {
      refetchRecords(client);
      navigate(paths.list(list.id));
    },
    onError: notices.tellProblem,
  });
  return useMutation({
    mutationFn: (list: ContactList) => api.archiveContactList(list.id),
    onSuccess: (list) => {
      refetchRecords(client);
      navigate(paths.data('contacts'));
      notices.tell(`The list ${list.name} is deleted`, 'The people on it stay.', {
        label: 'Undo',
        act: () => restore.mutate(list),
      });
    },
    onError: notices.tellProblem,
  });
}

/** Puts a contact on lists and takes it off; shown at once, put back where the server refuses. */
export function useMembership(contact: Contact) {
  const client = useQueryClient();
  const notices = useNotices();
  const { queryKey } = contactQuery(contact.id);
  const show = (listId: string, member: boolean): void => {
    client.setQueryData(
      queryKey,
      (known) =>
        known && {
          ...known,
          listIds: [...known.listIds.filter((id) => id !== listId), ...(member ? [listId] : [])],
        },
    );
  };
  return useMutation({
    mutationFn: ({ listId, member }: { listId: string; member: boolean }) =>
      api.setMembership(listId, contact.id, member),
    scope: { id: `lists-of-${contact.id}` },
    onMutate: async ({ listId, member }) => {
      show(listId, member);
      await client.cancelQueries({ queryKey }, { revert: false });
    },
    onError: (error, { listId, member }) => {
      show(listId, !member);
      notices.tellProblem(error);
    },
    onSettled: () => refetchRecords(client),
  });
}
