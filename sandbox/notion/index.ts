/** The stand-in for Notion: OAuth with a page picker, the REST API of 2025-09-03 and 2026-03-11, webhooks. */

import type { Call } from '../core/call.ts';
import type { AccountListing, Provider, ProviderModule, World } from '../core/provider.ts';
import { Router } from '../core/router.ts';
import type { SandboxCore } from '../core/sandbox-core.ts';
import { Connections } from './connections.ts';
import type { ControlParts } from './control/controlled-workspace.ts';
import { dataSourceControls } from './control/data-source-controls.ts';
import { pageControls } from './control/page-controls.ts';
import { webhookControls } from './control/webhook-controls.ts';
import { Editor } from './editor.ts';
import { answerNotionError, errorForStatus, NotionError } from './errors.ts';
import { RateLimits } from './rate-limits.ts';
import { authorizeRoutes, pickByName } from './routes/authorize-routes.ts';
import { blockRoutes } from './routes/block-routes.ts';
import { dataSourceRoutes } from './routes/data-source-routes.ts';
import { markdownRoutes } from './routes/markdown-routes.ts';
import { oauthRoutes, tokensInBody } from './routes/oauth-routes.ts';
import { pageRoutes } from './routes/page-routes.ts';
import { queryRoutes } from './routes/query-routes.ts';
import { commentRoutes, userRoutes } from './routes/user-routes.ts';
import { answerAfterSaving } from './saved-answer.ts';
import { notionRoutes } from './session.ts';
import { type Capability, capabilities, type NotionSettings, notionSettings } from './settings.ts';
import { NotionEvents } from './webhooks/events.ts';
import { Subscriptions } from './webhooks/subscriptions.ts';
import { workspaces } from './workspaces.ts';
import { WorkspaceWorld } from './world/workspace-world.ts';

/** Pages of the first workspace when a reset names no number, and always of the others. */
const DEFAULT_PAGES = 60;
const OTHER_PAGES = 12;

export const notionModule: ProviderModule<NotionSettings> = {
  id: 'notion',
  settings: notionSettings,
  create: createNotion,
};

function createNotion(core: SandboxCore<NotionSettings>): Provider {
  const connections = new Connections(core);
  const subscriptions = new Subscriptions(core);
  const events = new NotionEvents(core, connections, subscriptions);
  const limits = new RateLimits(core.clock);
  const worlds = new Map(
    workspaces.map((workspace) => [workspace.name, new WorkspaceWorld({ workspace, state: core.state })]),
  );
  const editors = new Map(
    [...worlds].map(([name, world]) => [
      name,
      new Editor({ world, clock: core.clock, events, settings: () => core.settings() }),
    ]),
  );
  const parts: ControlParts = { core, connections, limits, worlds, editors, subscriptions };
  const routes = [
    ...authorizeRoutes(parts),
    ...oauthRoutes(parts),
    ...notionRoutes(parts, [
      ...pageRoutes,
      ...blockRoutes,
      ...markdownRoutes,
      ...dataSourceRoutes,
      ...queryRoutes,
      ...userRoutes,
      ...commentRoutes,
    ]),
  ];
  const router = new Router(routes);
  return {
    id: 'notion',
    routes,
    controlRoutes: [...pageControls(parts), ...dataSourceControls(parts), ...webhookControls(parts)],
    loadWorld: (world) => {
      events.clear();
      limits.clear();
      connections.worldId = world.id;
      [...worlds.values()].forEach((one, index) => {
        one.load(worldOrder(world, index, core.settings()));
      });
    },
    forgetConsents: () => connections.grants.forgetConsents(),
    accounts: () => workspaces.map((workspace) => describeAccount(workspace.name)),
    accountOf: (call) => workspaceOfCall(call, connections),
    owns: (path) =>
      /^\/v1\/(oauth|pages|blocks|data_sources|databases|search|users|comments)(\/|$)/.test(path),
    errorAnswer: (status, call) =>
      status === 404 && router.match(call.method, call.path) === undefined
        ? answerNotionError(new NotionError(400, 'invalid_request_url', 'Invalid request URL.'))
        : answerNotionError(errorForStatus(status)),
    answerAfterSaving: (status, _call, saved) => answerAfterSaving(status, saved, core.settings()),
    expireAccessTokens: (account) => connections.expireAccessTokens(account),
    revoke: (account) => connections.revokeWorkspace(account),
    setGrantedScopes: (account, granted) => setGranted({ account, granted, core, connections, worlds }),
  };
}

function worldOrder(world: World, index: number, settings: NotionSettings) {
  return {
    seed: world.seed,
    index,
    pages: index === 0 ? (world.notionPages ?? DEFAULT_PAGES) : OTHER_PAGES,
    todayMs: Date.parse(`${settings.worldDate}T08:00:00.000Z`),
  };
}

function describeAccount(name: string): AccountListing {
  const workspace = workspaces.find((one) => one.name === name) ?? workspaces[0];
  return {
    provider: 'notion',
    id: workspace.id,
    name: workspace.name,
    displayName: workspace.title,
    users: workspace.users.map(({ id, email, name: fullName }) => ({ id, email, name: fullName })),
  };
}

function workspaceOfCall(call: Call, connections: Connections): string | undefined {
  const header = call.headers.authorization ?? '';
  if (!/^Basic /i.test(header)) return connections.workspaceOf(call.bearer() ?? '');
  for (const token of tokensInBody(call)) {
    const workspace = connections.workspaceOf(token);
    if (workspace !== undefined) return workspace;
  }
  return undefined;
}

/** Names of capabilities narrow what connections may do; everything else says, by id or title, what they see. */
function setGranted(order: {
  account: string;
  granted: readonly string[];
  core: SandboxCore<NotionSettings>;
  connections: Connections;
  worlds: ReadonlyMap<string, WorkspaceWorld>;
}): void {
  const { account, granted, core, connections } = order;
  const world = order.worlds.get(account);
  if (world === undefined) return;
  const isCapability = (name: string): name is Capability => capabilities.some((one) => one === name);
  const named = granted.filter(isCapability);
  const others = granted.filter((name) => !isCapability(name));
  if (named.length > 0) connections.update(account, { capabilities: named });
  if (others.length > 0 || granted.length === 0)
    connections.update(account, { picked: pickByName(world, core.state.seq, others) });
}
