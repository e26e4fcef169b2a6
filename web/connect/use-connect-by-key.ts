import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { CreatedIntegration } from '../../api/contract/index.ts';
import { integrationsQuery } from '../api/queries.ts';

/** Connects with an API key: the key is tried at the provider first, and nothing is stored when it is refused. */
export function useConnectByKey(create: (apiKey: string) => Promise<CreatedIntegration>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: create,
    onSuccess: () => client.invalidateQueries({ queryKey: integrationsQuery.queryKey }),
  });
}
