/** Takes back what a run did to lists and to who is on them, through the edits that a person makes; the rest is listed with the reason. */
import type { Executor, Transaction } from '../db/client.ts';
import { recordAudit } from '../db/queries/audit.ts';
import { lockContact } from '../db/queries/contact-edits.ts';
import { lockContactList, setMembership, updateContactList } from '../db/queries/contact-list-edits.ts';
import { findListsOf } from '../db/queries/contact-lists-read.ts';
import { noteContactWork, noteListWork, noteMemberWork } from '../db/queries/contact-work.ts';
import type { IntegrationRow } from '../db/queries/integrations-read.ts';
import {
  findListFeeds,
  type ListFeed,
  type ListJournalRow,
  listsOfRun,
  lockListEntries,
  membersOfRun,
  noteListUndone,
} from '../db/queries/list-journal.ts';
import { transact } from '../db/transact.ts';
import { type EffectiveDirection, mayPull, mayPush } from '../sync/direction.ts';
import { listDirection } from '../sync/list-flow.ts';
import type { Caller } from './caller.ts';
import type { UndoReport } from './contract/contact-history.ts';
import { decideListUndo, decideMemberUndo, type ListReason } from './decide-list-undo.ts';
import type { ApiDeps } from './deps.ts';
import { nameOf } from './name-contact.ts';
import { readMappings } from './read-mappings.ts';
import { fieldsOf } from './read-pair.ts';

type Skipped = UndoReport['lists']['skipped'][number];

export interface UndoneLists {
  readonly report: UndoReport['lists'];
  /** Integrations whose planners have to look at it. */
  readonly integrationIds: ReadonlySet<string>;
}

const contactsAtOnce = 200;

const details: Readonly<Record<ListReason, string>> = {
  changed_since: 'It was changed after the run, and that change is kept.',
  contact_gone: 'The contact is no longer in Harmony, or archived.',
  list_gone: 'The list is no longer in Harmony, or archived.',
  merged: 'It went into the list of the same name that was there before, with everybody on it.',
  undone_already: 'This was taken back before.',
  kept_at_provider: 'The list is at the provider, too. Archive it here if you do not want it.',
  provider_wins: 'The provider decides this, so the next sync would bring it back. Change it there.',
};

interface Run {
  readonly userId: string;
  readonly runId: string;
}

/** Lists first, since nobody is put back on one that is still archived. One transaction a list and a contact. */
export async function undoLists(
  deps: ApiDeps,
  caller: Caller,
  { integration, runId }: { integration: IntegrationRow; runId: string },
): Promise<UndoneLists> {
  const run = { userId: integration.userId, runId };
  const skipped: Skipped[] = [];
  const integrationIds = new Set<string>();
  let reverted = 0;
  let memberships = 0;
  for (const listId of await listsOfRun(deps.db, { integrationId: integration.id, runId })) {
    const outcome = await transact(deps.db, (tx) => undoList(tx, caller, { ...run, listId }));
    skipped.push(...outcome.skipped);
    reverted += outcome.changed;
    for (const id of outcome.integrationIds) integrationIds.add(id);
  }
  for (let afterId = ''; ; ) {
    const page = { integrationId: integration.id, runId, afterId, limit: contactsAtOnce };
    const contactIds = await membersOfRun(deps.db, page);
    for (const contactId of contactIds) {
      const outcome = await transact(deps.db, (tx) => undoMemberships(tx, caller, { ...run, contactId }));
      skipped.push(...outcome.skipped);
      memberships += outcome.changed;
      for (const id of outcome.integrationIds) integrationIds.add(id);
    }
    if (contactIds.length < contactsAtOnce) break;
    afterId = contactIds.at(-1) ?? '';
  }
  return { report: { reverted, memberships, skipped }, integrationIds };
}

interface Undone {
  readonly changed: number;
  readonly skipped: readonly Skipped[];
  /** None where nothing is taken back. */
  readonly integrationIds: readonly string[];
}

