/** For each field of a contact: which side, run and rule set it. */
import type { JournalRow, Maker, PersonsEdit } from '../db/queries/contact-journal.ts';
import type { PairRow } from '../db/queries/contact-pairs.ts';
import type { ContactRow } from '../db/queries/contacts-read.ts';
import { CONTACT_FIELD_NAMES, type FieldName } from '../sync/contact-fields.ts';
import type { FieldOrigin } from './contract/contact-history.ts';
import type { Mappings } from './read-mappings.ts';
import { fieldsOf } from './read-pair.ts';

export interface ContactPast {
  readonly contact: ContactRow;
  /** Newest first. */
  readonly journal: readonly JournalRow[];
  /** Newest first. */
  readonly edits: readonly PersonsEdit[];
  readonly makers: readonly Maker[];
  readonly pairs: readonly { readonly row: PairRow; readonly mappings: Mappings }[];
}

type Origin = Omit<FieldOrigin, 'field' | 'value' | 'mappings'>;

const nowhere = { by: null, integrationId: null, remoteId: null, runId: null, rule: null } as const;

const madeBySync = 'A sync made the contact, and this value came with it';

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

/** The latest of a run's pull and what a person did; else what came with the contact. */
function originOf(past: ContactPast, field: FieldName, value: string | null): Origin {
  const pull = past.journal.find(({ side, after }) => side === 'harmony' && after?.[field] !== undefined);
  const edit = past.edits.find(
    ({ action, fields }) =>
      fields.includes(field) || (action === 'contact.create' && fields.length === 0 && value !== null),
  );
  if (edit !== undefined && (pull === undefined || edit.at >= pull.at)) {
    const reason =
      edit.action === 'contact.undo'
        ? 'Somebody took back what a sync had made of it'
        : 'Somebody set it in Harmony';
    return { ...nowhere, side: 'harmony', by: edit.actor, reason, at: edit.at };
  }
  if (pull !== undefined) {
    const rule = pull.rules?.[field] ?? null;
    return {
      ...{ side: 'provider', by: null, integrationId: pull.integrationId, remoteId: pull.remoteId },
      ...{ runId: pull.runId, rule, at: pull.at },
      reason:
        pull.action === 'create'
          ? madeBySync
          : (rules[rule ?? ''] ?? 'A sync took it over from the provider'),
    };
  }
  if (value === null) return { ...nowhere, side: null, reason: 'It was never set', at: null };
  return cameWith(past);
}

/** No person set it, and no run's journal that is kept has it: the path into an empty mirror notes no fields. */
function cameWith({ contact, edits, makers }: ContactPast): Origin {
  const unknown = { ...nowhere, side: 'provider', at: null } as const;
  if (edits.some(({ action }) => action === 'contact.create'))
    return { ...unknown, reason: 'A sync brought it, from an account that is no longer connected' };
  const running = makers.filter(({ runId }) => runId !== null);
  const [maker, another] = running.length > 0 ? running : makers;
  const made = { ...unknown, rule: 'no_base', at: contact.createdAt } as const;
  return maker === undefined || another !== undefined
    ? { ...made, reason: `${madeBySync}; from which account is no longer known` }
    : { ...made, ...maker, reason: madeBySync };
}
