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
