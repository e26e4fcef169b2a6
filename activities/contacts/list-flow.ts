/** Which way lists and memberships flow: the integration's direction and that of their object mapping together. */
import type { ListFlow } from '../../db/queries/contact-list-members.ts';
import { type ContactSyncRow, mappingsInForce } from '../../db/queries/contact-sync-settings.ts';
import { DEFAULT_OBJECT_MAPPINGS } from '../../sync/default-mappings.ts';
import {
  combineDirections,
  directionOf,
  type EffectiveDirection,
  mayPull,
  mayPush,
} from '../../sync/direction.ts';

/** For statements about several accounts, `sendsObject` (db/queries/contact-sync-settings.ts) says whether any goes there. */
export function directionOfLists(row: ContactSyncRow): EffectiveDirection {
  const { integration } = row;
  const objects = mappingsInForce(row)?.objects ?? DEFAULT_OBJECT_MAPPINGS;
  const mapped = objects.find(({ harmonyObject }) => harmonyObject === 'list');
  if (mapped?.enabled !== true) return 'none';
  return combineDirections(directionOf(integration.approvedDirection ?? 'from_provider'), mapped.direction);
}

export const flowOf = (direction: EffectiveDirection): ListFlow => ({
  pulls: mayPull(direction),
  pushes: mayPush(direction),
});
