/** Takes back what a run wrote of contacts and lists, where nobody has changed it since; the rest is listed with the reason. */
import type { Transaction } from '../db/client.ts';
import { recordAudit } from '../db/queries/audit.ts';
import { splitFields } from '../db/queries/contact-columns.ts';
import { type ContactChange, lockContact, updateContact } from '../db/queries/contact-edits.ts';
import type { JournalRow } from '../db/queries/contact-journal.ts';
import { contactsOfRun, lockEntries, noteRunUndone, noteUndone } from '../db/queries/contact-undo.ts';
import { noteContactWork } from '../db/queries/contact-work.ts';
import type { ContactRow } from '../db/queries/contacts-read.ts';
import type { IntegrationRow } from '../db/queries/integrations-read.ts';
import { transact } from '../db/transact.ts';
import { type FieldName, isBlank, kindOf, sameValue } from '../sync/contact-fields.ts';
import type { FieldRule } from '../sync/plan-field.ts';
import type { Caller } from './caller.ts';
import type { UndoReport } from './contract/contact-history.ts';
import type { ApiDeps } from './deps.ts';
import { nameOf } from './name-contact.ts';
import { findOneWay } from './one-way-fields.ts';
import { fieldsOf } from './read-pair.ts';
import { undoLists } from './undo-lists.ts';

type Skipped = UndoReport['skipped'][number];

export interface Undoing {
  readonly reverted: number;
  readonly skipped: readonly Skipped[];
  readonly lists: UndoReport['lists'];
  /** Integrations whose planners have to look at it. */
  readonly integrationIds: readonly string[];
}

const contactsAtOnce = 200;

const details: Readonly<Record<Skipped['reason'], string>> = {
  changed_since: 'It was changed after the run, and that change is kept.',
  contact_gone: 'The contact is no longer in Harmony.',
  undone_already: 'This was taken back before.',
  kept_at_provider: 'The contact is at the provider, too. Archive it here if you do not want it.',
  provider_wins: 'The provider decides this value, so the next sync would bring it back. Change it there.',
  merged: 'Only one side had a value, and both have it now. Clear it here if neither is to have it.',
};

/** One transaction a contact, so that an undo that breaks off is complete for each contact that it reached. */
export async function undoRun(
  deps: ApiDeps,
  caller: Caller,
  { integration, runId }: { integration: IntegrationRow; runId: string },
): Promise<Undoing> {
  const skipped: Skipped[] = [];
  const integrationIds = new Set<string>();
  let reverted = 0;
  for (let afterId = ''; ; ) {
    const page = { integrationId: integration.id, runId, afterId, limit: contactsAtOnce };
    const contactIds = await contactsOfRun(deps.db, page);
    for (const contactId of contactIds) {
      const outcome = await transact(deps.db, (tx) =>
        undoContact(tx, caller, { userId: integration.userId, runId, contactId }),
      );
      skipped.push(...outcome.skipped);
      if (outcome.isReverted) reverted += 1;
      for (const id of outcome.integrationIds) integrationIds.add(id);
    }
    if (contactIds.length < contactsAtOnce) break;
    afterId = contactIds.at(-1) ?? '';
  }
  // Nobody is put back on a list before they are out of the archive.
  const { report: lists, ...ofLists } = await undoLists(deps, caller, { integration, runId });
  for (const id of ofLists.integrationIds) integrationIds.add(id);
  // One that broke off is asked for again, and may find everything taken back.
  const reasons: readonly string[] = [...skipped, ...lists.skipped].map(({ reason }) => reason);
  const isUndone = reverted + lists.reverted + lists.memberships > 0 || reasons.includes('undone_already');
  if (isUndone) await noteRunUndone(deps.db, runId);
  return { reverted, skipped, lists, integrationIds: [...integrationIds] };
}

interface UndoneContact {
  readonly skipped: readonly Skipped[];
  readonly isReverted: boolean;
  /** None for a contact that is in Harmony alone. */
  readonly integrationIds: readonly string[];
}

