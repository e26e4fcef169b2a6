/** People: contacts, groups and other contacts of each account. */
import type { ControlRoute, Route, World } from '../../core/provider.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { type GoogleAccount, googleAccounts } from '../accounts.ts';
import type { Guard } from '../guard.ts';
import type { Listings } from '../listings.ts';
import type { GoogleSettings } from '../settings.ts';
import { contactControlRoutes } from './contact-control-routes.ts';
import { ContactSeed } from './contact-seed.ts';
import { ContactStore } from './contact-store.ts';
import { groupRoutes } from './group-routes.ts';
import { GroupStore } from './group-store.ts';
import { otherContactControlRoutes } from './other-contact-control-routes.ts';
import { otherContactRoutes } from './other-contact-routes.ts';
import { OtherContactStore } from './other-contact-store.ts';
import { peopleBatchRoutes } from './people-batch-routes.ts';
import type { PeopleParts } from './people-parts.ts';
import { peopleReadRoutes } from './people-read-routes.ts';
import { peopleWriteRoutes } from './people-write-routes.ts';

const DEFAULT_CONTACTS = 120;
/** Only the first account has as many contacts as a reset asks for. */
const MOST_CONTACTS_OF_OTHERS = 60;
const OTHER_CONTACTS = 25;

interface AccountPeople {
  contacts: ContactStore;
  groups: GroupStore;
  otherContacts: OtherContactStore;
}

export function createPeople(shared: {
  core: SandboxCore<GoogleSettings>;
  guard: Guard;
  listings: Listings;
}): { routes: Route[]; controlRoutes: ControlRoute[]; loadWorld: (world: World) => void } {
  const stores = new Map<string, AccountPeople>();
  const of = (account: GoogleAccount): AccountPeople => {
    const found = stores.get(account.email);
    if (found === undefined) throw new Error(`no world is loaded for ${account.email}`);
    return found;
  };
  const parts: PeopleParts = {
    ...shared,
    contacts: (account) => of(account).contacts,
    groups: (account) => of(account).groups,
    otherContacts: (account) => of(account).otherContacts,
  };
  return {
    routes: shared.guard.protect('people', [
      ...peopleReadRoutes(parts),
      ...peopleWriteRoutes(parts),
      ...peopleBatchRoutes(parts),
      ...groupRoutes(parts),
      ...otherContactRoutes(parts),
    ]),
    controlRoutes: [...contactControlRoutes(parts), ...otherContactControlRoutes(parts)],
    loadWorld: (world) => {
      const asked = world.contacts ?? DEFAULT_CONTACTS;
      googleAccounts.forEach((account, i) => {
        const count = i === 0 ? asked : Math.min(asked, MOST_CONTACTS_OF_OTHERS);
        stores.set(account.email, buildStores(shared.core, account.email, world, count));
      });
    },
  };
}

function buildStores(
  core: SandboxCore<GoogleSettings>,
  email: string,
  world: World,
  count: number,
): AccountPeople {
  const { worldDate } = core.settings();
  const seed = new ContactSeed({ seed: world.seed, count, worldDate, account: email });
  const contacts = new ContactStore(core, email, seed);
  return {
    contacts,
    groups: new GroupStore(core, email, contacts),
    otherContacts: new OtherContactStore(core, { email, seed: world.seed, count: OTHER_CONTACTS }),
  };
}
