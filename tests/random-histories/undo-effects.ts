/** What taking a run back did, held against the journal: values that nobody changed since, all of them, and nothing else. */
import type { UndoReport } from '../../api/contract/contact-history.ts';
import type { JournalRow } from '../../db/queries/contact-journal.ts';
import { type FieldName, kindOf, sameValue } from '../../sync/contact-fields.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import type { LocalContact } from '../../sync/operations.ts';

/** `field` null: the contact came out of the archive. */
export interface Change {
  readonly contactId: string;
  readonly field: FieldName | null;
}

interface Undone {
  /** Of the run, the first first, as they were before. */
  readonly entries: readonly JournalRow[];
  readonly before: ReadonlyMap<string, LocalContact>;
  readonly after: ReadonlyMap<string, LocalContact>;
  /** Since when those in the archive were there, before. */
  readonly archivedAt: ReadonlyMap<string, string>;
  readonly report: UndoReport;
}

/** Returns what was taken back. */
export function judgeUndo({ entries, before, after, archivedAt, report }: Undone): Change[] {
  const changes = [...after.values()].flatMap((now) => {
    const former = before.get(now.id);
    if (former === undefined) throw broken(`${now.id} was made`);
    return judgeContact({
      entries: entries.filter(({ contactId }) => contactId === now.id),
      former,
      now,
      archivedAt,
      report,
    });
  });
  for (const id of before.keys()) if (!after.has(id)) throw broken(`${id} is gone`);
  const changed = new Set(changes.map(({ contactId }) => contactId)).size;
  if (report.reverted < changed) throw broken(`${changed} contacts changed, and ${report.reverted} are told`);
  return changes;
}

function judgeContact({
  entries,
  former,
  now,
  archivedAt,
  report,
}: Pick<Undone, 'entries' | 'archivedAt' | 'report'> & {
  former: LocalContact;
  now: LocalContact;
}): Change[] {
  const contactId = now.id;
  const open = entries.filter(({ undoneBy }) => undoneBy === null);
  const isListed = (field: FieldName | null, ...reasons: string[]) =>
    report.skipped.some(
      (one) => one.contactId === contactId && one.field === field && reasons.includes(one.reason),
    );
  const requireListed = (field: FieldName | null, ...reasons: string[]) => {
    if (!isListed(field, ...reasons)) throw broken(`${contactId} ${field} is not listed as ${reasons}`);
  };
  const changes: Change[] = [];
  const names = new Set([...Object.keys(former.fields), ...Object.keys(now.fields)]) as Set<FieldName>;
  for (const { after } of open) for (const field of Object.keys(after ?? {})) names.add(field as FieldName);
  for (const field of names) {
    const [was, is] = [fieldOf(former, field), fieldOf(now, field)];
    const writes = open.filter(
      ({ action, after }) => action === 'update' && Object.hasOwn(after ?? {}, field),
    );
    const last = writes.at(-1);
    const isUnchanged = last !== undefined && isSame(field, was, last.after?.[field] ?? null);
    const isFormer = writes.some((write) => (write.before?.[field] ?? null) === is);
    const isFill = ({ before, rules }: JournalRow) =>
      (before?.[field] ?? null) === null && rules?.[field] === 'no_base';
    if (was !== is) {
      if (is === null && writes.some(isFill))
        throw broken(`${contactId} ${field} "${was}", which only one side had, is gone from both`);
      if (!isUnchanged)
        throw broken(`${contactId} ${field} "${was}" is no value of the run, and went for "${is}"`);
      if (!isFormer) throw broken(`${contactId} ${field} "${is}" is no value from before the run`);
      changes.push({ contactId, field });
    } else if (last !== undefined && !isUnchanged) requireListed(field, 'changed_since');
    else if (last !== undefined && !isFormer) requireListed(field, 'provider_wins', 'merged');
  }
  const has = (...actions: JournalRow['action'][]) => open.some(({ action }) => actions.includes(action));
  const since = Date.parse(archivedAt.get(contactId) ?? '');
  // Who was restored since, and deleted again, stays.
  const comesBack =
    former.archived === true &&
    open.some(
      ({ action, at }) =>
        (action === 'archive' && Date.parse(at) === since) ||
        (action === 'delete' && Date.parse(at) >= since),
    );
  if ((former.archived === true) !== (now.archived === true) && !comesBack)
    throw broken(`${contactId} moved in or out of the archive`);
  if (comesBack) {
    if (now.archived) throw broken(`${contactId} stayed in the archive`);
    changes.push({ contactId, field: null });
  } else if (has('archive', 'delete')) requireListed(null, 'changed_since');
  if (has('create', 'restore')) requireListed(null, 'kept_at_provider');
  if (open.length < entries.length) requireListed(null, 'undone_already');
  return changes;
}

export const fieldOf = (contact: LocalContact | undefined, field: FieldName): string | null =>
  contact?.fields[field] ?? null;

const isSame = (field: FieldName, a: string | null, b: string | null): boolean =>
  sameValue(kindOf(field) ?? 'text', a, b);

const broken = (what: string): InvariantBroken => new InvariantBroken(`undo: ${what}`);
