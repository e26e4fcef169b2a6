/** From an adapter's page to rows: one writer per kind of record. A new provider of a known kind needs none. */
import { hash } from 'node:crypto';
import type { Transaction } from '../../db/client.ts';
import { writeCalendarEvents } from '../../db/queries/calendar-events.ts';
import { writeContactLists } from '../../db/queries/contact-lists.ts';
import { type ContactColumns, writeContacts } from '../../db/queries/contact-mirror.ts';
import type { MirrorContext, Mirrored, PageOutcome } from '../../db/queries/mirror.ts';
import type {
  CalendarEventRecord,
  ContactListRecord,
  ContactRecord,
  RecordBase,
  RecordKind,
  RecordPage,
} from '../../providers/contract/index.ts';
import { CONTACT_FIELD_NAMES } from '../../sync/contact-fields.ts';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import { compileMapping } from '../../sync/map-contact.ts';
import type { Person } from '../../sync/person.ts';

/** Writes one page within its transaction. */
export type PageWriter = (tx: Transaction, context: MirrorContext) => Promise<PageOutcome>;

/** Hashes and shapes the page before the transaction begins, so that it stays short. */
export function preparePage(kind: RecordKind, page: RecordPage): PageWriter {
  const { deletions } = page;
  switch (kind) {
    case 'contact': {
      const rows = (page.upserts as readonly ContactRecord[]).map((record) => ({
        ...mirror(record),
        formerRemoteIds: record.formerRemoteIds ?? [],
        columns: () => mapColumns(record.raw as Person),
      }));
      return (tx, context) => writeContacts(tx, context, { rows, deletions });
    }
    case 'contact_list': {
      const rows = (page.upserts as readonly ContactListRecord[]).map((record) => ({
        ...mirror(record),
        name: record.name,
        system: record.system,
      }));
      return (tx, context) => writeContactLists(tx, context, { rows, deletions });
    }
    case 'calendar_event': {
      const rows = (page.upserts as readonly CalendarEventRecord[]).map((record) => ({
        ...record,
        ...mirror(record),
      }));
      return (tx, context) => writeCalendarEvents(tx, context, { rows, deletions });
    }
    default:
      throw new Error(`No writer for records of kind ${kind}.`);
  }
}

function mirror(record: RecordBase): Mirrored {
  const rawJson = JSON.stringify(record.raw);
  return {
    remoteId: record.remoteId,
    etag: record.etag ?? null,
    remoteUpdatedAt: record.updatedAt ?? null,
    contentHash: hash('sha256', rawJson, 'base64url'),
    rawJson,
  };
}

const mapping = compileMapping(DEFAULT_FIELD_MAPPINGS);

function mapColumns(person: Person): ContactColumns {
  const fields = mapping.toHarmony(person);
  return Object.fromEntries(
    CONTACT_FIELD_NAMES.map((name) => [name, fields[name] ?? null]),
  ) as unknown as ContactColumns;
}
