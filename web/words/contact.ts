/** A contact in words: its fields in the order in which a person looks for them, and what to call somebody. Pure. */
import type { Contact, ContactList } from '../../api/contract/index.ts';

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

export const noValues = Object.fromEntries(contactFields.map(({ name }) => [name, ''])) as ContactValues;

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

/** By which the API sorts them, too. */
export function contactName({
  firstName,
  lastName,
  company,
  email,
  phone,
}: Pick<Contact, 'firstName' | 'lastName' | 'company' | 'email' | 'phone'>): string {
  const name = `${firstName ?? ''} ${lastName ?? ''}`.trim();
  return name || company || email || phone || 'No name';
}

/** What somebody does and where; who is called by their company has it in their name. */
export function describeWork(contact: Contact): string {
  const name = contactName(contact);
  return [contact.jobTitle, contact.company].filter((part) => part && part !== name).join(', ');
}

/** "AL" for Ada Lovelace, "#" for a number. */
export function initials(contact: Parameters<typeof contactName>[0]): string {
  const name = contactName(contact);
  if (/^[+(\d]/.test(name)) return '#';
  const [first = '', ...rest] = name.split(/\s+/);
  const last = rest.at(-1) ?? '';
  return (firstLetter(first) + firstLetter(last)).toUpperCase();
}

/** Whole characters, so that no emoji or accent is cut in two. */
const firstLetter = (word: string): string => [...new Intl.Segmenter().segment(word)][0]?.segment ?? '';

/** Google names its own groups in one word: "myContacts". */
const systemNames: Readonly<Record<string, string>> = { myContacts: 'My contacts', starred: 'Starred' };
export const listName = ({ name, system }: Pick<ContactList, 'name' | 'system'>): string =>
  (system ? systemNames[name] : undefined) ?? name;
