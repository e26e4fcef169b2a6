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
  /** It is of mappings that wait for it, by which the run that is parked did not go. */
  readonly isOfOthers: boolean;
}

/**
 * Those who were to be deleted at Google are out of the archive, those who were to be archived are untied; it answers who they
 * are. Nobody else is another.
 */
export function judgeTurnedDown({
  plan,
  before,
  after,
  isTrue,
  isOfOthers,
}: TurnedDown): ReadonlySet<string> {
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
  if (isOfOthers) return kept;
  const { counts = noCounts } = plan;
  const [shownHere, shownThere] = [counts.harmony.deleted, counts.provider.deleted];
  // Who may be merged, and was not asked about before that, is kept as well (decision 0010), and who went by a delete of ours that
  // had been given up.
  const byUs = before.links.filter(
    ({ contactId, remoteId }) => untied.includes(contactId ?? '') && before.givenUpDeletes.includes(remoteId),
  );
  const most = shownHere + counts.parked + counts.linked + byUs.length;
  // Its run would bring back who was restored at Google, too, and only untie who was edited there and is not read from there.
  const mostBack = shownThere + counts.harmony.updated + counts.unlinked;
  if (restored.length > mostBack || untied.length > most)
    throw broken(`${restored} came back of ${mostBack}, and ${untied} were kept of ${most}`);
  if (isTrue && (restored.length < shownThere || untied.length < shownHere))
    throw broken(`only ${restored} came back of ${shownThere}, and ${untied} were kept of ${shownHere}`);
  for (const { side, action, contactId } of plan.samples ?? []) {
    const those = side === 'harmony' ? untied : restored;
    if (isTrue && action === 'delete' && contactId !== null && !those.includes(contactId))
      throw broken(`${contactId} was shown, and not kept`);
  }
  return kept;
}

const noCounts = {
  harmony: { deleted: 0, updated: 0 },
  provider: { deleted: 0 },
  parked: 0,
  linked: 0,
  unlinked: 0,
};

const broken = (what: string): InvariantBroken => new InvariantBroken(`parked: turned down, and ${what}`);