async function undoList(tx: Transaction, caller: Caller, of: Run & { listId: string }): Promise<Undone> {
  const { userId, runId, listId } = of;
  const noted = await noteListWork(tx, { userId, listIds: [listId] });
  const list = await lockContactList(tx, caller, listId);
  const entries = await lockListEntries(tx, { runId, listId });
  const feeds = await findListFeeds(tx, { listIds: [listId] });
  const directions = await directionsOf(tx, feeds);
  const isOfProvider = isSetBack(feeds.map(({ integration }) => directions.get(integration.id)));
  const decided = decideListUndo(list, entries, isOfProvider || list?.system === true);
  const listName = list?.name ?? entries[0]?.before ?? entries[0]?.after ?? null;
  const skipped = decided.reasons.map((reason) =>
    skip(reason, { listId, listName, contactId: null, contactName: null }),
  );
  await noteListUndone(tx, decided.undone, caller.actor);
  if (decided.change === undefined) return { changed: 0, skipped, integrationIds: [] };
  await updateContactList(tx, listId, decided.change);
  await recordAudit(tx, {
    ...{ workspaceId: caller.workspaceId, actor: caller.actor, action: 'contact-list.undo', target: listId },
    details: { runId, fields: Object.keys(decided.change) },
  });
  return { changed: 1, skipped, integrationIds: noted };
}

async function undoMemberships(
  tx: Transaction,
  caller: Caller,
  { userId, runId, contactId }: Run & { contactId: string },
): Promise<Undone> {
  const noted = await noteContactWork(tx, { userId, contactIds: [contactId] });
  const contact = await lockContact(tx, caller, contactId);
  const entries = await lockListEntries(tx, { runId, contactId });
  const byList = Map.groupBy(entries, ({ listId }) => listId);
  const listIds = [...byList.keys()].sort();
  const memberOf = new Set(await findListsOf(tx, contactId));
  const feeds = await findListFeeds(tx, { listIds, contactId });
  const takingNobody = new Set(
    (await findListFeeds(tx, { listIds })).flatMap((feed) => (feed.takesMembers ? [] : feed.listId)),
  );
  const directions = await directionsOf(tx, feeds);
  const contactName = contact === undefined ? null : nameOf(fieldsOf(contact));
  const skipped: Skipped[] = [];
  let changed = 0;
  for (const listId of listIds) {
    // Held, so that the list is not archived meanwhile.
    const list = await lockContactList(tx, caller, listId);
    const flows = feeds
      .filter((feed) => feed.listId === listId)
      .map(({ integration }) => directions.get(integration.id));
    const own = byList.get(listId) as readonly ListJournalRow[];
    const decided = decideMemberUndo(memberOf.has(listId), own, {
      gone: isThere(contact) ? (isThere(list) ? undefined : 'list_gone') : 'contact_gone',
      isOfProvider: (isMember) => isSetBack(flows) || (isMember && takingNobody.has(listId)),
    });
    if (decided.reason !== undefined)
      skipped.push(skip(decided.reason, { listId, listName: list?.name ?? null, contactId, contactName }));
    await noteListUndone(tx, decided.undone, caller.actor);
    if (decided.isMember === undefined) continue;
    await noteMemberWork(tx, { userId, contactId, listId });
    await setMembership(tx, { listId, contactId, member: decided.isMember });
    await recordAudit(tx, {
      ...{ workspaceId: caller.workspaceId, actor: caller.actor, target: contactId },
      action: decided.isMember ? 'contact.join-list' : 'contact.leave-list',
      details: { listId, runId },
    });
    changed += 1;
  }
  return { changed, skipped, integrationIds: changed > 0 ? noted : [] };
}

const isThere = (record: { readonly archivedAt: string | null } | undefined): boolean =>
  record?.archivedAt === null;

type Directions = ReadonlyMap<string, EffectiveDirection>;

/** Which way lists flow, by the settings in force. */
async function directionsOf(db: Executor, feeds: readonly ListFeed[]): Promise<Directions> {
  const directions = new Map<string, EffectiveDirection>();
  for (const { integration } of feeds) {
    if (directions.has(integration.id)) continue;
    const { objects } = await readMappings(db, integration.id);
    const syncDirection = integration.approvedDirection ?? 'from_provider';
    directions.set(integration.id, listDirection(objects, syncDirection));
  }
  return directions;
}

/** An account that is only read sets back what is done here, unless another one is sent it (docs/decisions/0020). */
function isSetBack(directions: readonly (EffectiveDirection | undefined)[]): boolean {
  const present = directions.filter((direction) => direction !== undefined);
  return present.some(mayPull) && !present.some(mayPush);
}

const skip = (reason: ListReason, of: Omit<Skipped, 'reason' | 'detail'>): Skipped => ({
  ...of,
  reason,
  detail: details[reason],
});
