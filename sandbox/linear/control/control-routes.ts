/** Acting as the people of an organization do on Linear's own pages: times move and webhooks go out. */
import { ControlError } from '../../control/control-error.ts';
import { listingRange, listPage } from '../../control/listing.ts';
import type { Call } from '../../core/call.ts';
import type { Answer, ControlRoute } from '../../core/provider.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { LinearError } from '../graphql/errors.ts';
import type { Callers } from '../oauth/callers.ts';
import type { LinearSettings } from '../settings.ts';
import type { LinearEvents } from '../webhooks/events.ts';
import type { Collection } from '../world/collection.ts';
import type { LinearNode } from '../world/records.ts';
import type { Workspace } from '../world/workspace.ts';
import { createComment } from '../writes/write-comment.ts';
import { createIssue, deleteIssue, shelveIssue, updateIssue } from '../writes/write-issue.ts';
import type { WriteScope } from '../writes/write-scope.ts';
import { createTeam, deleteTeam, updateTeam } from '../writes/write-team.ts';
import { createUser, updateUser } from '../writes/write-user.ts';
import {
  commentBody,
  issueBody,
  issuePatch,
  keyBody,
  memberBody,
  memberPatch,
  parseBody,
  teamBody,
  teamPatch,
} from './bodies.ts';
import { commentJson, issueJson, plainJson, teamJson, userJson } from './node-json.ts';

export interface ControlParts {
  core: SandboxCore<LinearSettings>;
  callers: Callers;
  events: LinearEvents;
  findWorkspace: (nameOrId: string) => Workspace | undefined;
}

type Method = ControlRoute['method'];
type Act = (scope: WriteScope, call: Call) => Answer;

export function linearControlRoutes(parts: ControlParts): ControlRoute[] {
  const route = (method: Method, path: string, act: Act): ControlRoute => ({
    method,
    path: `/linear/{org}/${path}`,
    handle: (call) => refusing(() => act(openScope(parts, call), call)),
  });
  return [
    route('GET', 'issues', listing('issues', issueJson)),
    route('GET', 'members', listing('users', userJson)),
    route('GET', 'teams', listing('teams', teamJson)),
    route('GET', 'projects', listing('projects', plainJson)),
    route('GET', 'labels', listing('labels', plainJson)),
    route('GET', 'states', listing('states', plainJson)),
    route('GET', 'comments', listing('comments', commentJson)),
    route('GET', 'webhooks', listing('webhooks', plainJson)),
    ...issueRoutes(route),
    ...memberRoutes(route),
    ...teamRoutes(route),
    ...keyRoutes(route, parts.callers),
  ];
}

type MakeRoute = (method: Method, path: string, act: Act) => ControlRoute;

function issueRoutes(route: MakeRoute): ControlRoute[] {
  const found = ({ workspace }: WriteScope, call: Call) =>
    workspace.findIssue(call.param('id')) ?? missing('issue', call);
  const shown = ({ workspace }: WriteScope, call: Call) =>
    issueJson(workspace, found({ workspace } as WriteScope, call));
  return [
    route('GET', 'issues/{id}', (scope, call) => ({ status: 200, body: shown(scope, call) })),
    route('POST', 'issues', (scope, call) => {
      const input = parseBody(issueBody, call.json());
      const teamId = input.teamId ?? firstTeam(scope.workspace);
      const issue = createIssue(scope, { ...input, teamId });
      return { status: 201, body: issueJson(scope.workspace, issue) };
    }),
    route('PATCH', 'issues/{id}', (scope, call) => {
      const { archived, trashed, ...input } = parseBody(issuePatch, call.json());
      let issue = found(scope, call);
      if (Object.keys(input).length > 0) issue = updateIssue(scope, issue, input);
      if (trashed === true) shelveIssue(scope, issue, 'trash');
      else if (archived === true) shelveIssue(scope, issue, 'archive');
      else if (trashed === false || archived === false) shelveIssue(scope, issue, 'nowhere');
      return { status: 200, body: shown(scope, call) };
    }),
    route('DELETE', 'issues/{id}', (scope, call) => {
      const issue = found(scope, call);
      if (call.query.get('permanently') === 'true') deleteIssue(scope, issue);
      else shelveIssue(scope, issue, 'trash');
      return { status: 200, body: {} };
    }),
    route('POST', 'comments', (scope, call) => {
      const comment = createComment(scope, parseBody(commentBody, call.json()));
      return { status: 201, body: commentJson(scope.workspace, comment) };
    }),
  ];
}

