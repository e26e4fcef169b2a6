/** What came of turning down what a parked run would delete, held against what its plan showed. */
import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../../api/contract/plan.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import type { Tables } from './tables.ts';

interface TurnedDown {
  readonly plan: Plan;
  readonly before: Tables;
  readonly after: Tables;
  /** Neither side had moved since it was made. */
  readonly isTrue: boolean;
}

/**
 * Those who were to be deleted at Google are out of the archive, those who were to be archived are untied; it answers who they
 * are. Nobody else is another.
 */
export function judgeTurnedDown({ plan, before, after, isTrue }: TurnedDown): ReadonlySet<string> {
  const restored: string[] = [];
  for (const [id, was] of before.locals) {
    const now = after.locals.get(id);
    if (was.archived && now?.archived === false) restored.push(id);
    else if (was.archived !== now?.archived)
      throw broken(`${id} was ${was.archived}, and is ${now?.archived}`);
    if (!isDeepStrictEqual(was.fields, now?.fields)) throw broken(`${id} has other values`);
  }
  const ties = new Map(after.links.map(({ remoteId, contactId }) => [remoteId, contactId]));
  const untied = before.links.flatMap(({ remoteId, contactId }) =>
    contactId === null || ties.get(remoteId) === contactId ? [] : contactId,
  );
  const kept = new Set([...restored, ...untied]);
  // Another look came to nothing: what the one before it showed is kept.
  if (plan.counts === undefined) return kept;
  const [here, there] = [plan.counts.harmony.deleted, plan.counts.provider.deleted];
  // One way to Google, who was edited there since the delete would only be untied, and stay in the archive.
  if (restored.length > there + plan.counts.unlinked || untied.length > here)
    throw broken(`${restored} came back of ${there}, and ${untied} were kept of ${here}`);
  if (isTrue && (restored.length < there || untied.length < here))
    throw broken(`only ${restored} came back of ${there}, and ${untied} were kept of ${here}`);
  for (const { side, action, contactId } of plan.samples ?? []) {
    const those = side === 'harmony' ? untied : restored;
    if (isTrue && action === 'delete' && contactId !== null && !those.includes(contactId))
      throw broken(`${contactId} was shown, and not kept`);
  }
  return kept;
}

const broken = (what: string): InvariantBroken => new InvariantBroken(`parked: turned down, and ${what}`);
