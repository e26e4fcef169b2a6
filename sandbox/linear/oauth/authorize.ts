/** GET /oauth/authorize: consent by a person on a page, or answered at once for scripts. */
import type { Call } from '../../core/call.ts';
import { redirectToClient, renderConsentPage, renderRefusalPage } from '../../core/consent-page.ts';
import { type GrantStore, isLoopbackUri } from '../../core/grants.ts';
import type { Answer, Route } from '../../core/provider.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import type { LinearSettings } from '../settings.ts';
import type { UserRecord } from '../world/records.ts';
import { listAll, type Workspace } from '../world/workspace.ts';
import { grantAccount, splitGrantAccount } from './callers.ts';
import { describeScope, parseScopes, withRead } from './scopes.ts';

const PATH = '/oauth/authorize';
/** The page lists no more people of one organization than this. */
const PEOPLE_LISTED = 20;

interface AuthorizationRequest {
  query: URLSearchParams;
  redirectUri: string;
  state: string | undefined;
  scopes: string[];
}

interface Person {
  workspace: Workspace;
  user: UserRecord;
}

export interface AuthorizeParts {
  core: SandboxCore<LinearSettings>;
  grants: GrantStore;
  workspaces: () => readonly Workspace[];
}

export function authorizeRoutes(parts: AuthorizeParts): Route[] {
  const { core } = parts;
  return [
    {
      method: 'GET',
      path: PATH,
      handle: (call) => {
        const request = parseRequest(call.query, core.settings());
        if ('status' in request) return request;
        const { mode } = core.consent.order;
        if (mode === 'deny') return refuse(request, 'access_denied');
        if (mode === 'ask') return showPage(parts, request);
        const person = findPerson(parts, core.settings().signInAs);
        return person === undefined
          ? renderRefusalPage(400, 'invalid_request', 'The setting signInAs names nobody.')
          : allow(parts, request, person, request.scopes);
      },
    },
    { method: 'POST', path: PATH, handle: (call) => answerForm(call, parts) },
  ];
}

function answerForm(call: Call, parts: AuthorizeParts): Answer {
  const form = call.form();
  const request = parseRequest(new URLSearchParams(form.get('request') ?? ''), parts.core.settings());
  if ('status' in request) return request;
  if (form.get('decision') !== 'allow') return refuse(request, 'access_denied');
  const chosen = splitGrantAccount(form.get('account') ?? '');
  const workspace = parts.workspaces().find((one) => one.spec.name === chosen.organization);
  const user = workspace?.users.get(chosen.userId);
  if (workspace === undefined || user === undefined)
    return renderRefusalPage(400, 'invalid_request', 'No workspace was chosen.');
  const ticked = new Set(form.getAll('choice'));
  return allow(
    parts,
    request,
    { workspace, user },
    request.scopes.filter((scope) => ticked.has(scope)),
  );
}

/** The request, or the answer that says why it is none. Only a known redirect URI is ever redirected to. */
function parseRequest(query: URLSearchParams, settings: LinearSettings): AuthorizationRequest | Answer {
  const redirectUri = query.get('redirect_uri') ?? '';
  if (query.get('client_id') !== settings.clientId)
    return renderRefusalPage(400, 'invalid_client', 'No OAuth application has this client id.');
  const { redirectUris } = settings;
  const isKnown = redirectUris.length > 0 ? redirectUris.includes(redirectUri) : isLoopbackUri(redirectUri);
  if (!isKnown)
    return renderRefusalPage(
      400,
      'invalid_request',
      `Invalid redirect_uri for the application: ${redirectUri}`,
    );
  const state = query.get('state') ?? undefined;
  const wrong = (error: string, description: string) =>
    redirectToClient(redirectUri, { error, error_description: description, state });
  if (query.get('response_type') !== 'code')
    return wrong('unsupported_response_type', 'The response_type must be code.');
  const scopes = parseScopes(query.get('scope') ?? '');
  if (scopes === undefined) return wrong('invalid_scope', `Invalid scope: ${query.get('scope')}`);
  if (!['S256', 'plain', null].includes(query.get('code_challenge_method')))
    return wrong('invalid_request', 'The code_challenge_method must be plain or S256.');
  return { query, redirectUri, state, scopes };
}

/** Whom `allow` signs in: by organization, e-mail or both; the first member of the first organization by default. */
function findPerson({ workspaces }: AuthorizeParts, signInAs: string | null): Person | undefined {
  const people = workspaces().flatMap((workspace) => activePeople(workspace));
  if (signInAs === null) return people[0];
  return people.find(({ workspace, user }) =>
    [workspace.spec.name, user.email, `${workspace.spec.name}/${user.email}`].includes(signInAs),
  );
}

function activePeople(workspace: Workspace): Person[] {
  return listAll(workspace.users)
    .filter((user) => user.active)
    .map((user) => ({ workspace, user }));
}

function showPage(parts: AuthorizeParts, request: AuthorizationRequest): Answer {
  const { core } = parts;
  const suggested = findPerson(parts, core.settings().signInAs);
  const granted = new Set(withRead(core.consent.restrict(request.scopes)));
  const people = parts.workspaces().flatMap((workspace) => activePeople(workspace).slice(0, PEOPLE_LISTED));
  return renderConsentPage({
    title: 'Sign in with Linear',
    clientName: core.settings().clientName,
    action: PATH,
    hidden: { request: request.query.toString() },
    accountLegend: 'Choose a workspace',
    accounts: people.map(({ workspace, user }) => ({
      id: grantAccount(workspace.spec.name, user.id),
      label: `${workspace.spec.displayName}: ${user.name} (${user.email})`,
      selected: user.id === suggested?.user.id,
    })),
    choiceLegend: 'Select what it can access',
    choices: request.scopes.map((scope) => ({
      id: scope,
      label: describeScope(scope),
      detail: scope,
      checked: granted.has(scope),
      locked: scope === 'read',
    })),
  });
}

function refuse(request: AuthorizationRequest, error: string): Answer {
  const description = 'The user denied the request';
  return redirectToClient(request.redirectUri, {
    error,
    error_description: description,
    state: request.state,
  });
}

function allow(
  parts: AuthorizeParts,
  request: AuthorizationRequest,
  person: Person,
  ticked: string[],
): Answer {
  const { core, grants } = parts;
  const { clientId, codeLifetimeSeconds } = core.settings();
  const scopes = withRead(core.consent.restrict(ticked));
  const grant = grants.consent(grantAccount(person.workspace.spec.name, person.user.id), clientId, scopes);
  const challenge = request.query.get('code_challenge');
  const code = grants.issueCode({
    grantId: grant.id,
    clientId,
    redirectUri: request.redirectUri,
    scopes,
    expiresAt: core.clock.now() + codeLifetimeSeconds * 1000,
    ...(challenge !== null && {
      challenge: {
        value: challenge,
        method: request.query.get('code_challenge_method') === 'S256' ? 'S256' : 'plain',
      },
    }),
  });
  return redirectToClient(request.redirectUri, { code, state: request.state });
}