function memberRoutes(route: MakeRoute): ControlRoute[] {
  const found = ({ workspace }: WriteScope, call: Call) =>
    workspace.findUser(call.param('id')) ?? missing('member', call);
  return [
    route('GET', 'members/{id}', (scope, call) => ({
      status: 200,
      body: userJson(scope.workspace, found(scope, call)),
    })),
    route('POST', 'members', (scope, call) => {
      const input = parseBody(memberBody, call.json());
      if (scope.workspace.findUser(input.email))
        throw new ControlError(409, `${input.email} is a member already`);
      return { status: 201, body: userJson(scope.workspace, createUser(scope, input)) };
    }),
    route('PATCH', 'members/{id}', (scope, call) => {
      const user = updateUser(scope, found(scope, call), parseBody(memberPatch, call.json()));
      return { status: 200, body: userJson(scope.workspace, user) };
    }),
    route('DELETE', 'members/{id}', (scope, call) => {
      const user = updateUser(scope, found(scope, call), { active: false });
      return { status: 200, body: userJson(scope.workspace, user) };
    }),
  ];
}

function teamRoutes(route: MakeRoute): ControlRoute[] {
  const found = ({ workspace }: WriteScope, call: Call) =>
    workspace.teams.get(call.param('id')) ?? missing('team', call);
  return [
    route('POST', 'teams', (scope, call) => {
      const team = createTeam(scope, parseBody(teamBody, call.json()));
      return { status: 201, body: teamJson(scope.workspace, team) };
    }),
    route('PATCH', 'teams/{id}', (scope, call) => {
      const team = updateTeam(scope, found(scope, call), parseBody(teamPatch, call.json()));
      return { status: 200, body: teamJson(scope.workspace, team) };
    }),
    route('DELETE', 'teams/{id}', (scope, call) => {
      deleteTeam(scope, found(scope, call));
      return { status: 200, body: {} };
    }),
  ];
}

function keyRoutes(route: MakeRoute, callers: Callers): ControlRoute[] {
  return [
    route('GET', 'api-keys', ({ workspace }, call) => {
      const keys = callers.keysOf(workspace.spec.name).map((key) => ({
        ...key,
        email: workspace.users.get(key.userId)?.email ?? null,
      }));
      return { status: 200, body: listPage(keys, call) };
    }),
    route('POST', 'api-keys', ({ workspace, actor }, call) => {
      const input = parseBody(keyBody, call.json());
      const user = input.member === undefined ? actor : workspace.findUser(input.member);
      if (user === undefined) throw new ControlError(404, `no member ${input.member}`);
      const key = callers.createKey(workspace.spec.name, user.id, input.label ?? 'Key');
      return { status: 201, body: { ...key, email: user.email } };
    }),
    route('DELETE', 'api-keys/{id}', ({ workspace }, call) => {
      const name = call.param('id');
      const key = callers.keysOf(workspace.spec.name).find((one) => one.id === name || one.key === name);
      if (key === undefined) return missing('API key', call);
      callers.apiKeys.delete(key.key);
      return { status: 200, body: {} };
    }),
  ];
}

type CollectionName =
  | 'issues'
  | 'users'
  | 'teams'
  | 'projects'
  | 'labels'
  | 'states'
  | 'comments'
  | 'webhooks';

/** Everything there is now, archived and trashed included, oldest first. */
function listing<T extends LinearNode>(
  name: CollectionName,
  json: (workspace: Workspace, node: T) => Record<string, unknown>,
): Act {
  return ({ workspace }, call) => {
    const { limit, offset } = listingRange(call);
    const nodes = workspace[name] as unknown as Collection<T>;
    const texts: string[] = [];
    let position = 0;
    let nextCursor: string | null = null;
    for (const node of nodes.walk({
      orderBy: 'createdAt',
      descending: false,
      seq: Number.POSITIVE_INFINITY,
    })) {
      if (position++ < offset) continue;
      if (texts.length === limit) {
        nextCursor = String(offset + limit);
        break;
      }
      texts.push(JSON.stringify(json(workspace, node)));
    }
    // Written one by one: 100,000 issues as objects would be a gigabyte.
    return { status: 200, body: `{"data":[${texts.join()}],"nextCursor":${JSON.stringify(nextCursor)}}` };
  };
}

/** The organization that the path names; who acts is `?as=` (a member's id or e-mail), else its first member. */
function openScope({ core, events, findWorkspace }: ControlParts, call: Call): WriteScope {
  const workspace = findWorkspace(call.param('org'));
  if (workspace === undefined) throw new ControlError(404, `no organization ${call.param('org')}`);
  const as = call.query.get('as');
  const actor = as === null ? firstOf(workspace.users) : workspace.findUser(as);
  if (as !== null && actor === undefined) throw new ControlError(404, `no member ${as}`);
  return { core, workspace, events, actor };
}

function firstOf<T extends LinearNode>(collection: Collection<T>): T | undefined {
  for (const node of collection.walk({
    orderBy: 'createdAt',
    descending: false,
    seq: Number.POSITIVE_INFINITY,
  }))
    return node;
  return undefined;
}

function firstTeam(workspace: Workspace): string {
  return firstOf(workspace.teams)?.id ?? '';
}

function missing(what: string, call: Call): never {
  throw new ControlError(404, `no ${what} ${call.param('id')}`);
}

function refusing(act: () => Answer): Answer {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof LinearError)) throw error;
    throw new ControlError(400, String(error.extensions.userPresentableMessage ?? error.message));
  }
}
