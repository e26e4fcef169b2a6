import {
  type FetchRequest,
  type ProviderEnvironment,
  ProviderError,
  type RecordPage,
  type RemoteAccount,
  type RemoteCollection,
  type Session,
} from '../contract/index.ts';
import { confirmGone } from './confirm-gone.ts';
import { createLabelNames, type LabelNames } from './label-names.ts';
import { drift, fetchListing, type ListingPlan } from './listing.ts';
import { issueFields, type LinearIssue, mapIssue } from './map-issue.ts';
import {
  commentFields,
  type LinearComment,
  type LinearMember,
  mapComment,
  mapMember,
  memberFields,
} from './map-member.ts';
import { createTaskCalls } from './task-calls.ts';
import { type AskLinear, createAsk, type LinearAccess } from './transport.ts';

export function openLinearSession(access: LinearAccess, environment: ProviderEnvironment): Session {
  const ask = createAsk(access, environment);
  const labelNames = createLabelNames(ask);
  return {
    whoAmI: (signal) => askWhoAmI(ask, signal),
    fetchPage: (request) => fetchPage(ask, labelNames, request),
    listCollections: (signal) => listTeams(ask, signal),
    confirmGone: (request) => confirmGone(ask, request),
    tasks: createTaskCalls(ask, labelNames),
  };
}

/** The account is the organization; the grant is the person's own. */
async function askWhoAmI(ask: AskLinear, signal: AbortSignal): Promise<RemoteAccount> {
  const { organization, viewer } = await ask<{
    organization?: { id: string; name: string };
    viewer?: { id: string; email: string | null };
  }>('{ organization { id name } viewer { id email } }', {}, signal);
  if (!organization?.id || !viewer?.id) throw drift('an account without its id');
  return {
    id: organization.id,
    name: organization.name || organization.id,
    grantId: `${organization.id}/${viewer.id}`,
    ...(viewer.email ? { email: viewer.email } : {}),
  };
}

const inTeam = (team: string | undefined) => (team === undefined ? {} : { team: { id: { eq: team } } });

/** What is asked of Linear per stream; a page carries the same filter as the ones before it. */
const plans = {
  // Archiving and trashing need not move updatedAt, but they set archivedAt.
  issues: (team: string | undefined): ListingPlan => ({
    field: 'issues',
    filterType: 'IssueFilter',
    selection: issueFields,
    parameters: 'includeArchived: true',
    filter: (from) => ({
      ...inTeam(team),
      ...(from === undefined ? {} : { or: [{ updatedAt: { gte: from } }, { archivedAt: { gte: from } }] }),
    }),
  }),
  comments: (team: string | undefined): ListingPlan => ({
    field: 'comments',
    filterType: 'CommentFilter',
    selection: commentFields,
    parameters: 'includeArchived: true',
    filter: (from) => ({
      ...(team === undefined ? {} : { issue: inTeam(team) }),
      ...(from === undefined ? {} : { updatedAt: { gte: from } }),
    }),
  }),
  members: (): ListingPlan => ({
    field: 'users',
    filterType: 'UserFilter',
    selection: memberFields,
    parameters: 'includeArchived: true, includeDisabled: true',
    filter: (from) => (from === undefined ? {} : { updatedAt: { gte: from } }),
  }),
};

async function fetchPage(ask: AskLinear, labelNames: LabelNames, request: FetchRequest): Promise<RecordPage> {
  const { stream, collection, signal } = request;
  switch (stream) {
    case 'issues': {
      const page = await fetchListing<LinearIssue>(ask, plans.issues(collection), request);
      const live = page.fresh.filter(({ trashed }) => trashed !== true);
      const labelled = request.peek === true ? [] : live.flatMap(({ labelIds }) => labelIds);
      const names = await labelNames(labelled, signal);
      return {
        upserts: live.map((issue) => mapIssue(issue, names)),
        // A complete listing shows what is there; what it lacks is swept.
        deletions: page.isComplete
          ? []
          : page.fresh.filter(({ trashed }) => trashed === true).map(({ id }) => id),
        next: page.next,
      };
    }
    case 'comments': {
      const page = await fetchListing<LinearComment>(ask, plans.comments(collection), request);
      return {
        upserts: page.fresh.flatMap((comment) => mapComment(comment) ?? []),
        deletions: [],
        next: page.next,
      };
    }
    case 'members': {
      const page = await fetchListing<LinearMember>(ask, plans.members(), request);
      return { upserts: page.fresh.map(mapMember), deletions: [], next: page.next };
    }
    default:
      throw new ProviderError({ kind: 'invalid_request', message: 'Linear has no such stream.' });
  }
}

/** Every team that the person sees. All start ticked: who connects Linear wants its issues. */
async function listTeams(ask: AskLinear, signal: AbortSignal): Promise<RemoteCollection[]> {
  type Team = { id: string; name: string; key: string; color: string | null };
  const found: RemoteCollection[] = [];
  let after: string | undefined;
  do {
    const { teams } = await ask<{
      teams: { nodes: Team[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
    }>(
      'query($after: String) { teams(first: 250, after: $after) { nodes { id name key color } pageInfo { hasNextPage endCursor } } }',
      after === undefined ? {} : { after },
      signal,
    );
    if (!Array.isArray(teams?.nodes)) throw drift('no list of teams');
    for (const { id, name, key, color } of teams.nodes) {
      found.push({ remoteId: id, name: name || key, ...(color ? { color } : {}), subscribedByDefault: true });
    }
    after = teams.pageInfo.hasNextPage ? (teams.pageInfo.endCursor ?? undefined) : undefined;
  } while (after !== undefined);
  return found;
}