async function undoContact(
  tx: Transaction,
  caller: Caller,
  { userId, runId, contactId }: { userId: string; runId: string; contactId: string },
): Promise<UndoneContact> {
  const integrationIds = await noteContactWork(tx, { userId, contactIds: [contactId] });
  const contact = await lockContact(tx, caller, contactId);
  const entries = await lockEntries(tx, { runId, contactId });
  const decided =
    contact === undefined
      ? undefined
      : decideUndo(contact, entries, await fieldsOfProviders(tx, caller, contactId));
  if (contact === undefined || decided === undefined) {
    return {
      skipped: [skip('contact_gone', { contactId, contactName: null, field: null })],
      isReverted: false,
      integrationIds: [],
    };
  }
  await noteUndone(tx, decided.undone, caller.actor);
  const { skipped } = decided;
  if (decided.change === undefined) return { skipped, isReverted: false, integrationIds: [] };
  await updateContact(tx, contact, decided.change);
  await recordAudit(tx, {
    ...{ workspaceId: caller.workspaceId, actor: caller.actor, action: 'contact.undo', target: contactId },
    details: { runId, fields: decided.fields },
  });
  return { skipped, isReverted: true, integrationIds };
}

async function fieldsOfProviders(
  tx: Transaction,
  caller: Caller,
  contactId: string,
): Promise<ReadonlySet<string>> {
  return new Set((await findOneWay(tx, caller, contactId)).flatMap(({ fields }) => [...fields]));
}

export interface UndoDecision {
  /** Absent where nothing is taken back. */
  readonly change?: ContactChange & { readonly archivedAt?: null };
  readonly fields: readonly string[];
  readonly skipped: readonly Skipped[];
  /** Journal entries of which something is taken back. */
  readonly undone: readonly number[];
}

/**
 * Pure: what of a run's entries (the last first) goes back to what it was before. `ofProvider`: fields whose former value
 * would not stay.
 */
export function decideUndo(
  contact: ContactRow,
  entries: readonly JournalRow[],
  ofProvider: ReadonlySet<string> = new Set(),
): UndoDecision {
  const present = fieldsOf(contact);
  const names = { contactId: contact.id, contactName: nameOf(present) };
  const skipped: Skipped[] = [];
  const undone: number[] = [];
  const values = new Map<string, string | null>();
  const current = (field: string): string | null =>
    (values.has(field) ? values.get(field) : present[field as FieldName]) ?? null;
  /** Fields that stay: an earlier write of the run is no reason to go further back. */
  const kept = new Set<string>();
  let isRestored = false;
  /** Whether anything of it. */
  const takeBack = ({ before, after, rules }: JournalRow): boolean => {
    let isAny = false;
    for (const [field, wrote] of Object.entries(after ?? {})) {
      if (kept.has(field)) continue;
      const former = before?.[field] ?? null;
      const isUnchanged = sameValue(kindOf(field as FieldName) ?? 'text', current(field), wrote);
      // The side that had it would lose it, too.
      const isFilled = isBlank(former) && rules?.[field] === ('no_base' satisfies FieldRule);
      if (isUnchanged && !isFilled && !ofProvider.has(field)) {
        values.set(field, former);
        isAny = true;
        continue;
      }
      kept.add(field);
      const reason = !isUnchanged ? 'changed_since' : isFilled ? 'merged' : 'provider_wins';
      if (!values.has(field)) skipped.push(skip(reason, { ...names, field }));
    }
    return isAny;
  };
  for (const entry of entries) {
    if (entry.undoneBy !== null) {
      skipped.push(skip('undone_already', { ...names, field: null }));
      continue;
    }
    switch (entry.action) {
      case 'create':
      case 'restore':
        skipped.push(skip('kept_at_provider', { ...names, field: null }));
        continue;
      case 'archive':
      case 'delete':
        if (!isStillGone(contact, entry)) {
          skipped.push(skip('changed_since', { ...names, field: null }));
          continue;
        }
        isRestored = true;
        undone.push(entry.seq);
        continue;
      case 'update':
        if (takeBack(entry)) undone.push(entry.seq);
    }
  }
  if (values.size === 0 && !isRestored) return { fields: [], skipped, undone };
  const { own, custom } = splitFields(values);
  return {
    change: {
      ...own,
      ...(Object.keys(custom).length === 0 ? {} : { customFields: custom }),
      ...(isRestored ? { archivedAt: null } : {}),
    },
    fields: [...values.keys(), ...(isRestored ? ['archivedAt'] : [])],
    skipped,
    undone,
  };
}

/**
 * In the archive since the run, or since before that deleted the remote contact: who came back meanwhile and was deleted again
 * stays there.
 */
const isStillGone = ({ archivedAt }: ContactRow, { action, at }: JournalRow): boolean => {
  if (archivedAt === null) return false;
  const [since, done] = [Date.parse(archivedAt), Date.parse(at)];
  return action === 'delete' ? since <= done : since === done;
};

const skip = (
  reason: Skipped['reason'],
  of: Pick<Skipped, 'contactId' | 'contactName' | 'field'>,
): Skipped => ({
  ...of,
  reason,
  detail: details[reason],
});
