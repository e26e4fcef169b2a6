/** The step before a call: what the provider shows now is planned again, and only what is still wanted is marked as sent. */
import { type ContactWrite, lockContacts } from '../../db/queries/contact-planning.ts';
import { noteForOthers } from '../../db/queries/contact-queue.ts';
import { dropWrites, lockWrites } from '../../db/queries/contact-writes.ts';
import { fenced } from '../../db/queries/fence.ts';
import type { ContactRecord } from '../../providers/contract/index.ts';
import { isoAt, nowMs } from '../clock.ts';
import { loadContactSync } from './contact-sync.ts';
import { prepareCreates, replaces } from './prepare-creates.ts';
import { prepareDouble } from './prepare-double.ts';
import { prepareWrite } from './prepare-write.ts';
import type { PreparedWrite, Step, Writing } from './writing.ts';

/** An intent, and what the provider shows now of the remote contact that it is about: undefined where there is none. */
export interface Intent {
  readonly write: ContactWrite;
  readonly read?: ContactRecord | undefined;
  /** Of a double: the contact that it is a double of is still there. */
  readonly isKeeperThere?: boolean;
}

/** What is to be sent, by the id of the write: intents that are no longer wanted, or not yet possible, are left out. */
export type PreparedWrites = ReadonlyMap<string, PreparedWrite>;

/** Plans intents again on what both sides hold now, and marks what is still wanted as sent: all in one transaction. */
export function prepareWrites(given: Writing, intents: readonly Intent[]): Promise<PreparedWrites> {
  const { deps, fence } = given;
  if (intents.length === 0) return Promise.resolve(new Map());
  return fenced(deps.db, fence, async (tx) => {
    const now = isoAt(nowMs(deps));
    const open = await lockWrites(
      tx,
      intents.map(({ write }) => write.id),
    );
    // With the settings of this very moment: a person may have narrowed the direction, or unmapped contacts.
    const sync = await loadContactSync(tx, given.sync.integrationId);
    // All at once, in the order of their ids: writers of a person's other accounts lock the same contacts.
    const contacts = await lockContacts(
      tx,
      given.sync.userId,
      open.map(({ recordId }) => recordId),
    );
    const step: Step = { ...given, sync: sync ?? given.sync, tx, now, contacts };
    const prepared = new Map<string, PreparedWrite>();
    const creates = open.filter(({ kind, state }) => kind === 'create' && state === 'planned');
    for (const one of sync === undefined ? [] : await prepareCreates(step, creates))
      prepared.set(one.write.id, one);
    const unmade = creates.filter(({ id }) => !prepared.has(id));
    await dropWrites(tx, { ids: unmade.map(({ id }) => id), now });
    const contactIds = unmade.flatMap((write) => (replaces(write) === undefined ? write.recordId : []));
    await noteForOthers(tx, { integrationId: given.sync.integrationId, contactIds, now });
    const byId = new Map(intents.map((intent) => [intent.write.id, intent]));
    for (const write of open) {
      if (write.kind === 'create') continue;
      const { read, isKeeperThere = false } = byId.get(write.id) ?? {};
      let one: PreparedWrite | undefined;
      if (write.operation.kind === 'delete_double')
        one = await prepareDouble(step, { write, read, mayGo: isKeeperThere && sync?.writes === true });
      else if (sync === undefined) await dropWrites(tx, { ids: [write.id], now });
      else one = await prepareWrite(step, write, read);
      if (one !== undefined) prepared.set(write.id, one);
    }
    return prepared;
  });
}
