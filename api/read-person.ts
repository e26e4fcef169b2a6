import type { ContactFields } from '../sync/contact-fields.ts';
import { DEFAULT_FIELD_MAPPINGS } from '../sync/default-mappings.ts';
import { compileMapping } from '../sync/map-contact.ts';
import type { Person } from '../sync/person.ts';

const mapping = compileMapping(DEFAULT_FIELD_MAPPINGS);

/** A remote contact under the default mappings, to be shown; nothing where there is none. */
export const contactFieldsOfPerson = (person: unknown): ContactFields =>
  mapping.toHarmony((person ?? {}) as Person);
