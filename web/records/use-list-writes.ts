/** Changes of contact lists: each is told, and what takes something away is undone with one press. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Contact, ContactList } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { contactQuery, contactsQuery, refetchRecords } from '../api/queries.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { useNotices } from '../ui/notices.tsx';
import { contactName, listName } from '../words/contact.ts';
import { countOf } from '../words/run.ts';

/** Brings a deleted list back, and shows it. */
export function useRestoreList() {
  const client = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: (listId: string) => api.restoreContactList(listId),
    onSuccess: (list) => {
      refetchRecords(client);
      navigate(paths.list(list.id));
    },
    onError: notices.tellProblem,
  });
}

export function useArchiveList() {
  const client = useQueryClient();
  const notices = useNotices();
  const restore = useRestoreList();
  return useMutation({
    mutationFn: (list: ContactList) => api.archiveContactList(list.id),
    onSuccess: (list) => {
      refetchRecords(client);
      navigate(paths.data('contacts'));
      notices.tell(`The list ${list.name} is deleted`, 'The people on it stay.', {
        label: 'Undo',
        act: () => restore.mutate(list.id),
      });
    },
    onError: notices.tellProblem,
  });
}

/** Puts people on a list, one after the other. A repeat adds nobody twice, so that it can go on where it broke off. */
export function useAddPeople(list: ContactList, onAdded: () => void) {
  const client = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: async (people: readonly { readonly id: string }[]) => {
      for (const { id } of people) await api.setMembership(list.id, id, true);
    },
    onSuccess: (_answer, people) => {
      onAdded();
      notices.tell(`${countOf(people.length, { one: 'person', many: 'people' })} added to ${listName(list)}`);
    },
    onSettled: () => {
      refetchRecords(client);
      // However far somebody has scrolled in it.
      void client.invalidateQueries({ queryKey: contactsQuery({ listId: list.id }).queryKey });
    },
  });
}

/** Of a list on which nobody can be put back. */
const forGood = 'Nobody can be put on this list any more. The contact itself stays.';

/** Takes somebody off a list: gone from it at once, back with one press or where the server refuses. */
export function useRemovePerson(list: ContactList | undefined) {
  const client = useQueryClient();
  const notices = useNotices();
  const listId = list?.id ?? '';
  const { queryKey } = contactsQuery({ listId });
  const readAgain = (): void => {
    refetchRecords(client);
    void client.invalidateQueries({ queryKey });
  };
  const putBack = useMutation({
    mutationFn: (contact: Contact) => api.setMembership(listId, contact.id, true),
    onError: notices.tellProblem,
    onSettled: readAgain,
  });
  return useMutation({
    mutationFn: (contact: Contact) => api.setMembership(listId, contact.id, false),
    scope: { id: `members-of-${listId}` },
    onMutate: async ({ id }) => {
      client.setQueryData(
        queryKey,
        (known) =>
          known && {
            ...known,
            pages: known.pages.map((page) => ({
              ...page,
              data: page.data.filter((contact) => contact.id !== id),
            })),
          },
      );
      await client.cancelQueries({ queryKey }, { revert: false });
    },
    onSuccess: (_answer, contact) => {
      if (!list) return;
      const title = `${contactName(contact)} is off ${listName(list)}`;
      if (!list.takesMembers) return notices.tell(title, forGood);
      const undo = { label: 'Undo', act: () => putBack.mutate(contact) };
      notices.tell(title, 'The contact itself stays.', undo);
    },
    onError: notices.tellProblem,
    onSettled: readAgain,
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
    mutationFn: ({ list, member }: { list: ContactList; member: boolean }) =>
      api.setMembership(list.id, contact.id, member),
    scope: { id: `lists-of-${contact.id}` },
    onMutate: async ({ list, member }) => {
      show(list.id, member);
      await client.cancelQueries({ queryKey }, { revert: false });
    },
    onSuccess: (_answer, { list, member }) => {
      if (!member && !list.takesMembers)
        notices.tell(`${contactName(contact)} is off ${listName(list)}`, forGood);
    },
    onError: (error, { list, member }) => {
      show(list.id, !member);
      notices.tellProblem(error);
    },
    onSettled: () => refetchRecords(client),
  });
}
