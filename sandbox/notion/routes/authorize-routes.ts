/** The authorization endpoint: a person picks a workspace and pages, or the answer comes at once for scripts. */
import { redirectToClient, renderConsentPage, renderRefusalPage } from '../../core/consent-page.ts';
import { isLoopbackUri } from '../../core/grants.ts';
import type { Answer, Route } from '../../core/provider.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import type { Connections } from '../connections.ts';
import type { User, Workspace } from '../records.ts';
import { plainText } from '../rich-text.ts';
import type { NotionSettings } from '../settings.ts';
import { findUser, findWorkspace, workspaces } from '../workspaces.ts';
import type { WorkspaceWorld } from '../world/workspace-world.ts';

const AUTHORIZE_PATH = '/v1/oauth/authorize';

interface AuthorizeParts {
  core: SandboxCore<NotionSettings>;
  connections: Connections;
  worlds: ReadonlyMap<string, WorkspaceWorld>;
}

interface AuthorizationRequest {
  query: URLSearchParams;
  clientId: string;
  redirectUri: string;
  state: string | undefined;
}

/** Something at the top of a workspace that can be shared, with all below it. */
export interface Pickable {
  id: string;
  title: string;
  detail: string;
}

export function authorizeRoutes(parts: AuthorizeParts): Route[] {
  const { core } = parts;
  return [
    {
      method: 'GET',
      path: AUTHORIZE_PATH,
      handle: (call) => {
        const request = parseRequest(call.query, core.settings());
        if ('status' in request) return request;
        const { mode } = core.consent.order;
        if (mode === 'deny') return refuse(request);
        if (mode === 'allow') return allow(parts, request, suggestedSigner(core.settings()), null);
        return showPage(parts, request);
      },
    },
    {
      method: 'POST',
      path: AUTHORIZE_PATH,
      handle: (call) => {
        const form = call.form();
        const request = parseRequest(new URLSearchParams(form.get('request') ?? ''), core.settings());
        if ('status' in request) return request;
        if (form.get('decision') !== 'allow') return refuse(request);
        const signer = parseSigner(form.get('account') ?? '');
        if (signer === undefined)
          return renderRefusalPage(400, 'invalid_request', 'No workspace was chosen.');
        return allow(parts, request, signer, form.getAll('choice'));
      },
    },
  ];
}

/** What a person can tick: databases and pages at the top of the workspace. */
export function listPickable(world: WorkspaceWorld, seq: number): Pickable[] {
  const databases = world
    .databases(seq)
    .filter(({ parent, inTrash }) => parent.type === 'workspace' && !inTrash)
    .map(({ id, title }) => ({ id, title: plainText(title), detail: 'Database' }));
  const pages = world
    .loosePages(seq)
    .filter(({ inTrash }) => !inTrash)
    .map((row) => row.load())
    .filter(({ parent }) => parent.type === 'workspace')
    .map(({ id, values }) => ({
      id,
      title: plainText(values.title),
      detail: 'Page, with the pages below it',
    }));
  return [...databases, ...pages];
}

/** The ids of what `granted` names by id or title. */
export function pickByName(world: WorkspaceWorld, seq: number, granted: readonly string[]): string[] {
  return listPickable(world, seq)
    .filter(({ id, title }) => granted.includes(id) || granted.includes(title))
    .map(({ id }) => id);
}

/** The request, or the page that says why it is none. Only a known redirect URI is ever redirected to. */
function parseRequest(query: URLSearchParams, settings: NotionSettings): AuthorizationRequest | Answer {
  const clientId = query.get('client_id') ?? '';
  const redirectUri = query.get('redirect_uri') ?? '';
  const invalid = (detail: string) => renderRefusalPage(400, 'invalid_request', detail);
  if (clientId !== settings.clientId) return invalid('Missing or invalid client_id.');
  const known =
    settings.redirectUris.length > 0
      ? settings.redirectUris.includes(redirectUri)
      : isLoopbackUri(redirectUri);
  if (!known) return invalid(`Missing or invalid redirect_uri: ${redirectUri}`);
  if (query.get('response_type') !== 'code') return invalid('response_type should be "code".');
  if (query.get('owner') !== 'user') return invalid('owner should be "user".');
  if (settings.pkce === 'required' && query.get('code_challenge') === null)
    return invalid('code_challenge is missing.');
  return { query, clientId, redirectUri, state: query.get('state') ?? undefined };
}

