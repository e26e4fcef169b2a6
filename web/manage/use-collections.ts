/** The boxes of a provider's calendars, teams or data sources. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Collection } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { collectionsQuery, refetchIntegration } from '../api/queries.ts';
import { useNotices } from '../ui/notices.tsx';
import { useChoice, useWithChoices } from './use-choices.ts';

interface Choice {
  readonly collection: Collection;
  readonly subscribed: boolean;
}

const choiceKey = (integrationId: string) => ['collection-choice', integrationId];

const tick = (item: Collection, { collection, subscribed }: Choice): Collection =>
  item.id === collection.id ? { ...item, subscribed } : item;

export function useCollections(integrationId: string) {
  const list = useQuery(collectionsQuery(integrationId));
  const collections = useWithChoices(list.data, { mutationKey: choiceKey(integrationId), choose: tick });
  return { collections, error: list.error, refetch: list.refetch };
}

export function useCollectionChoice(integrationId: string) {
  const client = useQueryClient();
  return useChoice({
    mutationKey: choiceKey(integrationId),
    queryKey: collectionsQuery(integrationId).queryKey,
    send: ({ collection, subscribed }: Choice) =>
      api.patchCollection(integrationId, collection.id, subscribed),
    store: (item: Collection, _answer, choice) => tick(item, choice),
    onAllAnswered: () => void refetchIntegration(client, integrationId),
  });
}

export function useRefreshCollections(integrationId: string) {
  const client = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: () => api.refreshCollections(integrationId),
    onSuccess: () => client.invalidateQueries({ queryKey: collectionsQuery(integrationId).queryKey }),
    onError: notices.tellProblem,
  });
}
