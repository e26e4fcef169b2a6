import type { IntegrationRow } from '../db/queries/integrations-read.ts';
import { type ApiDeps, requireProvider } from './deps.ts';
import { ProblemError } from './problem.ts';

/** Throws the 422 problem for an integration that has no contacts to map. */
export function requireContactProvider(deps: ApiDeps, { provider }: IntegrationRow): void {
  const { adapter } = requireProvider(deps.catalogue, provider);
  if (adapter.streams.some(({ kind }) => kind === 'contact')) return;
  throw new ProblemError('not_supported', {
    detail: `${adapter.displayName} has no contacts, so there is nothing to map.`,
    remedy: 'Name an integration of contacts.',
  });
}
