/** Field mappings in words, and what is wrong with a draft. Pure. */
import type { FieldMapping, MappingPreview } from '../../api/contract/index.ts';
import { ApiProblem } from '../api/problem.ts';
import { customPrefix, fieldLabel } from './contact.ts';
import { countOf } from './run.ts';

/** The provider's fields by the names that a person knows them by. */
export const providerFields: readonly { readonly path: string; readonly label: string }[] = [
  { path: 'names.givenName', label: 'First name' },
  { path: 'names.familyName', label: 'Last name' },
  { path: 'names.middleName', label: 'Middle name' },
  { path: 'organizations.title', label: 'Title' },
  { path: 'organizations.name', label: 'Company' },
  { path: 'organizations.department', label: 'Department' },
  { path: 'emailAddresses.value', label: 'E-mail' },
  { path: 'emailAddresses[type=work].value', label: 'E-mail at work' },
  { path: 'emailAddresses[type=home].value', label: 'E-mail at home' },
  { path: 'phoneNumbers.value', label: 'Phone' },
  { path: 'phoneNumbers[type=mobile].value', label: 'Mobile phone' },
  { path: 'phoneNumbers[type=work].value', label: 'Phone at work' },
  { path: 'phoneNumbers[type=home].value', label: 'Phone at home' },
  { path: 'addresses.formattedValue', label: 'Address' },
  { path: 'addresses[type=work].formattedValue', label: 'Address at work' },
  { path: 'addresses[type=home].formattedValue', label: 'Address at home' },
  { path: 'birthdays.date', label: 'Birthday' },
  { path: 'urls.value', label: 'Website' },
  { path: 'biographies.value', label: 'Notes' },
  { path: 'nicknames.value', label: 'Nickname' },
  { path: 'relations[type=spouse].person', label: 'Spouse' },
  { path: 'relations[type=assistant].person', label: 'Assistant' },
  { path: 'events[type=anniversary].date', label: 'Anniversary' },
];

/** A field that a person names: what stands before and after its name. */
export interface CustomField {
  readonly before: string;
  readonly after: string;
}
export const harmonyCustom: CustomField = { before: customPrefix, after: '' };
export const providerCustom: CustomField = { before: 'userDefined[key=', after: '].value' };

/** The name of a custom field, empty while it has none; undefined: it is none. */
export const customNameIn = ({ before, after }: CustomField, field: string): string | undefined =>
  field.startsWith(before) && field.endsWith(after)
    ? field.slice(before.length, field.length - after.length)
    : undefined;

export const pathLabel = (path: string): string =>
  providerFields.find((known) => known.path === path)?.label ?? customNameIn(providerCustom, path) ?? path;

export interface DraftProblem {
  readonly index: number;
  readonly text: string;
}

interface PlacedProblem extends DraftProblem {
  /** As the request calls it. */
  readonly list: 'data' | 'fields' | 'objects';
}

/** What the server found at positions of the lists that were sent; its words name fields as a person knows them. */
export function readPlacedProblems(error: unknown): PlacedProblem[] {
  if (!(error instanceof ApiProblem)) return [];
  return error.errors.flatMap(({ path, message }) => {
    const [, list, index] = /^(data|fields|objects)\.(\d+)(?:\.|$)/.exec(path) ?? [];
    return list === undefined
      ? []
      : [{ list: list as PlacedProblem['list'], index: Number(index), text: nameFields(message) }];
  });
}

/** Each beside its own row of the fields. */
export const readServerProblems = (error: unknown): DraftProblem[] =>
  readPlacedProblems(error).map(({ index, text }) => ({ index, text }));

const nameFields = (message: string): string =>
  message.replace(/"([^"]+)"(?: \((?:[a-z]+)\))?/g, (_quoted, name: string) => {
    const label = fieldLabel(name);
    return `“${label === name ? pathLabel(name) : label}”`;
  });

/** What can be told without asking: a side that is missing or used twice. */
export function checkDraft(fields: readonly FieldMapping[]): DraftProblem[] {
  return fields.flatMap(({ field, path }, index) => {
    const others = fields.filter((_, i) => i !== index);
    if (field.trim() === '') return [{ index, text: 'Choose a field of Harmony.' }];
    if (path.trim() === '') return [{ index, text: 'Choose a field at the provider.' }];
    if (customNameIn(harmonyCustom, field)?.trim() === '')
      return [{ index, text: 'Name the custom field of Harmony.' }];
    if (customNameIn(providerCustom, path)?.trim() === '')
      return [{ index, text: 'Name the custom field at the provider.' }];
    if (others.some((other) => other.field === field))
      return [{ index, text: `${fieldLabel(field)} is mapped twice.` }];
    if (others.some((other) => other.path === path))
      return [{ index, text: `${pathLabel(path)} is mapped twice.` }];
    return [];
  });
}

/** "On 100 contacts: 12 values would change in Harmony, none at Google Contacts." */
export function describePreview({ records, counts }: MappingPreview, name: string): string {
  const value = { one: 'value', many: 'values' };
  const tried = countOf(records, { one: 'contact', many: 'contacts' });
  if (counts.harmony === 0 && counts.provider === 0) return `Tried on ${tried}: nothing would change.`;
  return `Tried on ${tried}: ${countOf(counts.harmony, value)} would change in Harmony, ${countOf(counts.provider, value)} in ${name}.`;
}
