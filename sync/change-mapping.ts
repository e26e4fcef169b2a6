// A mapping or direction change: the changed pairs lose their base and are filled again from the shadow (no
// download); a field that is no longer mapped is forgotten, which writes nothing.
import type { FieldName } from './contact-fields.ts';
import type { FieldMapping } from './default-mappings.ts';
import { combineDirections, type Direction, mayPush } from './direction.ts';
import type { FieldBases } from './map-contact.ts';

export interface MappingVersion {
  mappings: readonly FieldMapping[];
  direction: Direction;
}

/** Fields whose agreement no longer means anything: added, removed, moved, or with another effective direction. */
export function changedFields(before: MappingVersion, after: MappingVersion): FieldName[] {
  const signature = ({ mappings, direction }: MappingVersion) =>
    new Map(
      mappings.map((mapping) => [
        mapping.field,
        `${mapping.path} ${combineDirections(direction, mapping.direction)}`,
      ]),
    );
  const [old, now] = [signature(before), signature(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((field) => old.get(field) !== now.get(field))
    .sort();
}

export function forgetBases(bases: FieldBases, fields: readonly FieldName[]): FieldBases {
  const kept = { ...bases };
  for (const field of fields) delete kept[field];
  return kept;
}

/** Whether a field would be written to the provider, or to another place there, that was not before. */
export function sendsMore(before: MappingVersion, after: MappingVersion): boolean {
  const sent = ({ mappings, direction }: MappingVersion) =>
    mappings
      .filter((mapping) => mayPush(combineDirections(direction, mapping.direction)))
      .map(({ field, path }) => `${field} ${path}`);
  const known = new Set(sent(before));
  return sent(after).some((pair) => !known.has(pair));
}
