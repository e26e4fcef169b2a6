/** What to call somebody. Pure. */
import type { Contact } from '../../api/contract/index.ts';

export function contactName({
  firstName,
  lastName,
  company,
  email,
}: Pick<Contact, 'firstName' | 'lastName' | 'company' | 'email'>): string {
  const name = [firstName, lastName].filter(Boolean).join(' ');
  return name || company || email || 'No name';
}

/** "AL" for Ada Lovelace. */
export function initials(contact: Parameters<typeof contactName>[0]): string {
  const [first = '', ...rest] = contactName(contact).split(/\s+/);
  const last = rest.at(-1) ?? '';
  return (firstLetter(first) + firstLetter(last)).toUpperCase();
}

/** Whole characters, so that no emoji or accent is cut in two. */
const firstLetter = (word: string): string => [...new Intl.Segmenter().segment(word)][0]?.segment ?? '';
