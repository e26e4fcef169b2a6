/** Linear's stand-in: OAuth, personal API keys, GraphQL and webhooks. docs/sandbox-linear.md describes it. */
import { GrantStore } from '../core/grants.ts';
import type { AccountListing, Provider, ProviderModule } from '../core/provider.ts';
import type { SandboxCore } from '../core/sandbox-core.ts';
import { linearControlRoutes } from './control/control-routes.ts';
import { graphqlRoute } from './graphql/endpoint.ts';
import { answerForStatus } from './graphql/errors.ts';
import { RateLimits } from './graphql/rate-limits.ts';
import { authorizeRoutes } from './oauth/authorize.ts';
import { Callers, splitGrantAccount } from './oauth/callers.ts';
import { withRead } from './oauth/scopes.ts';
import { tokenRoutes } from './oauth/token.ts';
import { type LinearSettings, linearSettings } from './settings.ts';
import { LinearEvents } from './webhooks/events.ts';
import { organizationSpecs } from './world/organizations.ts';
import { listAll, Workspace } from './world/workspace.ts';

export const linearModule: ProviderModule<LinearSettings> = {
  id: 'linear',
  settings: linearSettings,
  create: createLinear,
};

function createLinear(core: SandboxCore<LinearSettings>): Provider {
  const grants = new GrantStore({
    state: core.state,
    clock: core.clock,
    provider: 'linear',
    prefixes: { access: 'lin_oauth_', refresh: 'lin_refresh_', code: 'lin_code_' },
  });
  let workspaces: Workspace[] = [];
  const findWorkspace = (nameOrId: string) =>
    workspaces.find((one) => one.spec.name === nameOrId || one.id === nameOrId);
  const callers = new Callers({ core, grants, findWorkspace });
  const events = new LinearEvents(core, grants);
  const rateLimits = new RateLimits(core.clock);
  const grantsOf = (organization: string) =>
    [...grants.grants.entries()]
      .map(([, grant]) => grant.account)
      .filter((account) => splitGrantAccount(account).organization === organization);

  return {
    id: 'linear',
    routes: [
      graphqlRoute({ core, callers, events, rateLimits }),
      ...authorizeRoutes({ core, grants, workspaces: () => workspaces }),
      ...tokenRoutes({ core, grants }),
    ],
    controlRoutes: linearControlRoutes({ core, callers, events, findWorkspace }),
    loadWorld: (world) => {
      const todayMs = Date.parse(core.settings().worldDate);
      workspaces = organizationSpecs.map(
        (spec, i) => new Workspace({ spec, state: core.state, world, todayMs, isFirst: i === 0 }),
      );
      rateLimits.clear();
      for (const workspace of workspaces) {
        const first = listAll(workspace.users)[0];
        if (first !== undefined) callers.ensureFirstKey(workspace.spec.name, first.id, world.id);
      }
    },
    forgetConsents: () => grants.forgetConsents(),
    accounts: () => workspaces.map((workspace) => describeAccount(workspace, callers)),
    accountOf: (call) => callers.organizationOf(call),
    owns: (path) => path === '/graphql' || path.startsWith('/oauth/'),
    errorAnswer: (status, call) =>
      call.path.startsWith('/oauth/')
        ? { status, body: { error: status >= 500 ? 'server_error' : 'invalid_request' } }
        : answerForStatus(status, core.settings()),
    expireAccessTokens: (organization) => {
      for (const account of grantsOf(organization)) grants.expireAccessTokens(account);
    },
    revoke: (organization) => {
      const workspace = findWorkspace(organization);
      if (workspace !== undefined) events.emitRevoked(workspace);
      grants.drop((grant) => splitGrantAccount(grant.account).organization === organization);
      if (core.settings().revokeEndsApiKeys)
        for (const key of callers.keysOf(organization)) callers.apiKeys.delete(key.key);
    },
    setGrantedScopes: (organization, granted) => {
      for (const account of grantsOf(organization)) grants.setScopes(account, withRead(granted));
    },
  };
}

/** An organization; `apiKey` is a key of its first member, while it has one. */
function describeAccount(workspace: Workspace, callers: Callers): AccountListing {
  return {
    provider: 'linear',
    id: workspace.id,
    name: workspace.spec.name,
    displayName: workspace.spec.displayName,
    urlKey: workspace.spec.name,
    apiKey: callers.keysOf(workspace.spec.name)[0]?.key ?? null,
  };
}
