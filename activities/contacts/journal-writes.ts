/**
 * What is noted of a write that the provider carried out, so that it can be explained and taken back: as it is acknowledged, or once
 * it is seen that one whose answer was lost arrived.
 */
import type { Transaction } from '../../db/client.ts';
import { insertJournal, type NewJournalEntry } from '../../db/queries/contact-outcome.ts';
import type { ContactWrite } from '../../db/queries/contact-planning.ts';
import type { ContactFields } from '../../sync/contact-fields.ts';
import type { FieldBases } from '../../sync/map-contact.ts';
import type { ContactPlan, RemoteCreate } from '../../sync/operations.ts';
import type { Person } from '../../sync/person.ts';
import type { ContactSync } from './contact-sync.ts';
import type { Writing } from './writing.ts';

export type JournalEntry = Pick<NewJournalEntry, 'action' | 'before' | 'after' | 'rules' | 'snapshot'>;

type Values = Readonly<Record<string, string | null>>;

export async function journalWrites(
  tx: Transaction,
  { sync, runId }: Pick<Writing, 'sync' | 'runId'>,
  {
    now,
    written,
  }: { now: string; written: readonly { write: ContactWrite; remoteId: string; entry: JournalEntry }[] },
): Promise<void> {
  await insertJournal(
    tx,
    written.map(({ write, remoteId, entry }) => ({
      ...{ integrationId: sync.integrationId, runId, side: 'provider' as const, at: now },
      ...{ contactId: write.recordId, remoteId, ...entry },
    })),
  );
}

export function createEntry(
  { settings: { mapping } }: ContactSync,
  {
    operation: { sent, body, bases },
    rules,
  }: { operation: Pick<RemoteCreate, 'sent' | 'body' | 'bases'>; rules?: ContactPlan['rules'] | undefined },
): JournalEntry {
  const after = bases === undefined ? sent : { ...mapping.readPerson(body, bases), ...sent };
  return { action: 'create', after: after as Values, rules: rulesOf(rules, sent) };
}

/** `before`: the person as it was, read by the bases that held then; `sent`: the values that were sent. */
export function updateEntry(
  { settings: { mapping } }: ContactSync,
  {
    before,
    bases,
    sent,
    rules,
  }: { before: Person; bases: FieldBases; sent: ContactFields; rules?: ContactPlan['rules'] | undefined },
): JournalEntry {
  const read = mapping.readPerson(before, bases) as Values;
  return {
    action: 'update',
    before: Object.fromEntries(Object.keys(sent).map((field) => [field, read[field] ?? null])),
    after: sent as Values,
    rules: rulesOf(rules, sent),
    snapshot: before,
  };
}

export const deleteEntry = ({ settings: { mapping } }: ContactSync, snapshot: Person): JournalEntry => ({
  ...{ action: 'delete', before: mapping.readPerson(snapshot) as ContactFields as Values, snapshot },
});

/** Of what was sent alone. */
const rulesOf = (rules: ContactPlan['rules'] = {}, sent: ContactFields): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(rules).flatMap(([field, rule]) =>
      rule !== undefined && Object.hasOwn(sent, field) ? [[field, rule]] : [],
    ),
  );
