/** Changes of mappings; one that would write more at the provider waits for its plan, which is opened. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FieldMapping, MappingChange, ObjectMapping } from '../../api/contract/index.ts';
import { api } from '../api/endpoints.ts';
import { isStatus } from '../api/problem.ts';
import { mappingsQuery, refetchIntegration } from '../api/queries.ts';
import { useNotices } from '../ui/notices.tsx';
import { readServerProblems } from '../words/mapping.ts';
import { useOpenPlan } from './use-open-plan.ts';

/** A set of mappings is replaced as a whole. */
export interface Versioned<Mapping> {
  readonly data: readonly Mapping[];
  /** The newest that the page knows; another one there answers 409. */
  readonly version: number;
}

/** `onSaved` is called once what is in force has been read again. */
function useMappingChange<Input>(
  integrationId: string,
  send: (input: Input) => Promise<MappingChange>,
  onSaved?: () => void,
) {
  const client = useQueryClient();
  const notices = useNotices();
  const openPlan = useOpenPlan(integrationId);
  const refetch = () => client.invalidateQueries({ queryKey: mappingsQuery(integrationId).queryKey });
  return useMutation({
    mutationFn: send,
    onSuccess: async ({ takesEffect, attention }) => {
      await Promise.all([refetch(), refetchIntegration(client, integrationId)]);
      onSaved?.();
      if (attention) notices.warn(attention.title, attention.remedy);
      if (takesEffect === 'with_plan') openPlan.mutate(undefined);
      else if (!attention) notices.tell('The mappings are saved', 'They hold from the next sync on.');
    },
    onError: (error) => {
      // Else it is told beside the rows that it is about.
      if (readServerProblems(error).length === 0) notices.tellProblem(error);
      if (isStatus(error, 409)) void refetch();
    },
  });
}

export const useSaveObjectMappings = (integrationId: string, onSaved: () => void) =>
  useMappingChange<Versioned<ObjectMapping>>(
    integrationId,
    ({ data, version }) => api.putObjectMappings(integrationId, data, version),
    onSaved,
  );

export const useSaveFieldMappings = (integrationId: string, onSaved: () => void) =>
  useMappingChange<Versioned<FieldMapping>>(
    integrationId,
    ({ data, version }) => api.putFieldMappings(integrationId, data, version),
    onSaved,
  );

export const useRestoreMappings = (integrationId: string) =>
  useMappingChange<number>(integrationId, (version) => api.restoreMappings(integrationId, version));
