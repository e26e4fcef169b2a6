/** Which way lists and memberships flow: the integration's direction and that of their object mapping together. */
import type { ListFlow } from '../../db/queries/contact-list-members.ts';
import type { ContactSyncRow } from '../../db/queries/contact-sync-settings.ts';
import { DEFAULT_OBJECT_MAPPINGS } from '../../sync/default-mappings.ts';
import {
  combineDirections,
  directionOf,
  type EffectiveDirection,
  mayPull,
  mayPush,
} from '../../sync/direction.ts';

export function directionOfLists({ integration, mappings }: ContactSyncRow): EffectiveDirection {
  const objects = mappings.filter(({ approvedAt }) => approvedAt !== null).at(-1)?.objects;
  const mapped = (objects ?? DEFAULT_OBJECT_MAPPINGS).find(({ harmonyObject }) => harmonyObject === 'list');
  if (mapped?.enabled !== true) return 'none';
  return combineDirections(directionOf(integration.approvedDirection ?? 'from_provider'), mapped.direction);
}

export const flowOf = (direction: EffectiveDirection): ListFlow => ({
  pulls: mayPull(direction),
  pushes: mayPush(direction),
});
