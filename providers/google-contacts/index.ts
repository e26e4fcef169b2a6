import type { ProviderAdapter } from '../contract/index.ts';
import { classifyGoogleError } from '../google/classify.ts';
import { googleEnvironment } from '../google/environment.ts';
import { createGoogleOAuth } from '../google/oauth.ts';
import { identityScopes } from '../google/scopes.ts';
import { contactScopes, otherContact, otherContactsScope, readScope } from './scopes.ts';
import { openContactsSession } from './session.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** Sync tokens die seven days after the listing that began them; this leaves a day for retries. */
const fullListings = {
  fullListingEveryMs: 5 * dayMs,
  fullListingSpread: { spreadMs: 0.9 * dayMs, latestMs: 6 * dayMs },
};

export const googleContacts: ProviderAdapter = {
  id: 'google-contacts',
  displayName: 'Google Contacts',
  description: 'Your contacts and their labels, kept current in Harmony.',
  category: 'contacts',
  authKinds: ['oauth'],
  grantFamily: 'google',
  capabilities: ['read', 'write'],
  streams: [
    // Groups first, so that the contacts' memberships find them.
    {
      name: 'groups',
      label: 'contact groups',
      kind: 'contact_list',
      perCollection: false,
      deletions: 'tombstones',
      ...fullListings,
      scope: readScope,
    },
    {
      name: 'contacts',
      label: 'contacts',
      kind: 'contact',
      perCollection: false,
      deletions: 'tombstones',
      ...fullListings,
      scope: readScope,
    },
    {
      name: 'other_contacts',
      label: 'other contacts',
      kind: 'contact',
      perCollection: false,
      deletions: 'tombstones',
      ...fullListings,
      scope: otherContactsScope,
      enabledBy: otherContact,
      // One more listing answers for any number of them.
      confirmAtOnce: 10_000,
    },
  ],
  environment: googleEnvironment,
  oauth: (environment) => createGoogleOAuth(environment, [...contactScopes, ...identityScopes]),
  openSession: openContactsSession,
  classify: (error) => classifyGoogleError(error),
};
