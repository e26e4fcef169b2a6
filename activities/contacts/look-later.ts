/** Intents whose remote contact can not be seen yet. */
import type { Transaction } from '../../db/client.ts';
import type { ContactWrite, LinkRow } from '../../db/queries/contact-planning.ts';
import { changeWrite } from '../../db/queries/contact-writes.ts';
import { isoAt, nowMs } from '../clock.ts';
import { graceMsOf } from './grace.ts';
import type { Writing } from './writing.ts';

/** Written or seen so shortly before that a read which finds nothing proves nothing. */
export const mayLag = ({ deps }: Writing, { ackedAt, updatedAt }: LinkRow, now: string): boolean =>
  [ackedAt, updatedAt].some((at) => at !== null && Date.parse(now) - Date.parse(at) <= graceMsOf(deps));

/** Puts an intent off, longer each time; an update that may have arrived is still one then. `why`: for the operator. */
export async function lookLater(
  tx: Transaction,
  writing: Writing,
  { open, why }: { open: ContactWrite; why: string },
): Promise<void> {
  const attempts = open.attempts + 1;
  const delayMs = Math.min(firstDelayMs * 2 ** attempts, longestDelayMs);
  const dueAt = isoAt(nowMs(writing.deps) + delayMs);
  const state = open.kind === 'update' ? open.state : 'planned';
  await changeWrite(tx, open.id, { state, attempts, dueAt, error: why });
}

/** A read that finds nothing is no evidence of a delete: the tombstone comes with a listing. Until then the edit waits. */
export const notFound = 'It could not be found.';
const firstDelayMs = 2000;
const longestDelayMs = 10 * 60 * 1000;
