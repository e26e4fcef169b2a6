/** Google as a stand-in: OAuth, People and Calendar behind one account each, on Google's own paths. */
import { GrantStore } from '../core/grants.ts';
import type { Provider, ProviderModule } from '../core/provider.ts';
import type { SandboxCore } from '../core/sandbox-core.ts';
import { googleAccounts } from './accounts.ts';
import { createCalendar } from './calendar/index.ts';
import { defaultError } from './errors.ts';
import { Guard } from './guard.ts';
import { Listings } from './listings.ts';
import { authorizeRoutes } from './oauth/authorize.ts';
import { IdTokens } from './oauth/id-token.ts';
import { identityRoutes } from './oauth/identity.ts';
import { tokenRoutes } from './oauth/token.ts';
import { createPeople } from './people/index.ts';
import { parseScopes } from './scopes.ts';
import { type GoogleSettings, googleSettings } from './settings.ts';
import { tokenControlRoutes } from './token-control-routes.ts';

const ownPaths =
  /^\/(o\/oauth2|oauth2|token|revoke|tokeninfo|userinfo|calendar|v1\/(people|contactGroups|otherContacts))\b/;

export const googleModule: ProviderModule<GoogleSettings> = {
  id: 'google',
  settings: googleSettings,
  create: createGoogle,
};

function createGoogle(core: SandboxCore<GoogleSettings>): Provider {
  const grants = new GrantStore({
    state: core.state,
    clock: core.clock,
    provider: 'google',
    prefixes: { access: 'ya29.a0', refresh: '1//0', code: '4/0A' },
  });
  const guard = new Guard(core, grants);
  const listings = new Listings(core);
  const idTokens = new IdTokens(core);
  const people = createPeople({ core, guard, listings });
  const calendar = createCalendar({ core, guard, listings, grants });
  return {
    id: 'google',
    routes: [
      ...authorizeRoutes(core, grants),
      ...tokenRoutes({ core, grants, idTokens }),
      ...identityRoutes({ core, grants, idTokens }),
      ...people.routes,
      ...calendar.routes,
    ],
    controlRoutes: [...people.controlRoutes, ...calendar.controlRoutes, ...tokenControlRoutes(listings)],
    loadWorld: (world) => {
      listings.loadWorld(world);
      people.loadWorld(world);
      calendar.loadWorld(world);
    },
    forgetConsents: () => grants.forgetConsents(),
    accounts: () =>
      googleAccounts.map(({ email, sub, name }) => ({
        provider: 'google',
        id: sub,
        name: email,
        email,
        displayName: name,
      })),
    accountOf: (call) => {
      const token = call.bearer() ?? call.query.get('token');
      if (token) return grants.accountOf(token);
      if (call.path !== '/token' && call.path !== '/revoke') return undefined;
      const form = call.form();
      return grants.accountOf(form.get('refresh_token') ?? form.get('code') ?? form.get('token') ?? '');
    },
    owns: (path) => ownPaths.test(path),
    errorAnswer: (status, call) => defaultError(status, call.path),
    expireAccessTokens: (account) => grants.expireAccessTokens(account),
    revoke: (account) => void grants.drop((grant) => grant.account === account),
    setGrantedScopes: (account, granted) => grants.setScopes(account, parseScopes(granted.join(' '))),
  };
}
