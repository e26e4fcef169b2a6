// What a new contacts integration starts with (api.md, "Default field mappings to Google" and "Objects").
import type { FieldName } from './contact-fields.ts';
import type { Direction } from './direction.ts';
import { parseFieldPath } from './field-path.ts';
import type { ConflictPolicy } from './plan-field.ts';

export interface FieldMapping {
  field: FieldName;
  /** Where the field lives in Google's Person; the grammar is in field-path.ts. */
  path: string;
  direction: Direction;
  /** Decides conflicts of this field in place of the integration's policy. */
  conflictPolicy?: ConflictPolicy;
}

export const DEFAULT_FIELD_MAPPINGS: readonly FieldMapping[] = [
  { field: 'firstName', path: 'names.givenName', direction: 'both' },
  { field: 'lastName', path: 'names.familyName', direction: 'both' },
  { field: 'jobTitle', path: 'organizations.title', direction: 'both' },
  { field: 'company', path: 'organizations.name', direction: 'both' },
  { field: 'department', path: 'organizations.department', direction: 'both' },
  { field: 'email', path: 'emailAddresses.value', direction: 'both' },
  { field: 'phone', path: 'phoneNumbers.value', direction: 'both' },
  { field: 'address', path: 'addresses.formattedValue', direction: 'both' },
  { field: 'birthday', path: 'birthdays.date', direction: 'both' },
  { field: 'website', path: 'urls.value', direction: 'both' },
  { field: 'notes', path: 'biographies.value', direction: 'both' },
];

export interface ObjectMapping {
  harmonyObject: 'contact' | 'list';
  providerObject: 'person' | 'contactGroup' | 'otherContact';
  direction: Direction;
  enabled: boolean;
}

export const DEFAULT_OBJECT_MAPPINGS: readonly ObjectMapping[] = [
  { harmonyObject: 'contact', providerObject: 'person', direction: 'both', enabled: true },
  { harmonyObject: 'list', providerObject: 'contactGroup', direction: 'both', enabled: true },
  { harmonyObject: 'contact', providerObject: 'otherContact', direction: 'from_provider', enabled: false },
];

/** The provider's objects that are switched on; with the defaults where nobody set any. */
export function enabledObjects(
  objects: readonly {
    readonly providerObject: string;
    readonly enabled: boolean;
  }[] = DEFAULT_OBJECT_MAPPINGS,
): readonly string[] {
  return objects.flatMap(({ providerObject, enabled }) => (enabled ? [providerObject] : []));
}

/** Lists of a contact that was saved by itself: Google has nothing else of one (People API, otherContacts.list). */
const OTHER_CONTACT_LISTS: readonly string[] = ['emailAddresses', 'names', 'phoneNumbers'];

/** The mappings of what is only read, as far as it can have a value: where it never can, a blank says nothing. */
export function mappingsOfOtherContacts<Mapping extends Pick<FieldMapping, 'path'>>(
  mappings: readonly Mapping[],
): readonly Mapping[] {
  return mappings.filter(({ path }) => OTHER_CONTACT_LISTS.includes(parseFieldPath(path)?.list ?? ''));
}
