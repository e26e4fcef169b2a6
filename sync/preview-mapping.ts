// The effect of a mapping change on real records before it holds (`POST …/mappings/preview`).
import { changedFields, forgetBases, type MappingVersion } from './change-mapping.ts';
import type { FieldName, FieldValue } from './contact-fields.ts';
import { fieldsFedElsewhere, type OtherFeed } from './field-sources.ts';
import { compileMapping } from './map-contact.ts';
import { fieldPoliciesOf, mergeFields, soughtOf } from './merge-fields.ts';
import type { ContactLink, LocalContact } from './operations.ts';
import type { Person } from './person.ts';
import type { ConflictPolicy, FieldRule, Side } from './plan-field.ts';

export interface PreviewInput {
  before: MappingVersion;
  after: MappingVersion;
  policy: ConflictPolicy;
  /**
   * Fields on which both sides agree no more once the change holds; without it, all that change. The planner goes by what the
   * field mappings say themselves: what was agreed on outlasts that contacts are switched off for a while (decisions/0010).
   */
  forgotten?: readonly FieldName[];
  /** The records are only read at the provider. */
  isOnlyRead?: boolean;
  /** `others`: what other accounts feed the contact. */
  records: readonly {
    local: LocalContact;
    link: ContactLink;
    person: Person;
    others?: readonly OtherFeed[];
  }[];
}

export interface PreviewedChange {
  contactId: string;
  field: FieldName;
  /** The side that would be written. */
  side: Side;
  from: FieldValue;
  to: FieldValue;
  rule: FieldRule;
}

export interface MappingPreview {
  changedFields: FieldName[];
  changes: PreviewedChange[];
  /** Values that would give way and go into the conflict log. */
  conflicts: number;
}

/** Only effects of the change: what the present mapping would do anyway is left out. */
export function previewMappingChange(input: PreviewInput): MappingPreview {
  const { before, after, policy, records, isOnlyRead = false } = input;
  const changed = changedFields(before, after);
  const { forgotten = changed } = input;
  const mapping = compileMapping(after.mappings);
  const { direction } = after;
  const settings = { mapping, direction, policy, fieldPolicies: fieldPoliciesOf(after.mappings) };
  const preview: MappingPreview = { changedFields: changed, changes: [], conflicts: 0 };
  for (const { local, link, person, others = [] } of records) {
    const bases = forgetBases(link.bases, forgotten);
    const fedElsewhere = fieldsFedElsewhere({ mapping, direction, person, bases, isOnlyRead }, others);
    const merge = mergeFields(settings, { local, person, bases, fedElsewhere });
    const remote = mapping.readPerson(person, bases, soughtOf(settings, local));
    const add = (field: FieldName, side: Side, from: FieldValue, to: FieldValue) =>
      preview.changes.push({
        contactId: local.id,
        field,
        side,
        from,
        to,
        rule: merge.rules[field] ?? 'unchanged',
      });
    for (const field of changed) {
      const here = local.fields[field] ?? null;
      const pulled = merge.pull[field];
      const pushed = merge.push[field];
      if (pulled !== undefined) add(field, 'harmony', here, pulled);
      if (pushed !== undefined) add(field, 'provider', remote[field] ?? null, pushed);
    }
    preview.conflicts += merge.conflicts.filter(({ field }) => changed.includes(field)).length;
  }
  return preview;
}
