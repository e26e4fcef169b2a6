/** Search vectors follow the rows in the background: nobody's run waits for them, and records without one are found too. */
import { setTimeout } from 'node:timers/promises';
import { indexUnsearched } from '../../db/queries/search-index.ts';
import type { ActivityDeps } from '../deps.ts';

type Needs = Pick<ActivityDeps, 'db' | 'logger'>;

/** Statements whose records are indexed in one transaction; a page of a first load is one. */
const batchSize = 2;

/** One round of indexing at a time and process; a call during one asks for another after it. */
const rounds = new WeakMap<object, { again: boolean }>();

/**
 * Begins to index what is not indexed yet, unless that goes on already. Never throws and is not waited for: what a killed
 * worker leaves is taken up after the next run of anybody, or by reconcile.
 */
export function indexSoon(deps: Needs): void {
  const round = rounds.get(deps.db);
  if (round !== undefined) {
    round.again = true;
    return;
  }
  rounds.set(deps.db, { again: false });
  void indexAll(deps)
    .catch((err: unknown) => deps.logger.warn({ err }, 'indexing for search stopped; it will go on later'))
    .finally(() => {
      const again = rounds.get(deps.db)?.again === true;
      rounds.delete(deps.db);
      if (again) indexSoon(deps);
    });
}

/** The indexer rests this many times as long as it worked, so that it takes a fifth of one core from syncs and readers. */
const restPerWork = 4;

async function indexAll(deps: Needs): Promise<void> {
  for (;;) {
    const startedAtMs = performance.now();
    if ((await indexUnsearched(deps.db, { limit: batchSize })) === 0) return;
    await setTimeout((performance.now() - startedAtMs) * restPerWork, undefined, { ref: false });
  }
}
