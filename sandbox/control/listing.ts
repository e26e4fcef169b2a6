import type { Call } from '../core/call.ts';
import { ControlError } from './control-error.ts';

const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 100_000;

/** `limit` (1 … 100,000) and `cursor` (a position) of a control listing. */
export function listingRange(call: Call, byDefault = DEFAULT_LIMIT): { limit: number; offset: number } {
  const limit = integer(call, 'limit') ?? byDefault;
  const offset = integer(call, 'cursor') ?? 0;
  if (limit < 1 || limit > MAX_LIMIT) throw new ControlError(400, `limit: must be 1 to ${MAX_LIMIT}`);
  return { limit, offset };
}

/** One page of a control listing: `{data, nextCursor}`. */
export function listPage<T>(items: readonly T[], call: Call): { data: T[]; nextCursor: string | null } {
  const { limit, offset } = listingRange(call);
  const end = offset + limit;
  return { data: items.slice(offset, end), nextCursor: end < items.length ? String(end) : null };
}

function integer(call: Call, name: string): number | undefined {
  const text = call.query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d+$/.test(text)) throw new ControlError(400, `${name}: must be a whole number`);
  return Number(text);
}
