/** A first listing of contacts: links and the Harmony contacts that they feed, loaded without a look at what is there. */
import type { Transaction } from '../client.ts';
import { copyRows, jsonText, type PackedRows, packRows } from '../copy.ts';
import { newId } from '../ids.ts';
import type { ContactColumns } from './contact-mirror.ts';
import { latestOf, loadedRows, type MirrorContext, type Mirrored, type PageOutcome } from './mirror.ts';

const contactColumns = [
  ...[
    'id',
    'workspace_id',
    'user_id',
    'first_name',
    'last_name',
    'job_title',
    'company',
    'department',
    'email',
  ],
  ...['phone', 'address', 'birthday', 'website', 'notes'],
];
const linkColumns = [
  ...['integration_id', 'stream', 'remote_id', 'etag', 'content_hash', 'remote_updated_at', 'shadow'],
  ...['contact_id', 'seen_by_run'],
];

export interface PackedContacts {
  readonly contacts: PackedRows;
  readonly links: PackedRows;
}

export function packContacts<R extends { readonly remoteId: string }>(
  context: MirrorContext,
  records: readonly R[],
  shape: { mirrored(record: R): Mirrored; columns(record: R): ContactColumns },
): PackedContacts {
  const { workspaceId, userId, integrationId, stream, runId } = context;
  const contactIds: string[] = [];
  const latest = [...latestOf(records)];
  const contacts = packRows(latest, (record) => {
    const contactId = newId('con');
    contactIds.push(contactId);
    const { firstName, lastName, jobTitle, company, department, ...rest } = shape.columns(record);
    return [
      ...[contactId, workspaceId, userId, firstName, lastName, jobTitle, company, department, rest.email],
      ...[rest.phone, rest.address, rest.birthday, rest.website, rest.notes],
    ];
  });
  let position = 0;
  const links = packRows(latest, (record) => {
    const { remoteId, etag, contentHash, remoteUpdatedAt, rawJson } = shape.mirrored(record);
    const contactId = contactIds[position++] as string;
    return [
      ...[integrationId, stream, remoteId, etag, contentHash, remoteUpdatedAt, jsonText(rawJson)],
      ...[contactId, runId],
    ];
  });
  return { contacts, links };
}

export async function loadContacts(
  tx: Transaction,
  { contacts, links }: PackedContacts,
): Promise<PageOutcome> {
  await copyRows(tx, { table: 'contact_links', columns: linkColumns }, links);
  await copyRows(tx, { table: 'contacts', columns: contactColumns }, contacts);
  return loadedRows(links.count);
}
