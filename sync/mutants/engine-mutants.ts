// Faults to plant in the engine around the pure core, one at a time, each with the test that has to fail.
import type { Mutant } from './mutants.ts';

/** `file` is named from the top of the tree. */
export interface EngineMutant extends Mutant {
  /** Of vitest.config.ts, with the file that is run. */
  project: 'system' | 'histories';
  test: string;
  /** How the titles of the tests begin that are run; absent: all of the file. */
  title?: string;
}

export const ENGINE_MUTANTS: readonly EngineMutant[] = [
  {
    name: 'cursor before data',
    file: 'activities/sync/commit-page.ts',
    from: 'const advancing = advanceListing(tx, {',
    to: 'const advancing = advanceListing(deps.db as unknown as Transaction, {',
    project: 'system',
    test: 'tests/fence.test.ts',
  },
  {
    name: 'a page is committed twice',
    file: 'db/queries/stream-cursors.ts',
    from: "        eq(streamCursors.listingPages, sql.placeholder('pages')),\n",
    to: '',
    project: 'system',
    test: 'tests/fence.test.ts',
  },
  {
    name: 'fence not checked',
    file: 'db/queries/fence.ts',
    from: 'if (rows.length === 0) throw new FencedOffError(fence);',
    to: '',
    project: 'system',
    test: 'tests/fence.test.ts',
  },
  {
    name: 'intent not committed before the call',
    file: 'activities/contacts/prepare-creates.ts',
    from: 'await markCreatesSent(tx, { runId, now, creates });',
    to: '',
    project: 'system',
    test: 'tests/contacts/one-writer.test.ts',
  },
  {
    name: 'writes without the account’s lease',
    file: 'activities/contacts/write-contacts.ts',
    from: 'if (!(await takeLease(deps.db, { ...lease, ...lent, ...given }))) throw accountIsBusy();',
    to: '',
    project: 'system',
    test: 'tests/contacts/one-writer.test.ts',
  },
  {
    name: 'pull without a hold on the local version',
    file: 'db/queries/contact-planning.ts',
    from: "    .orderBy(contacts.id)\n    .for('update');",
    to: '    .orderBy(contacts.id);',
    project: 'system',
    test: 'tests/contacts/two-at-once.test.ts',
  },
  {
    name: 'ack forgets what moved meanwhile',
    file: 'db/queries/contact-queue.ts',
    from: 'isNew && !kept.includes(key)).map(',
    to: 'isNew).map(',
    project: 'system',
    test: 'tests/transact.test.ts',
  },
  {
    name: 'superseded etags not kept',
    file: 'activities/contacts/ack-write.ts',
    from: 'bases: ackOf(agreed), superseded: supersededBy(before) },',
    to: 'bases: ackOf(agreed), superseded: [] },',
    project: 'histories',
    test: 'tests/random-histories/lag.test.ts',
    title: 'the version that a write replaced is remembered',
  },
  {
    name: 'evidence without the 404',
    file: 'activities/sync/sweep-unseen.ts',
    from: 'if (session.confirmGone === undefined) return { gone: remoteIds };',
    to: 'return { gone: remoteIds };',
    project: 'system',
    test: 'tests/sweep.test.ts',
  },
];
