/** The fields of a contact, in the order in which a person looks for them. */
import type { Contact } from '../../api/contract/index.ts';

export const contactFields = [
  { name: 'firstName', label: 'First name' },
  { name: 'lastName', label: 'Last name' },
  { name: 'jobTitle', label: 'Job title' },
  { name: 'company', label: 'Company' },
  { name: 'department', label: 'Department' },
  { name: 'email', label: 'E-mail' },
  { name: 'phone', label: 'Phone' },
  { name: 'address', label: 'Address' },
  { name: 'birthday', label: 'Birthday' },
  { name: 'website', label: 'Website' },
  { name: 'notes', label: 'Notes' },
] as const satisfies readonly { name: keyof Contact; label: string }[];

export type ContactField = (typeof contactFields)[number]['name'];
/** As a form holds them: empty text where there is none. */
export type ContactValues = Record<ContactField, string>;

export const valuesOf = (contact: Contact): ContactValues =>
  Object.fromEntries(contactFields.map(({ name }) => [name, contact[name] ?? ''])) as ContactValues;

/** What has to be sent: only what differs, null where it was emptied. */
export function changedFields(
  before: ContactValues,
  after: ContactValues,
): Partial<Record<ContactField, string | null>> {
  const changed = contactFields.filter(({ name }) => before[name].trim() !== after[name].trim());
  return Object.fromEntries(changed.map(({ name }) => [name, after[name].trim() || null]));
}
