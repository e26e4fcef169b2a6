/** What Google makes of a person that a client sends: known subfields only, composed names and addresses, metadata. */
import { invalidArgument } from '../errors.ts';
import {
  outputOnlySubfields,
  type PersonField,
  readableFields,
  singletonFields,
  writableSubfields,
} from './person-fields.ts';

export type FieldEntry = Record<string, unknown>;
export type PersonFields = Partial<Record<PersonField, FieldEntry[]>>;

const otherMembers = new Set([
  'resourceName',
  'etag',
  'metadata',
  'ageRange',
  'fileAses',
  'residences',
  'taglines',
]);

/** The fields among `wanted` of a person from a request. Throws 400 on unknown names and on a second singleton. */
export function readPersonFields(body: unknown, wanted: readonly PersonField[]): PersonFields {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalidArgument('Invalid value at "person": an object is expected.');
  const person = body as Record<string, unknown>;
  for (const name of Object.keys(person))
    if (!otherMembers.has(name) && !(readableFields as readonly string[]).includes(name))
      throw invalidArgument(
        `Invalid JSON payload received. Unknown name "${name}" at 'person': Cannot find field.`,
      );
  const fields: PersonFields = {};
  for (const field of wanted) {
    const entries = readEntries(field, person[field]);
    if (entries.length > 1 && singletonFields.includes(field))
      throw invalidArgument(`Only one entry is allowed for the singleton field "person.${field}".`);
    fields[field] = entries;
  }
  return fields;
}

function readEntries(field: PersonField, value: unknown): FieldEntry[] {
  const allowed = writableSubfields[field];
  if (allowed === undefined || value === undefined || value === null) return [];
  if (!Array.isArray(value))
    throw invalidArgument(`Invalid value at 'person.${field}': an array is expected.`);
  const entries: FieldEntry[] = [];
  for (const item of value as unknown[]) {
    if (typeof item !== 'object' || item === null)
      throw invalidArgument(`Invalid value at 'person.${field}': an object is expected.`);
    const entry: FieldEntry = {};
    for (const [name, content] of Object.entries(item)) {
      if (allowed.includes(name)) {
        if (content !== null) entry[name] = content;
      } else if (!outputOnlySubfields.has(name))
        throw invalidArgument(
          `Invalid JSON payload received. Unknown name "${name}" at 'person.${field}': Cannot find field.`,
        );
    }
    entries.push(entry);
  }
  return entries;
}

/** Composes and cleans the entries, drops empty ones, and gives each its metadata. */
export function finishFields(fields: PersonFields, sourceId: string, normalise: boolean): PersonFields {
  const finished: PersonFields = {};
  for (const [name, entries] of Object.entries(fields) as [PersonField, FieldEntry[]][]) {
    const cleaned = normalise ? entries.map(trimValues).filter((entry) => !isEmpty(entry)) : entries;
    finished[name] = cleaned.map((entry, i) => ({
      metadata: {
        ...(i === 0 && name !== 'memberships' && { primary: true, sourcePrimary: true }),
        source: { type: 'CONTACT', id: sourceId },
      },
      ...compose(name, entry, normalise),
    }));
  }
  return finished;
}

function trimValues(entry: FieldEntry): FieldEntry {
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll('\r\n', '\n').trim() : value,
    ]),
  );
}

const isEmpty = (entry: FieldEntry): boolean =>
  Object.entries(entry).every(
    ([name, value]) => value === '' || ['type', 'current', 'contentType'].includes(name),
  );

function compose(field: PersonField, entry: FieldEntry, normalise: boolean): FieldEntry {
  const type = entry.type === undefined ? {} : { formattedType: formatType(String(entry.type)) };
  if (field === 'names') return composeName(entry);
  if (field === 'addresses') return { ...entry, ...type, ...composeAddress(entry) };
  if (field === 'phoneNumbers' && normalise)
    return { ...entry, ...type, ...canonicalNumber(String(entry.value)) };
  if (field === 'biographies') return { contentType: 'TEXT_PLAIN', ...entry };
  if (field === 'genders') return { ...entry, formattedValue: formatType(String(entry.value)) };
  if (field === 'memberships') return composeMembership(entry);
  if (field === 'nicknames') return entry;
  return { ...entry, ...type };
}

function composeName(entry: FieldEntry): FieldEntry {
  const text = (name: string) => (typeof entry[name] === 'string' ? (entry[name] as string) : '');
  const structured = ['honorificPrefix', 'givenName', 'middleName', 'familyName']
    .map(text)
    .filter((part) => part !== '');
  if (structured.length === 0 && text('unstructuredName') !== '') {
    const words = text('unstructuredName').split(' ');
    const familyName = words.length > 1 ? words.pop() : undefined;
    return composeName({ ...entry, givenName: words.join(' '), ...(familyName && { familyName }) });
  }
  const suffix = text('honorificSuffix');
  const displayName = structured.join(' ') + (suffix === '' ? '' : `, ${suffix}`);
  const given = [text('givenName'), text('middleName')].filter((part) => part !== '').join(' ');
  const displayNameLastFirst = [text('familyName'), given].filter((part) => part !== '').join(', ');
  return { ...entry, displayName, displayNameLastFirst, unstructuredName: displayName };
}

function composeAddress(entry: FieldEntry): FieldEntry {
  if (entry.formattedValue !== undefined) return {};
  const town = [entry.postalCode, entry.city].filter((part) => part !== undefined).join(' ');
  const lines = [entry.poBox, entry.streetAddress, entry.extendedAddress, town, entry.region, entry.country];
  return { formattedValue: lines.filter((line) => line !== undefined && line !== '').join('\n') };
}

/** Only a number in international form is canonicalised: without a country nothing can be told. */
function canonicalNumber(value: string): FieldEntry {
  const digits = value.replace(/[^\d+]/g, '');
  return /^\+\d{7,15}$/.test(digits) ? { canonicalForm: digits } : {};
}

function composeMembership(entry: FieldEntry): FieldEntry {
  const name = groupOf(entry) ?? '';
  return {
    contactGroupMembership: {
      contactGroupId: name.slice('contactGroups/'.length),
      contactGroupResourceName: name,
    },
  };
}

/** The group's resource name in an entry of `memberships`. */
export function groupOf(entry: FieldEntry): string | undefined {
  const membership = entry.contactGroupMembership as
    | { contactGroupResourceName?: string; contactGroupId?: string }
    | undefined;
  if (membership?.contactGroupResourceName !== undefined) return membership.contactGroupResourceName;
  return membership?.contactGroupId === undefined ? undefined : `contactGroups/${membership.contactGroupId}`;
}

/** `homePage` → `Home Page`; a label of one's own stays as it is. */
function formatType(type: string): string {
  if (!/^[a-z]+([A-Z][a-z]*)*$/.test(type)) return type;
  const words = type.replace(/([A-Z])/g, ' $1');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
