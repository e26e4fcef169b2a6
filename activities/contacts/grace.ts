import type { ActivityDeps } from '../deps.ts';

/** Rule 13's D, where nobody set another: a provider's reads lag its writes by minutes, so absence means nothing sooner than this. */
const defaultGraceMs = 15 * 60 * 1000;

export const graceMsOf = ({ graceMs = defaultGraceMs }: Pick<ActivityDeps, 'graceMs'>): number => graceMs;

/** No read lags or flickers for so long: what shows up again as it was when it went is there. */
export const longGoneMs = 24 * 60 * 60 * 1000;
