// What both sides of a link agreed on where no base is written down (docs/decisions/0010).
import type { CompiledMapping, FieldBases } from './map-contact.ts';
import { mergeFields } from './merge-fields.ts';
import type { Person } from './person.ts';

/** What the mapping reads from the person, on both sides; exactly the bases that a `create_local` of it would leave. */
export function impliedBases(mapping: CompiledMapping, person: Person): FieldBases {
  const settings = { mapping, direction: 'from_provider', policy: 'newest' } as const;
  return mergeFields(settings, { local: undefined, person, bases: {} }).bases;
}