interface Signer {
  workspace: Workspace;
  user: User;
}

function parseSigner(text: string): Signer | undefined {
  const [name = '', email = ''] = text.split('/');
  const workspace = findWorkspace(name);
  const user = workspace && findUser(workspace, email);
  return workspace && user && { workspace, user };
}

/** The first person of the first workspace, unless the setting names another. */
function suggestedSigner({ signInAs }: NotionSettings): Signer {
  const [first] = workspaces;
  const [name = '', email = ''] = signInAs?.includes('/')
    ? signInAs.split('/')
    : [signInAs ?? '', signInAs ?? ''];
  const workspace = findWorkspace(name) ?? first;
  return { workspace, user: findUser(workspace, email) ?? (workspace.users[0] as User) };
}

function showPage({ core, worlds }: AuthorizeParts, request: AuthorizationRequest): Answer {
  const suggested = suggestedSigner(core.settings());
  return renderConsentPage({
    title: 'Connect with Notion',
    clientName: core.settings().clientName,
    action: AUTHORIZE_PATH,
    hidden: { request: request.query.toString() },
    accountLegend: 'Choose a workspace',
    accounts: workspaces.flatMap((workspace) =>
      workspace.users
        .filter(({ email }) => email.startsWith('ada@') || email.startsWith('grace@'))
        .map((user) => ({
          id: `${workspace.name}/${user.email}`,
          label: `${workspace.title} as ${user.name} (${user.email})`,
          selected: workspace === suggested.workspace && user.id === suggested.user.id,
        })),
    ),
    choiceLegend: 'Select pages to share',
    choices: [...worlds.values()].flatMap((world) =>
      listPickable(world, core.state.seq).map(({ id, title, detail }) => ({
        id,
        label: title,
        detail: `${detail} in ${world.workspace.title}`,
        checked: true,
      })),
    ),
  });
}

function refuse(request: AuthorizationRequest): Answer {
  return redirectToClient(request.redirectUri, { error: 'access_denied', state: request.state });
}

/** @param ticked the picks of a person; null for all there is */
function allow(
  { core, connections, worlds }: AuthorizeParts,
  request: AuthorizationRequest,
  { workspace, user }: Signer,
  ticked: string[] | null,
): Answer {
  const world = worlds.get(workspace.name);
  if (world === undefined) throw new Error(`no world of ${workspace.name}`);
  const { grantedScopes } = core.consent.order;
  let picked = ticked === null ? null : pickByName(world, core.state.seq, ticked);
  if (grantedScopes !== undefined) {
    // The order may speak of another provider's scopes: only one that names something here (or nothing at all) counts.
    const granted = pickByName(world, core.state.seq, grantedScopes);
    if (granted.length > 0 || grantedScopes.length === 0)
      picked = picked === null ? granted : picked.filter((id) => granted.includes(id));
  }
  const connection = connections.connect({
    workspace: workspace.name,
    userId: user.id,
    clientId: request.clientId,
    picked,
  });
  const challenge = request.query.get('code_challenge');
  const code = connections.grants.issueCode({
    grantId: connection.grantId,
    clientId: request.clientId,
    redirectUri: request.redirectUri,
    scopes: [],
    expiresAt: core.clock.now() + core.settings().codeLifetimeSeconds * 1000,
    ...(challenge !== null && {
      challenge: {
        value: challenge,
        method: request.query.get('code_challenge_method') === 'S256' ? 'S256' : 'plain',
      },
    }),
  });
  return redirectToClient(request.redirectUri, { code, state: request.state });
}
