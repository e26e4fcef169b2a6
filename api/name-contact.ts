/** What to call a contact, for a person to recognise it. */
import type { ContactFields } from '../sync/contact-fields.ts';

export function nameOf(fields: ContactFields): string {
  const name = [fields.firstName, fields.lastName].filter((part) => part).join(' ');
  return name || fields.company || fields.email || fields.phone || 'without a name';
}
