/** Mapping people to users: shown at once, put back where the server refuses, and undone with one press. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ExternalUser } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { peopleQuery } from '../api/queries.ts';
import { useNotices } from '../ui/notices.tsx';

/** `undefined` takes the choice back, null says that it is nobody here. */
interface PersonChoice {
  readonly person: ExternalUser;
  readonly userId: string | null | undefined;
}

export function usePersonMapping(integrationId: string) {
  const client = useQueryClient();
  const notices = useNotices();
  const { queryKey } = peopleQuery(integrationId);
  const show = (changed: ExternalUser): void => {
    client.setQueryData(queryKey, (list) =>
      list?.map((item) => (item.externalUserId === changed.externalUserId ? changed : item)),
    );
  };
  const send = ({ person, userId }: PersonChoice): Promise<ExternalUser> =>
    userId === undefined
      ? api.forgetPerson(integrationId, person.externalUserId)
      : api.mapPerson(integrationId, person.externalUserId, userId);
  const undo = useMutation({ mutationFn: send, onSuccess: show, onError: notices.tellProblem });
  return useMutation({
    mutationFn: send,
    scope: { id: `people-${integrationId}` },
    onMutate: async ({ person, userId }) => {
      show({ ...person, userId: userId ?? null, match: userId === undefined ? null : 'manual' });
      await client.cancelQueries({ queryKey }, { revert: false });
    },
    onSuccess: (changed, { person }) => {
      show(changed);
      // A match by e-mail comes back as a choice: only Sync Users can tell that it was the address.
      const before = person.match === null ? undefined : person.userId;
      notices.tell(`${person.name} is ${changed.userId === null ? 'nobody here' : 'mapped'}`, undefined, {
        label: 'Undo',
        act: () => undo.mutate({ person: changed, userId: before }),
      });
    },
    onError: (error, { person }) => {
      show(person);
      notices.tellProblem(error);
    },
  });
}

export function useSyncPeople(integrationId: string) {
  const client = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: () => api.syncPeople(integrationId),
    onSuccess: () => client.invalidateQueries({ queryKey: peopleQuery(integrationId).queryKey }),
    onError: notices.tellProblem,
  });
}
