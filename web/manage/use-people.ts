/** Mapping people to users, each choice undone with one press. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ExternalUser } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { peopleQuery } from '../api/queries.ts';
import { useNotices } from '../ui/notices.tsx';
import { useChoice, useWithChoices } from './use-choices.ts';

/** `undefined` takes the choice back, null says that it is nobody here. */
interface PersonChoice {
  readonly person: ExternalUser;
  readonly userId: string | null | undefined;
}

const choiceKey = (integrationId: string) => ['person-choice', integrationId];

const isOf = (person: ExternalUser, other: ExternalUser): boolean =>
  person.externalUserId === other.externalUserId;

const map = (item: ExternalUser, { person, userId }: PersonChoice): ExternalUser =>
  isOf(item, person)
    ? { ...item, userId: userId ?? null, match: userId === undefined ? null : 'manual' }
    : item;

export function usePeople(integrationId: string) {
  const list = useQuery(peopleQuery(integrationId));
  const people = useWithChoices(list.data, { mutationKey: choiceKey(integrationId), choose: map });
  return { people, error: list.error, refetch: list.refetch };
}

export function usePersonMapping(integrationId: string) {
  const notices = useNotices();
  const sending = {
    mutationKey: choiceKey(integrationId),
    queryKey: peopleQuery(integrationId).queryKey,
    send: ({ person, userId }: PersonChoice): Promise<ExternalUser> =>
      userId === undefined
        ? api.forgetPerson(integrationId, person.externalUserId)
        : api.mapPerson(integrationId, person.externalUserId, userId),
    store: (item: ExternalUser, answer: ExternalUser) => (isOf(item, answer) ? answer : item),
  };
  const undo = useChoice(sending);
  return useChoice({
    ...sending,
    onStored: (changed, { person }) => {
      // A match by e-mail comes back as a choice: only Sync Users can tell that it was the address.
      const before = person.match === null ? undefined : person.userId;
      notices.tell(`${person.name} is ${changed.userId === null ? 'nobody here' : 'mapped'}`, undefined, {
        label: 'Undo',
        act: () => undo.mutate({ person: changed, userId: before }),
      });
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
