/** For each field of a contact: which side, run and rule set it. */
import type { JournalRow, PersonsEdit } from '../db/queries/contact-journal.ts';
import type { PairRow } from '../db/queries/contact-pairs.ts';
import type { ContactRow } from '../db/queries/contacts-read.ts';
import {
  CONTACT_FIELD_NAMES,
  type ContactFields,
  canonicalize,
  type FieldName,
  kindOf,
} from '../sync/contact-fields.ts';
import type { FieldMapping } from '../sync/default-mappings.ts';
import { compileMapping } from '../sync/map-contact.ts';
import type { Person } from '../sync/person.ts';
import type { FieldOrigin } from './contract/contact-history.ts';
import type { Mappings } from './read-mappings.ts';
import { fieldsOf } from './read-pair.ts';

export interface ContactPast {
  readonly contact: ContactRow;
  /** Newest first. */
  readonly journal: readonly JournalRow[];
  /** Newest first. */
  readonly edits: readonly PersonsEdit[];
  readonly pairs: readonly { readonly row: PairRow; readonly mappings: Mappings }[];
}

type Origin = Omit<FieldOrigin, 'field' | 'value' | 'mappings'>;

const nowhere = { by: null, integrationId: null, remoteId: null, runId: null, rule: null } as const;

const rules: Readonly<Record<string, string>> = {
  no_base: 'Both sides were tied, and this value was taken over',
  one_way: 'The field only flows this way, so the source won',
  one_changed: 'Only the provider had changed it',
  both_changed: 'Both sides had changed it, and the provider won',
};

export function explainContact(past: ContactPast): FieldOrigin[] {
  const fields = fieldsOf(past.contact);
  const mapped = past.pairs.flatMap(({ mappings }) => mappings.fields.map(({ field }) => field));
  const names = new Set<string>([...CONTACT_FIELD_NAMES, ...Object.keys(fields), ...mapped]);
  return [...names].map((field) => {
    const value = fields[field as FieldName] ?? null;
    return {
      ...{ field, value, ...originOf(past, field as FieldName, value) },
      mappings: past.pairs.flatMap(({ row, mappings }) =>
        mappings.fields
          .filter((mapping) => mapping.field === field)
          .map(({ path, direction }) => ({ integrationId: row.link.integrationId, path, direction })),
      ),
    };
  });
}

/** The latest of a run's pull and a person's edit; else the remote record that it was read from. */
function originOf(past: ContactPast, field: FieldName, value: string | null): Origin {
  const pull = past.journal.find(({ side, after }) => side === 'harmony' && after?.[field] !== undefined);
  const edit = past.edits.find(
    ({ action, fields }) =>
      fields.includes(field) || (action === 'contact.create' && fields.length === 0 && value !== null),
  );
  if (edit !== undefined && (pull === undefined || edit.at >= pull.at)) {
    return { ...nowhere, side: 'harmony', by: edit.actor, reason: 'Somebody set it in Harmony', at: edit.at };
  }
  if (pull !== undefined) {
    const rule = pull.rules?.[field] ?? null;
    return {
      ...{ side: 'provider', by: null, integrationId: pull.integrationId, remoteId: pull.remoteId },
      ...{ runId: pull.runId, rule, at: pull.at },
      reason: rules[rule ?? ''] ?? 'A sync took it over from the provider',
    };
  }
  const source = past.pairs.find((pair) => value !== null && reads(pair, field, value));
  if (source !== undefined) {
    const { integrationId, remoteId, seenByRun, updatedAt } = source.row.link;
    return {
      ...{ side: 'provider', by: null, integrationId, remoteId, runId: seenByRun, rule: null },
      ...{ reason: 'A sync read it from the provider, and nothing else had been there', at: updatedAt },
    };
  }
  if (value === null) return { ...nowhere, side: null, reason: 'It was never set', at: null };
  const { editedAt, createdAt } = past.contact;
  return { ...nowhere, side: 'harmony', reason: 'It was set in Harmony', at: editedAt ?? createdAt };
}

function reads({ row, mappings }: ContactPast['pairs'][number], field: FieldName, value: string): boolean {
  const mapping = compileMapping(mappings.fields as readonly FieldMapping[]);
  const read: ContactFields = mapping.toHarmony(row.link.shadow as Person);
  const kind = kindOf(field) ?? 'text';
  return canonicalize(kind, read[field]) === canonicalize(kind, value);
}
