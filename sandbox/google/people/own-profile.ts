import type { GoogleAccount } from '../accounts.ts';
import { personEtag, sourceEtag } from './etag.ts';
import type { PersonField } from './person-fields.ts';

/** people/me: the account's own profile. */
export function renderProfile(account: GoogleAccount, mask: readonly PersonField[]): object {
  const resourceName = `people/${account.sub}`;
  const etag = sourceEtag(resourceName, 1);
  const source = { type: 'PROFILE', id: account.sub };
  const metadata = { primary: true, sourcePrimary: true, source };
  const fields: Partial<Record<PersonField, unknown>> = {
    metadata: {
      sources: [{ ...source, etag, profileMetadata: { objectType: 'PERSON', userTypes: ['GOOGLE_USER'] } }],
      objectType: 'PERSON',
    },
    names: [
      {
        metadata,
        displayName: account.name,
        familyName: account.familyName,
        givenName: account.givenName,
        displayNameLastFirst: `${account.familyName}, ${account.givenName}`,
        unstructuredName: account.name,
      },
    ],
    emailAddresses: [{ metadata: { ...metadata, verified: true }, value: account.email }],
    locales: [{ metadata, value: account.locale }],
  };
  const person: Record<string, unknown> = { resourceName, etag: personEtag(etag) };
  for (const field of mask) if (fields[field] !== undefined) person[field] = fields[field];
  return person;
}
