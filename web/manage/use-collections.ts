/** The boxes of a provider's calendars, teams or data sources: ticked at once, put back where the server refuses. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Collection } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { collectionsQuery, refetchIntegration } from '../api/queries.ts';
import { useNotices } from '../ui/notices.tsx';

interface Choice {
  readonly collection: Collection;
  readonly subscribed: boolean;
}

export function useCollectionChoice(integrationId: string) {
  const client = useQueryClient();
  const notices = useNotices();
  const { queryKey } = collectionsQuery(integrationId);
  const mutationKey = ['collection-choice', integrationId];
  const show = (id: string, change: Partial<Collection>): void => {
    client.setQueryData(queryKey, (list) =>
      list?.map((item) => (item.id === id ? { ...item, ...change } : item)),
    );
  };
  return useMutation({
    mutationKey,
    /** One after another, in the order of the clicks; each shows at once. */
    scope: { id: mutationKey.join() },
    mutationFn: ({ collection, subscribed }: Choice) =>
      api.patchCollection(integrationId, collection.id, subscribed),
    onMutate: async ({ collection, subscribed }) => {
      show(collection.id, { subscribed });
      // A list on its way would undo the click; what is shown now must stay.
      await client.cancelQueries({ queryKey }, { revert: false });
    },
    onError: (error, { collection, subscribed }) => {
      show(collection.id, { subscribed: !subscribed });
      notices.tellProblem(error);
    },
    onSettled: async () => {
      // A list that is fetched while more clicks wait would undo them on the screen.
      if (client.isMutating({ mutationKey }) > 1) return;
      await Promise.all([client.invalidateQueries({ queryKey }), refetchIntegration(client, integrationId)]);
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
