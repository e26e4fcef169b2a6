/** Where a task can be created: the ticked teams of every connected provider that takes tasks. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { collectionsQuery, integrationsQuery, providersQuery } from '../api/queries.ts';

export interface TaskTeam {
  readonly integrationId: string;
  readonly id: string;
  /** With the account's name where several are connected. */
  readonly label: string;
}

export function useTaskTeams(): { teams: readonly TaskTeam[] } {
  const { data: providers = [] } = useQuery(providersQuery);
  const { data: integrations = [] } = useQuery(integrationsQuery);
  const taking = integrations.filter(
    ({ provider, phase }) =>
      phase === 'active' && providers.find(({ id }) => id === provider)?.capabilities.includes('tasks'),
  );
  const teams = useQueries({
    queries: taking.map(({ id }) => collectionsQuery(id)),
    combine: (lists) =>
      lists.flatMap(({ data = [] }, i) => {
        const integration = taking[i];
        if (!integration) return [];
        return data
          .filter(({ subscribed, missingSince }) => subscribed && !missingSince)
          .map(({ id, name }) => ({
            integrationId: integration.id,
            id,
            label: taking.length > 1 ? `${name}, ${integration.account?.name ?? ''}` : name,
          }));
      }),
  });
  return { teams };
}
