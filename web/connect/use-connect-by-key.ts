import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/endpoints.ts';
import { integrationsQuery } from '../api/queries.ts';

/** Connects with an API key: the key is tried at the provider first, and nothing is stored when it is refused. */
export function useConnectByKey(providerId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (apiKey: string) => api.createIntegration(providerId, apiKey),
    onSuccess: () => client.invalidateQueries({ queryKey: integrationsQuery.queryKey }),
  });
}
