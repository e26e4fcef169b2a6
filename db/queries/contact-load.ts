/** A first listing of contacts: links and the Harmony contacts that they feed, loaded without a look at what is there. */
import type { Transaction } from '../client.ts';
import { copyRows, jsonText, type PackedRows, packRows } from '../copy.ts';
import { newId } from '../ids.ts';
import { fieldNames, mappedColumns } from './contact-columns.ts';
import { type ListFlow, writeMemberships } from './contact-list-members.ts';
import type { MappedContact } from './contact-mirror-rules.ts';
import { latestOf, loadedRows, type MirrorContext, type Mirrored, type PageOutcome } from './mirror.ts';

const contactColumns = ['id', 'workspace_id', 'user_id', 'remote_edited_at', ...mappedColumns(fieldNames)];
const linkColumns = [
  ...['integration_id', 'stream', 'remote_id', 'etag', 'content_hash', 'remote_updated_at', 'shadow'],
  ...['contact_id', 'seen_by_run', 'mapping_version'],
];

export interface PackedContacts {
  readonly contacts: PackedRows;
  readonly links: PackedRows;
  readonly integrationId: string;
  /** JSON rows of contact ids and the groups that they are in. */
  readonly memberships: string;
}

export function packContacts<R extends { readonly remoteId: string; readonly updatedAt?: string }>(
  context: MirrorContext & { readonly mappingVersion: number; readonly lists: ListFlow },
  records: readonly R[],
  shape: { mirrored(record: R): Mirrored; mapped(record: R): MappedContact },
): PackedContacts {
  const { workspaceId, userId, integrationId, stream, runId, mappingVersion } = context;
  const contactIds: string[] = [];
  const memberships: string[] = [];
  const latest = [...latestOf(records)];
  const contacts = packRows(latest, (record) => {
    const contactId = newId('con');
    contactIds.push(contactId);
    const { values, groups } = shape.mapped(record);
    if (groups.length > 0 && context.lists.pulls) memberships.push(JSON.stringify({ id: contactId, groups }));
    const own = fieldNames.map((field) => values[field] ?? null);
    return [contactId, workspaceId, userId, record.updatedAt ?? null, ...own];
  });
  let position = 0;
  const links = packRows(latest, (record) => {
    const { remoteId, etag, contentHash, remoteUpdatedAt, rawJson } = shape.mirrored(record);
    const contactId = contactIds[position++] as string;
    return [
      ...[integrationId, stream, remoteId, etag, contentHash, remoteUpdatedAt, jsonText(rawJson)],
      ...[contactId, runId, mappingVersion],
    ];
  });
  return { contacts, links, integrationId, memberships: `[${memberships.join(',')}]` };
}

export async function loadContacts(
  tx: Transaction,
  { contacts, links, integrationId, memberships }: PackedContacts,
): Promise<PageOutcome> {
  await copyRows(tx, { table: 'contact_links', columns: linkColumns }, links);
  await copyRows(tx, { table: 'contacts', columns: contactColumns }, contacts);
  await writeMemberships(tx, { integrationId, contacts: memberships, made: 'all' });
  return loadedRows(links.count);
}
