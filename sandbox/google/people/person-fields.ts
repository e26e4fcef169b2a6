/** Which fields a Person has, which may be written, and what their masks may name (from the discovery document). */
import { invalidArgument } from '../errors.ts';

/** Fields that a mask may name, in the order in which they are served. */
export const readableFields = [
  'metadata',
  'addresses',
  'ageRanges',
  'biographies',
  'birthdays',
  'calendarUrls',
  'clientData',
  'coverPhotos',
  'emailAddresses',
  'events',
  'externalIds',
  'genders',
  'imClients',
  'interests',
  'locales',
  'locations',
  'memberships',
  'miscKeywords',
  'names',
  'nicknames',
  'occupations',
  'organizations',
  'phoneNumbers',
  'photos',
  'relations',
  'sipAddresses',
  'skills',
  'urls',
  'userDefined',
] as const;

export type PersonField = (typeof readableFields)[number];

/** What may be written in each field. `metadata` and output-only subfields may be sent and are ignored. */
export const writableSubfields: Partial<Record<PersonField, readonly string[]>> = {
  addresses: [
    'type',
    'formattedValue',
    'poBox',
    'streetAddress',
    'extendedAddress',
    'city',
    'region',
    'postalCode',
    'country',
    'countryCode',
  ],
  biographies: ['value', 'contentType'],
  birthdays: ['date', 'text'],
  calendarUrls: ['url', 'type'],
  clientData: ['key', 'value'],
  emailAddresses: ['value', 'type', 'displayName'],
  events: ['date', 'type'],
  externalIds: ['value', 'type'],
  genders: ['value', 'addressMeAs'],
  imClients: ['username', 'type', 'protocol'],
  interests: ['value'],
  locales: ['value'],
  locations: ['value', 'type', 'current', 'buildingId', 'floor', 'floorSection', 'deskCode'],
  memberships: ['contactGroupMembership'],
  miscKeywords: ['value', 'type'],
  names: [
    'unstructuredName',
    'familyName',
    'givenName',
    'middleName',
    'honorificPrefix',
    'honorificSuffix',
    'phoneticFullName',
    'phoneticFamilyName',
    'phoneticGivenName',
    'phoneticMiddleName',
    'phoneticHonorificPrefix',
    'phoneticHonorificSuffix',
  ],
  nicknames: ['value', 'type'],
  occupations: ['value'],
  organizations: [
    'type',
    'startDate',
    'endDate',
    'current',
    'phoneticName',
    'name',
    'title',
    'department',
    'jobDescription',
    'symbol',
    'domain',
    'location',
    'costCenter',
    'fullTimeEquivalentMillipercent',
  ],
  phoneNumbers: ['value', 'type'],
  relations: ['person', 'type'],
  sipAddresses: ['value', 'type'],
  skills: ['value'],
  urls: ['value', 'type'],
  userDefined: ['key', 'value'],
};

/** Subfields that a client may send back as it read them; they are computed anew. */
export const outputOnlySubfields = new Set([
  'metadata',
  'displayName',
  'displayNameLastFirst',
  'formattedType',
  'canonicalForm',
  'formattedValue',
  'formattedProtocol',
]);

/** At most one of each from a contact source. */
export const singletonFields: readonly PersonField[] = ['biographies', 'birthdays', 'genders', 'names'];

const known = new Set<string>(readableFields);

/** Parses `personFields`, `readMask` or `updatePersonFields`. Throws 400 on an unknown path; empty gives []. */
export function parseMask(name: string, text: string | null): PersonField[] {
  const paths = (text ?? '')
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');
  for (const path of paths)
    if (!known.has(path))
      throw invalidArgument(
        `Invalid ${name} mask path: "${path}". Valid paths are documented at https://developers.google.com/people/api/rest/v1/people.`,
      );
  return readableFields.filter((field) => paths.includes(field));
}

/** The mask of a read: `personFields`, or the older `requestMask.includeField` with its `person.` prefixes. */
export function requiredReadMask(query: URLSearchParams): PersonField[] {
  const text =
    query.get('personFields') ?? query.get('requestMask.includeField')?.replaceAll('person.', '') ?? null;
  const mask = parseMask('personFields', text);
  if (mask.length === 0)
    throw invalidArgument('personFields mask is required. Please specify one or more valid paths.');
  return mask;
}
