/** Replaces mappings as a whole; what would write more at the provider waits for its plan, which is opened. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FieldMapping, MappingChange, ObjectMapping } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { isStatus } from '../api/problem.ts';
import { mappingsQuery } from '../api/queries.ts';
import { navigate } from '../router.tsx';
import { paths } from '../routes.ts';
import { useNotices } from '../ui/notices.tsx';

interface Versioned<Mapping> {
  readonly data: readonly Mapping[];
  /** The newest that the page knows. */
  readonly version: number;
}

function useSave<Mapping>(
  integrationId: string,
  save: (mappings: Versioned<Mapping>) => Promise<MappingChange>,
) {
  const client = useQueryClient();
  const notices = useNotices();
  const refetch = () => client.invalidateQueries({ queryKey: mappingsQuery(integrationId).queryKey });
  return useMutation({
    mutationFn: save,
    onSuccess: async ({ takesEffect, planId }) => {
      await refetch();
      if (takesEffect === 'with_plan' && planId) navigate(paths.plan(integrationId, planId));
      else notices.tell('The mappings are saved', 'They hold from the next sync on.');
    },
    onError: (error) => {
      notices.tellProblem(error);
      if (isStatus(error, 409)) void refetch();
    },
  });
}

export const useSaveObjectMappings = (integrationId: string) =>
  useSave<ObjectMapping>(integrationId, ({ data, version }) =>
    api.putObjectMappings(integrationId, data, version),
  );

export const useSaveFieldMappings = (integrationId: string) =>
  useSave<FieldMapping>(integrationId, ({ data, version }) =>
    api.putFieldMappings(integrationId, data, version),
  );
