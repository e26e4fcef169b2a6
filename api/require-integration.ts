import { z } from 'zod';
import {
  findVisibleIntegration,
  findWithFacts,
  type IntegrationRow,
} from '../db/queries/integrations-read.ts';
import type { IntegrationRef } from '../workflows/messages.ts';
import type { Caller } from './caller.ts';
import type { Integration } from './contract/integration.ts';
import { resourceId } from './contract/shape.ts';
import type { ApiDeps } from './deps.ts';
import { presentIntegration } from './present.ts';
import { notFound } from './problem.ts';

export const integrationParams = z.object({ id: resourceId.meta({ description: 'Integration id' }) });

/** Throws the 404 problem when it is unknown, somebody else's, or being deleted. */
export async function requireIntegration(deps: ApiDeps, caller: Caller, id: string): Promise<IntegrationRow> {
  const row = await findVisibleIntegration(deps.db, caller, id);
  if (row === undefined) throw notFound('integration');
  return row;
}

/** As it is now. Throws like `requireIntegration`. */
export async function describeIntegration(deps: ApiDeps, caller: Caller, id: string): Promise<Integration> {
  const visible = await findWithFacts(deps.db, caller, id);
  if (visible === undefined) throw notFound('integration');
  return presentIntegration(deps, visible);
}

export function toRef(row: IntegrationRow): IntegrationRef {
  return { integrationId: row.id, workspaceId: row.workspaceId, provider: row.provider };
}
