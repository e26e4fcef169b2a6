/** A contact in words: its fields in the order in which a person looks for them, and what to call somebody. Pure. */
import type { Contact, ContactList, PatchContact } from '../../api/contract/index.ts';

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

/** Stands before the name of a field that a person named, as in mappings. */
export const customPrefix = 'custom.';
const isCustom = (field: string): boolean => field.startsWith(customPrefix);
const customName = (field: string): string => field.slice(customPrefix.length);

/** What a person calls a field: "Job title"; their own word for one of their own. */
export function fieldLabel(field: string): string {
  if (isCustom(field)) return customName(field);
  return contactFields.find(({ name }) => name === field)?.label ?? field;
}

/** As a form holds them, custom fields among them: empty text where there is none. */
export type ContactValues = Readonly<Record<string, string>>;

export const noValues: ContactValues = Object.fromEntries(contactFields.map(({ name }) => [name, '']));

export const valuesOf = (contact: Contact): ContactValues => ({
  ...Object.fromEntries(contactFields.map(({ name }) => [name, contact[name] ?? ''])),
  ...Object.fromEntries(
    Object.entries(contact.customFields).map(([name, value]) => [customPrefix + name, value]),
  ),
});

/** What has to be sent: only what differs, null where it was emptied. */
export function changedFields(before: ContactValues, after: ContactValues): PatchContact {
  const textOf = (values: ContactValues, field: string): string => values[field]?.trim() ?? '';
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => textOf(before, field) !== textOf(after, field))
    .map((field): [field: string, value: string | null] => [field, textOf(after, field) || null]);
  const own = changed
    .filter(([field]) => isCustom(field))
    .map(([field, value]) => [customName(field), value]);
  return {
    ...Object.fromEntries(changed.filter(([field]) => !isCustom(field))),
    ...(own.length > 0 && { customFields: Object.fromEntries(own) }),
  };
}

/** Where a problem answer says that this field is wrong. */
export const fieldPath = (field: string): string =>
  isCustom(field) ? `customFields.${customName(field)}` : field;

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

/** The lists that somebody can be put on, and whatever they can be taken off. */
export const offeredLists = (
  lists: readonly ContactList[],
  { listIds }: Pick<Contact, 'listIds'>,
): ContactList[] => lists.filter(({ id, takesMembers }) => takesMembers || listIds.includes(id));

/** Google names its own groups in one word: "myContacts". */
const systemNames: Readonly<Record<string, string>> = { myContacts: 'My contacts', starred: 'Starred' };
export const listName = ({ name, system }: Pick<ContactList, 'name' | 'system'>): string =>
  (system ? systemNames[name] : undefined) ?? name;
