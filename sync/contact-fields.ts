// The contact's fields, their kinds, and when two values count as the same (rule 7: compare canonical values).
import { canonicalDate } from './partial-date.ts';

/** Harmony's own contact fields, in the order in which they are shown. */
export const CONTACT_FIELD_NAMES = [
  'firstName',
  'lastName',
  'jobTitle',
  'company',
  'department',
  'email',
  'phone',
  'address',
  'birthday',
  'website',
  'notes',
] as const;

export type ContactFieldName = (typeof CONTACT_FIELD_NAMES)[number];
/** A workspace's own field, e.g. `custom.customerId`. */
export type CustomFieldName = `custom.${string}`;
export type FieldName = ContactFieldName | CustomFieldName;

/** Every contact value is text; a birthday is an ISO date, year-less as `--MM-DD`. `null` and blank text are equal. */
export type FieldValue = string | null;
export type ContactFields = { [field in FieldName]?: FieldValue };

export type FieldKind = 'text' | 'multiline' | 'email' | 'phone' | 'date' | 'url';

const FIELD_KINDS: Record<ContactFieldName, FieldKind> = {
  firstName: 'text',
  lastName: 'text',
  jobTitle: 'text',
  company: 'text',
  department: 'text',
  email: 'email',
  phone: 'phone',
  address: 'multiline',
  birthday: 'date',
  website: 'url',
  notes: 'multiline',
};

export function isFieldName(name: string): name is FieldName {
  return Object.hasOwn(FIELD_KINDS, name) || /^custom\.\S/.test(name);
}

/** A field of Harmony's own, not a custom one. */
export function isContactFieldName(name: string): name is ContactFieldName {
  return Object.hasOwn(FIELD_KINDS, name);
}

/** The kind of a field of Harmony's own; a custom field holds what its place in the provider holds. */
export function kindOf(field: FieldName): FieldKind | undefined {
  return FIELD_KINDS[field as ContactFieldName];
}

export function isBlank(value: FieldValue | undefined): boolean {
  return value === null || value === undefined || value.trim() === '';
}

/** The form of a value that is compared and never stored; blank values give `''`. */
export function canonicalize(kind: FieldKind, value: FieldValue | undefined): string {
  if (value === null || value === undefined) return '';
  switch (kind) {
    case 'text':
      return collapse(value);
    case 'multiline':
      return canonicalLines(value);
    case 'email':
      return collapse(value).toLowerCase();
    case 'phone':
      return canonicalPhone(value);
    case 'date':
      return canonicalDate(value.trim());
    case 'url':
      return canonicalUrl(value.trim().normalize('NFC'));
  }
}

export function sameValue(kind: FieldKind, a: FieldValue | undefined, b: FieldValue | undefined): boolean {
  return a === b || canonicalize(kind, a) === canonicalize(kind, b);
}

function collapse(value: string): string {
  return value.normalize('NFC').replace(/\s+/gu, ' ').trim();
}

function canonicalLines(value: string): string {
  return value
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+/gu, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim();
}

/** Digits with `+` kept. Letters stay as well: `1-800-FLOWERS` and `1-800-TAXICAB` are different numbers. */
function canonicalPhone(value: string): string {
  return value
    .normalize('NFKC')
    .toLowerCase()
    .replace(/;?ext(?:ension)?\.?=?/g, 'x')
    .replace(/[\s().\-/‐-―]+/gu, '');
}

/** Scheme and host ignore case, and a bare `/` path counts as none. */
function canonicalUrl(value: string): string {
  const parts = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)(.*)$/is.exec(value);
  if (!parts) return value;
  const [, scheme = '', host = '', rest = ''] = parts;
  return scheme.toLowerCase() + host.toLowerCase() + (rest === '/' ? '' : rest);
}
