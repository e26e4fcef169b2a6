/**
 * Every field that a contact itself can hold, asked for in each call: a sync token is good only for the parameters of
 * the call that began it. Left out are fields of profiles alone and photos, whose addresses change by themselves.
 */
export const personFields = [
  'addresses',
  'biographies',
  'birthdays',
  'calendarUrls',
  'clientData',
  'emailAddresses',
  'events',
  'externalIds',
  'genders',
  'imClients',
  'interests',
  'locations',
  'memberships',
  'metadata',
  'miscKeywords',
  'names',
  'nicknames',
  'occupations',
  'organizations',
  'phoneNumbers',
  'relations',
  'sipAddresses',
  'skills',
  'urls',
  'userDefined',
].join(',');

/** Contacts as the person keeps them, without what Google knows from profiles. */
export const contactSources = ['READ_SOURCE_TYPE_CONTACT'];

/** All that an other contact has, but for its photo. */
export const otherContactFields = 'emailAddresses,metadata,names,phoneNumbers';

/** No memberCount: it would make every label look changed with each contact. */
export const groupFields = 'clientData,groupType,metadata,name';
