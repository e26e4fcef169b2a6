// Which way values may flow, and how the settings of integration, object and field combine.

export type Direction = 'both' | 'from_provider' | 'to_provider';
/** `none`: two one-way settings that face each other; nothing flows. */
export type EffectiveDirection = Direction | 'none';

/** Only what both settings allow. */
export function combineDirections(a: EffectiveDirection, b: EffectiveDirection): EffectiveDirection {
  if (a === b || b === 'both') return a;
  return a === 'both' ? b : 'none';
}

export function mayPull(direction: EffectiveDirection): boolean {
  return direction === 'both' || direction === 'from_provider';
}

export function mayPush(direction: EffectiveDirection): boolean {
  return direction === 'both' || direction === 'to_provider';
}

/** The integration's setting under its name in the API. */
export function directionOf(syncDirection: 'bidirectional' | 'from_provider' | 'to_provider'): Direction {
  return syncDirection === 'bidirectional' ? 'both' : syncDirection;
}
