/** A person at work in Harmony, as the API does it: what there is to plan is noted before the contact changes. */
import { and, eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client.ts';
import { contacts, contactWork } from '../../db/schema/index.ts';
import { CONTACT_FIELD_NAMES, type ContactFields, type FieldName } from '../../sync/contact-fields.ts';
import type { LocalContact } from '../../sync/operations.ts';

type Row = typeof contacts.$inferSelect;
type Column = keyof Row & (typeof CONTACT_FIELD_NAMES)[number];

export interface Harmony {
  readonly db: Database;
  readonly workspaceId: string;
  readonly userId: string;
  readonly integrationId: string;
}

export function toLocalContact(row: Row): LocalContact {
  const fields: ContactFields = {};
  for (const name of CONTACT_FIELD_NAMES) fields[name] = row[name as Column] ?? null;
  for (const [name, value] of Object.entries(row.customFields ?? {})) fields[`custom.${name}`] = value;
  return {
    id: row.id,
    version: row.version,
    fields,
    archived: row.archivedAt !== null,
    ...(row.editedAt === null ? {} : { editedAt: row.editedAt }),
  };
}

export async function readContacts({ db, userId }: Harmony): Promise<Map<string, LocalContact>> {
  const rows = await db.select().from(contacts).where(eq(contacts.userId, userId)).orderBy(contacts.id);
  return new Map(rows.map((row) => [row.id, toLocalContact(row)]));
}

export async function createContact(harmony: Harmony, id: string, fields: ContactFields): Promise<void> {
  const { workspaceId, userId } = harmony;
  await harmony.db.transaction(async (tx) => {
    await noteWork(tx, harmony, id);
    const { columns, custom } = split(fields);
    const customFields = Object.keys(custom).length > 0 ? { customFields: custom } : {};
    await tx
      .insert(contacts)
      .values({ id, workspaceId, userId, ...columns, ...customFields, editedAt: sql`now()` });
  });
}

export async function editContact(
  harmony: Harmony,
  contact: LocalContact,
  field: FieldName,
  value: string | null,
): Promise<void> {
  const { columns, custom } = split({ [field]: value });
  const customFields =
    Object.keys(custom).length > 0
      ? {
          customFields: sql`coalesce(${contacts.customFields}, '{}'::jsonb) || ${JSON.stringify(custom)}::jsonb`,
        }
      : {};
  await change(harmony, contact, { ...columns, ...customFields, editedAt: sql`now()` });
}

export async function archiveContact(harmony: Harmony, contact: LocalContact): Promise<void> {
  await change(harmony, contact, { archivedAt: sql`now()` });
}

async function change(
  harmony: Harmony,
  { id }: LocalContact,
  columns: Parameters<ReturnType<Database['update']>['set']>[0],
): Promise<void> {
  await harmony.db.transaction(async (tx) => {
    await noteWork(tx, harmony, id);
    await tx
      .update(contacts)
      .set({ ...columns, version: sql`${contacts.version} + 1`, updatedAt: sql`now()` })
      .where(and(eq(contacts.id, id), eq(contacts.userId, harmony.userId)));
  });
}

async function noteWork(tx: Transaction, { integrationId }: Harmony, key: string): Promise<void> {
  await tx
    .insert(contactWork)
    .values({ integrationId, kind: 'local', key })
    .onConflictDoUpdate({
      target: [contactWork.integrationId, contactWork.kind, contactWork.key],
      set: { touched: sql`${contactWork.touched} + 1`, dueAt: sql`now()` },
    });
}

function split(fields: ContactFields): {
  columns: Partial<Record<Column, string | null>>;
  custom: Record<string, string>;
} {
  const columns: Partial<Record<Column, string | null>> = {};
  const custom: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith('custom.')) custom[name.slice('custom.'.length)] = value ?? '';
    else columns[name as Column] = value ?? null;
  }
  return { columns, custom };
}
