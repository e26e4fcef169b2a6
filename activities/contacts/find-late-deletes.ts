/** Deletes of ours that came through at the provider after they were given up (docs/decisions/0010). */
import type { Executor } from '../../db/client.ts';
import type { LinkRow } from '../../db/queries/contact-planning.ts';
import { findGivenUpDeletes } from '../../db/queries/contact-writes.ts';
import { longGoneMs } from './grace.ts';

/** By remote id, those of these links whose remote contact went by such a delete. */
export function findLateDeletes(
  db: Executor,
  integrationId: string,
  links: readonly LinkRow[],
): Promise<ReadonlySet<string>> {
  const remoteIds = links.flatMap(({ remoteId, tombstonedAt }) => (tombstonedAt === null ? [] : remoteId));
  return findGivenUpDeletes(db, { integrationId, remoteIds, withinMs: longGoneMs });
}
