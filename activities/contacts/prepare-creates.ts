/** Creates, before they are sent: nothing is there to be read; whether the contact is still to be made decides. */
import { findFormers, findReturned } from '../../db/queries/contact-formers.ts';
import { type ContactWrite, findLinks, tiedElsewhere } from '../../db/queries/contact-planning.ts';
import { noteRemoteWork } from '../../db/queries/contact-queue.ts';
import { markCreatesSent } from '../../db/queries/contact-writes.ts';
import type { RemoteCreate } from '../../sync/operations.ts';
import { loadOtherFeeds } from './other-feeds.ts';
import { planCreate } from './plan-candidate.ts';
import { PlanOutcome } from './plan-outcome.ts';
import type { PreparedWrite, Step } from './writing.ts';

/** Set by set: a first sync has a create for every other contact. */
export async function prepareCreates(
  { tx, sync, runId, now, contacts }: Step,
  writes: readonly ContactWrite[],
): Promise<PreparedWrite[]> {
  if (writes.length === 0) return [];
  const { integrationId, mappingVersion } = sync;
  const contactIds = writes.map(({ recordId }) => recordId);
  const ties = await findLinks(tx, { integrationId, remoteIds: [], contactIds });
  const tied = new Set(ties.map(({ contactId }) => contactId));
  // Another account may have matched it since this was planned, or make it since this one was not to write for a while.
  const elsewhere = await tiedElsewhere(tx, integrationId, contactIds);
  // While the outcome of one create was looked for, what the contact was made of may have come back itself.
  const returned = await findReturned(tx, { integrationId, contactIds });
  await noteRemoteWork(tx, { integrationId, remoteIds: [...returned.values()], now });
  const formers = await findFormers(tx, { integrationId, contactIds });
  const feeds = await loadOtherFeeds(tx, integrationId, [...formers.keys()]);
  const outcome = new PlanOutcome(sync, { runId, now });
  const prepared = writes.flatMap((write) => {
    const contact = contacts.get(write.recordId);
    if (contact === undefined || tied.has(contact.id) || returned.has(contact.id)) return [];
    const replaced = replaces(write);
    if (replaced === undefined && elsewhere.has(contact.id)) return [];
    const { isPlain = false } = write.operation as Partial<RemoteCreate>;
    const former = isPlain ? undefined : formers.get(contact.id);
    const plan = planCreate(sync, contact, { former, feeds });
    const operation = plan.operations.find(({ kind }) => kind === 'create_remote') as
      | RemoteCreate
      | undefined;
    if (operation === undefined) return [];
    const rest = plan.operations.filter((other) => other !== operation);
    if (former !== undefined) outcome.take({ link: former, contact }, { ...plan, operations: rest });
    const version = contact.version + (rest.some(({ kind }) => kind === 'update_local') ? 1 : 0);
    const again = {
      ...operation,
      localVersion: version,
      ...(replaced === undefined ? {} : { replaces: replaced }),
      ...(isPlain ? { isPlain } : {}),
    };
    return [{ write, operation: again, rules: plan.rules, contact: { ...contact, version } }];
  });
  if (formers.size > 0) await outcome.write(tx);
  const creates = prepared.map(({ write: { id }, operation }) => {
    return { id, operation: { ...operation, mappingVersion }, localVersion: operation.localVersion };
  });
  await markCreatesSent(tx, { runId, now, creates });
  return prepared;
}

/** The remote contact that a create makes anew, which this account had. */
export const replaces = ({ operation }: ContactWrite): string | undefined =>
  (operation as unknown as RemoteCreate).replaces;
