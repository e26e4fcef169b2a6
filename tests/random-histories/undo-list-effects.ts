/** What taking a run back did to lists and memberships, held against the journal: what nobody changed since, and nothing else. */
import type { UndoReport } from '../../api/contract/contact-history.ts';
import type { ListJournalRow } from '../../db/queries/list-journal.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { MINUTE_MS } from '../../sync/model-world.test-support.ts';

export interface ListsThen {
  readonly lists: readonly {
    readonly id: string;
    readonly name: string;
    readonly system: boolean;
    readonly archived: boolean;
    readonly archivedAt: string | null;
  }[];
  /** `<contact>/<list>` */
  readonly members: readonly string[];
}

interface UndoneLists {
  /** Of the run, the first first, as they were before. */
  readonly entries: readonly ListJournalRow[];
  readonly before: ListsThen;
  readonly after: ListsThen;
  readonly report: UndoReport['lists'];
}

export function judgeUndoneLists({ entries, before, after, report }: UndoneLists): void {
  const ofLists = entries.filter(({ contactId }) => contactId === null);
  const changed = new Set([
    ...judgeNames({ entries: ofLists, before, after, report }),
    ...judgeArchive({ entries: ofLists, before, after, report }),
  ]);
  if (report.reverted !== changed.size)
    throw broken(`${changed.size} lists changed, and ${report.reverted} are told`);
  const moved = judgeMembers({
    ...{ before, after, report },
    entries: entries.filter(({ contactId }) => contactId !== null),
  });
  if (report.memberships !== moved)
    throw broken(`${moved} memberships changed, and ${report.memberships} are told`);
  for (const { listId, action, undoneBy } of ofLists) {
    const isKept = action === 'create' || action === 'restore';
    if (undoneBy !== null) requireListed(report, listId, null, ['undone_already']);
    else if (action === 'merge') requireListed(report, listId, null, ['merged']);
    else if (isKept) requireListed(report, listId, null, ['kept_at_provider', 'list_gone']);
  }
}

function judgeNames({ entries, before, after, report }: UndoneLists): string[] {
  const changed: string[] = [];
  const renames = Map.groupBy(
    entries.filter(({ action, undoneBy }) => action === 'rename' && undoneBy === null),
    ({ listId }) => listId,
  );
  if (before.lists.length !== after.lists.length) throw broken('lists came or went');
  for (const { id, name } of after.lists) {
    const was = before.lists.find((list) => list.id === id)?.name;
    if (was === undefined) throw broken(`${id} was made`);
    const writes = renames.get(id) ?? [];
    const isFormer = writes.some((write) => write.before === name);
    if (was === name) {
      if (writes.length > 0 && !isFormer)
        requireListed(report, id, null, ['changed_since', 'provider_wins', 'list_gone']);
      continue;
    }
    if (writes.at(-1)?.after !== was || !isFormer)
      throw broken(`the list "${was}" became "${name}", which the run does not explain`);
    changed.push(id);
  }
  const present = new Set(after.lists.map(({ id }) => id));
  for (const listId of renames.keys()) {
    if (!present.has(listId)) requireListed(report, listId, null, ['list_gone']);
  }
  return changed;
}

function judgeArchive({ entries, before, after, report }: UndoneLists): string[] {
  const changed: string[] = [];
  const ends = entries.filter(
    ({ action, undoneBy }) => ['archive', 'delete'].includes(action) && undoneBy === null,
  );
  const archived = new Set(ends.map(({ listId }) => listId));
  for (const former of before.lists) {
    const isArchived = after.lists.find(({ id }) => id === former.id)?.archived;
    // One that was restored since, and deleted again, stays.
    const sinceMs = Date.parse(former.archivedAt ?? '');
    const comesBack = ends.some(
      ({ listId, at }) => listId === former.id && sinceMs < Date.parse(at) + MINUTE_MS,
    );
    if (isArchived !== (former.archived && !comesBack))
      throw broken(`${former.id} is ${isArchived ? '' : 'not '}in the archive`);
    if (comesBack) changed.push(former.id);
    else if (archived.has(former.id)) requireListed(report, former.id, null, ['changed_since']);
  }
  return changed;
}

/** Returns how many changed. */
function judgeMembers({ entries, before, after, report }: UndoneLists): number {
  const keyOf = ({ contactId, listId }: ListJournalRow) => `${contactId}/${listId}`;
  const byKey = Map.groupBy(entries, keyOf);
  let changed = 0;
  for (const key of new Set([...before.members, ...after.members, ...byKey.keys()])) {
    const [contactId = '', listId = ''] = key.split('/');
    const own = byKey.get(key) ?? [];
    const open = own.filter(({ undoneBy }) => undoneBy === null);
    const [was, is] = [before.members.includes(key), after.members.includes(key)];
    const wrote = open.at(-1)?.action === 'join';
    const formerly = open[0]?.action === 'leave';
    if (was !== is) {
      changed += 1;
      if (open.length === 0 || wrote !== was) throw broken(`${key} is no membership of the run`);
      if (!open.some(({ action }) => (action === 'leave') === is))
        throw broken(`${key} is not as it was before the run`);
    } else if (open.length > 0 && (wrote !== was || formerly !== is))
      requireListed(report, listId, contactId, [
        ...['changed_since', 'provider_wins', 'contact_gone', 'list_gone'],
      ]);
    if (own.length > 0 && open.length === 0) requireListed(report, listId, contactId, ['undone_already']);
  }
  return changed;
}

function requireListed(
  report: UndoReport['lists'],
  listId: string,
  contactId: string | null,
  reasons: readonly string[],
): void {
  const isListed = report.skipped.some(
    (one) => one.listId === listId && one.contactId === contactId && reasons.includes(one.reason),
  );
  if (!isListed) throw broken(`${contactId ?? ''} ${listId} is not listed as ${reasons}`);
}

const broken = (what: string): InvariantBroken => new InvariantBroken(`undo of lists: ${what}`);
