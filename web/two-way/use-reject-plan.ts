import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Integration, Plan } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { planQuery, refetchIntegration, refetchRecords } from '../api/queries.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { useNotices } from '../ui/notices.tsx';

/** Turns a plan down, and with it the direction that it was made for. */
export function useRejectPlan(integration: Integration, plan: Plan) {
  const client = useQueryClient();
  const notices = useNotices();
  const held = integration.approvedDirection ?? 'from_provider';
  return useMutation({
    mutationFn: async () => {
      const rejected = await api.rejectPlan(integration.id, plan.id);
      if (plan.syncDirection !== held) await api.patchIntegration(integration.id, { syncDirection: held });
      return rejected;
    },
    onSuccess: (rejected) => {
      client.setQueryData(planQuery(integration.id, plan.id).queryKey, rejected);
      notices.tell('The plan was turned down', 'Nothing was written on either side.');
      refetchRecords(client);
      navigate(paths.integration(integration.id, 'sync'));
      return refetchIntegration(client, integration.id);
    },
  });
}
