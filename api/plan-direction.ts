/** Sync Direction: what a person chooses holds at once where less is written than before, else when its plan is applied. */
import type { IntegrationRow } from '../db/queries/integrations-read.ts';
import type { SyncDirection } from '../db/schema/index.ts';

/** Whether a person has to see a plan before the direction holds. */
export const needsPlan = (
  integration: Pick<IntegrationRow, 'approvedDirection'>,
  chosen: SyncDirection,
): boolean => chosen !== 'from_provider' && chosen !== (integration.approvedDirection ?? 'from_provider');
