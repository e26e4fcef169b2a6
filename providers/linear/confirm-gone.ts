/** What became of records that a complete listing lacked. A list may be cut short, so absence from one proves nothing. */
import { type Absence, type GoneRequest, ProviderError } from '../contract/index.ts';
import { drift } from './listing.ts';
import type { AskLinear } from './transport.ts';

interface Kind {
  readonly listField: string;
  readonly filterType: string;
  readonly oneField: string;
  readonly selection: string;
  readonly parameters: string;
}

const kinds: Readonly<Record<string, Kind>> = {
  issues: {
    listField: 'issues',
    filterType: 'IssueFilter',
    oneField: 'issue',
    selection: 'id trashed team { id }',
    parameters: 'includeArchived: true',
  },
  comments: {
    listField: 'comments',
    filterType: 'CommentFilter',
    oneField: 'comment',
    selection: 'id issue { team { id } }',
    parameters: 'includeArchived: true',
  },
  members: {
    listField: 'users',
    filterType: 'UserFilter',
    oneField: 'user',
    selection: 'id',
    parameters: 'includeArchived: true, includeDisabled: true',
  },
};

interface Found {
  readonly id: string;
  readonly trashed?: boolean | null;
  readonly team?: { readonly id: string } | null;
  readonly issue?: { readonly team: { readonly id: string } | null } | null;
}

const askedAtOnce = 5;

/**
 * In one call those that are there (but trashed, or in another team) are told from the rest. The rest is asked for one
 * by one, as only then does Linear say that there is no such record; the first that is there after all shows that lists
 * can't be trusted now, and nothing more is said to be gone.
 */
export async function confirmGone(ask: AskLinear, request: GoneRequest): Promise<Absence> {
  const { stream, collection, remoteIds, signal } = request;
  const kind = kinds[stream];
  if (kind === undefined) return { gone: [] };
  const { page } = await ask<{ page: { nodes: Found[] } }>(
    `query($ids: [ID!]) {
      page: ${kind.listField}(first: 250, filter: { id: { in: $ids } }, ${kind.parameters}) { nodes { ${kind.selection} } }
    }`,
    { ids: remoteIds },
    signal,
  );
  if (!Array.isArray(page?.nodes)) throw drift(`no list of ${kind.listField}`);
  const found = new Map((page.nodes as readonly Found[]).map((node) => [node.id, node]));
  const gone = [...found.values()].filter((node) => !isThere(node, collection)).map(({ id }) => id);

  const unlisted = remoteIds.filter((id) => !found.has(id));
  for (let at = 0; at < unlisted.length; at += askedAtOnce) {
    const some = unlisted.slice(at, at + askedAtOnce);
    const exist = await Promise.all(some.map((id) => exists(ask, kind, id, signal)));
    gone.push(...some.filter((_id, index) => exist[index] === false));
    if (exist.includes(true)) break;
  }
  return { gone };
}

function isThere({ trashed, team, issue }: Found, collection: string | undefined): boolean {
  const home = team ?? issue?.team;
  return trashed !== true && (collection === undefined || home == null || home.id === collection);
}

async function exists(ask: AskLinear, kind: Kind, id: string, signal: AbortSignal): Promise<boolean> {
  try {
    await ask(`query($id: String!) { ${kind.oneField}(id: $id) { id } }`, { id }, signal);
    return true;
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'not_found') return false;
    throw error;
  }
}
