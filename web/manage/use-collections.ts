/** The boxes of a provider's calendars, teams or data sources: ticked at once, put back where the server refuses. */
import { useMutation, useMutationState, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Collection } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { collectionsQuery, refetchIntegration } from '../api/queries.ts';
import { useNotices } from '../ui/notices.tsx';

interface Choice {
  readonly collection: Collection;
  readonly subscribed: boolean;
}

const choiceKey = (integrationId: string) => ['collection-choice', integrationId];

/**
 * The collections as the person has set them: a choice that is not answered yet lies over whatever list came in meanwhile,
 * so that no list undoes a click on the screen, nor what is pressed next by what it shows.
 */
export function useCollections(integrationId: string) {
  const list = useQuery(collectionsQuery(integrationId));
  const waiting = useMutationState({
    filters: { mutationKey: choiceKey(integrationId), status: 'pending' },
    select: ({ state }) => state.variables as Choice,
  });
  const chosen = new Map(waiting.map(({ collection, subscribed }) => [collection.id, subscribed]));
  const collections = list.data?.map((item) => ({
    ...item,
    subscribed: chosen.get(item.id) ?? item.subscribed,
  }));
  return { collections, error: list.error, refetch: list.refetch };
}

export function useCollectionChoice(integrationId: string) {
  const client = useQueryClient();
  const notices = useNotices();
  const { queryKey } = collectionsQuery(integrationId);
  const mutationKey = choiceKey(integrationId);
  return useMutation({
    mutationKey,
    /** One after another, in the order of the clicks. */
    scope: { id: mutationKey.join() },
    mutationFn: ({ collection, subscribed }: Choice) =>
      api.patchCollection(integrationId, collection.id, subscribed),
    onSuccess: async (_, { collection, subscribed }) => {
      // A list that was asked for before this answer may not know of it.
      await client.cancelQueries({ queryKey }, { revert: false });
      client.setQueryData(queryKey, (list) =>
        list?.map((item) => (item.id === collection.id ? { ...item, subscribed } : item)),
      );
    },
    onError: notices.tellProblem,
    onSettled: () => {
      if (client.isMutating({ mutationKey }) > 1) return;
      void client.invalidateQueries({ queryKey });
      void refetchIntegration(client, integrationId);
    },
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
