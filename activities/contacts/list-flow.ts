/** Which way lists and memberships flow: the integration's direction and that of their object mapping together. */
import type { ListFlow } from '../../db/queries/contact-list-members.ts';
import { type ContactSyncRow, mappingsInForce } from '../../db/queries/contact-sync-settings.ts';
import type { SyncDirection } from '../../db/schema/index.ts';
import { DEFAULT_OBJECT_MAPPINGS } from '../../sync/default-mappings.ts';
import {
  combineDirections,
  directionOf,
  type EffectiveDirection,
  mayPull,
  mayPush,
} from '../../sync/direction.ts';

/**
 * For statements about several accounts, `sendsObject` (db/queries/contact-sync-settings.ts) says whether any goes there.
 * `change`: as a plan would have it, in place of what is in force.
 */
export function directionOfLists(
  row: ContactSyncRow,
  change: { direction?: SyncDirection; mappingVersion?: number } = {},
): EffectiveDirection {
  const { mappingVersion, direction = row.integration.approvedDirection ?? 'from_provider' } = change;
  const mappings =
    mappingVersion === undefined
      ? mappingsInForce(row)
      : row.mappings.find(({ version }) => version === mappingVersion);
  const objects = mappings?.objects ?? DEFAULT_OBJECT_MAPPINGS;
  const mapped = objects.find(({ harmonyObject }) => harmonyObject === 'list');
  if (mapped?.enabled !== true) return 'none';
  return combineDirections(directionOf(direction), mapped.direction);
}

export const flowOf = (direction: EffectiveDirection): ListFlow => ({
  pulls: mayPull(direction),
  pushes: mayPush(direction),
});
