/** Settings of an integration: shown at once, put back with the reason where the server refuses. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Integration, PatchIntegration } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { integrationQuery, integrationsQuery, storeIntegration } from '../api/queries.ts';
import { useNotices } from '../ui/notices.tsx';

export function useSettings(integration: Integration) {
  const client = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: (patch: PatchIntegration) => api.patchIntegration(integration.id, patch),
    /** One after another, in the order of the clicks. */
    scope: { id: `settings-${integration.id}` },
    onMutate: (patch) => {
      const given = Object.entries(patch).filter(([, value]) => value !== undefined);
      storeIntegration(client, { ...integration, ...Object.fromEntries(given) });
      return integration;
    },
    onSuccess: async (updated) => {
      // What was asked for before this answer may not know of it.
      await Promise.all(
        [integrationQuery(integration.id), integrationsQuery].map(({ queryKey }) =>
          client.cancelQueries({ queryKey }, { revert: false }),
        ),
      );
      storeIntegration(client, updated);
    },
    onError: (error, _patch, before) => {
      if (before) storeIntegration(client, before);
      notices.tellProblem(error);
      void client.invalidateQueries({ queryKey: integrationQuery(integration.id).queryKey });
    },
  });
}
