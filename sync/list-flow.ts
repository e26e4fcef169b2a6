// Which way lists and memberships flow: the integration's direction and that of their object mapping together.
import {
  combineDirections,
  type Direction,
  directionOf,
  type EffectiveDirection,
  mayPull,
  mayPush,
} from './direction.ts';

export interface ListFlow {
  readonly pulls: boolean;
  readonly pushes: boolean;
}

/** `objects`: those that hold. For statements about several accounts see `sendsObject` (db/queries/contact-sync-settings.ts). */
export function listDirection(
  objects: readonly {
    readonly harmonyObject: string;
    readonly enabled: boolean;
    readonly direction: Direction;
  }[],
  syncDirection: Parameters<typeof directionOf>[0],
): EffectiveDirection {
  const mapped = objects.find(({ harmonyObject }) => harmonyObject === 'list');
  if (mapped?.enabled !== true) return 'none';
  return combineDirections(directionOf(syncDirection), mapped.direction);
}

export const flowOf = (direction: EffectiveDirection): ListFlow => ({
  pulls: mayPull(direction),
  pushes: mayPush(direction),
});
