import type { SandboxCore } from '../../core/sandbox-core.ts';
import type { GoogleAccount } from '../accounts.ts';
import type { Guard } from '../guard.ts';
import type { Listings } from '../listings.ts';
import type { GoogleSettings } from '../settings.ts';
import type { ContactStore } from './contact-store.ts';
import type { GroupStore } from './group-store.ts';
import type { OtherContactStore } from './other-contact-store.ts';

/** What the People routes work on. */
export interface PeopleParts {
  core: SandboxCore<GoogleSettings>;
  guard: Guard;
  listings: Listings;
  contacts: (account: GoogleAccount) => ContactStore;
  groups: (account: GoogleAccount) => GroupStore;
  otherContacts: (account: GoogleAccount) => OtherContactStore;
}
