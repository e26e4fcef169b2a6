/** Relay paging: `first`/`after`, `last`/`before`, nodes, edges and pageInfo. */
import { decodeToken, encodeToken, endOfListing } from '../../core/paging.ts';
import { type Collection, compare, type Position, type TimeOrder } from '../world/collection.ts';
import type { LinearNode } from '../world/records.ts';
import type { GraphqlContext } from './context.ts';
import { inputError } from './errors.ts';
import { boundsOf, compileFilter, type Filter, idsOf, type Kind, type Test } from './filters.ts';

export interface ConnectionArguments {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
  filter?: Filter | null;
  includeArchived?: boolean | null;
  orderBy?: TimeOrder | null;
  sort?: Record<string, { order?: 'Ascending' | 'Descending' | null } | null>[] | null;
}

export interface Connection {
  nodes: LinearNode[];
  edges: () => { node: LinearNode; cursor: string }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

export interface Listing {
  kind: Kind | 'webhook' | 'membership';
  /** A whole collection, or the few records of a relation. */
  from: Collection<LinearNode> | LinearNode[];
  arguments: ConnectionArguments;
  /** What is listed at all, beside the caller's filter. */
  where?: Test;
  /** The listing that a truncate-list fault cuts: the one at the root. */
  isRoot?: boolean;
}

/** One page of a listing. Throws INPUT_ERROR on arguments that make no sense. */
export function listConnection(listing: Listing, context: GraphqlContext): Connection {
  const { arguments: given } = listing;
  const { defaultPageSize } = context.core.settings();
  const backwards = given.last !== null && given.last !== undefined;
  const size = pageSize(backwards ? given.last : given.first, backwards ? 'last' : 'first', context);
  const ordering = orderingOf(given);
  const after = readCursor(given.after, 'after');
  const before = readCursor(given.before, 'before');
  const { start, stop } = backwards ? { start: before, stop: after } : { start: after, stop: before };
  const records: LinearNode[] = [];
  let hasMore = false;
  const direction = ordering.descending !== backwards;
  const positionOf = (node: LinearNode) => ({ ms: Date.parse(node[ordering.orderBy]), id: node.id });
  for (const node of candidates(listing, context, { ...ordering, descending: direction }, start)) {
    if (stop !== undefined && compare(positionOf(node), stop) * (direction ? 1 : -1) >= 0) break;
    if (records.length === (size ?? defaultPageSize)) {
      hasMore = true;
      break;
    }
    records.push(node);
  }
  const nodes = backwards ? records.reverse() : records;
  const cursorOf = (node: LinearNode) => encodeToken('linear', positionOf(node));
  const [firstNode, lastNode] = [nodes[0], nodes.at(-1)];
  return {
    nodes,
    edges: () => nodes.map((node) => ({ node, cursor: cursorOf(node) })),
    pageInfo: {
      hasNextPage: backwards ? before !== undefined : hasMore,
      hasPreviousPage: backwards ? hasMore : after !== undefined,
      startCursor: firstNode === undefined ? null : cursorOf(firstNode),
      endCursor: lastNode === undefined ? null : cursorOf(lastNode),
    },
  };
}

interface Ordering {
  orderBy: TimeOrder;
  descending: boolean;
}

function* candidates(
  listing: Listing,
  context: GraphqlContext,
  ordering: Ordering,
  after: Position | undefined,
): Generator<LinearNode> {
  const keep = listing.isRoot ? context.call.truncateKeep : undefined;
  if (keep === undefined) {
    yield* matching(listing, context, ordering, after);
    return;
  }
  const all = [...matching(listing, context, ordering, undefined)];
  for (const node of all.slice(0, endOfListing(all.length, keep))) {
    const position = { ms: Date.parse(node[ordering.orderBy]), id: node.id };
    if (after === undefined || compare(position, after) * (ordering.descending ? 1 : -1) > 0) yield node;
  }
}

function* matching(
  listing: Listing,
  context: GraphqlContext,
  ordering: Ordering,
  after: Position | undefined,
): Generator<LinearNode> {
  const { filter, includeArchived } = listing.arguments;
  const nowMs = context.core.clock.now();
  const { listingSeq: seq, workspace } = context;
  const scope = { workspace, seq, nowMs, viewerId: context.viewer.id };
  const test = filter && isFilterable(listing.kind) ? compileFilter(listing.kind, filter, scope) : undefined;
  const walk = { ...ordering, seq, after, bounds: boundsOf(filter, nowMs) };
  const named = listing.kind === 'issue' ? idsOf(filter, workspace) : undefined;
  const { from } = listing;
  const source = Array.isArray(from)
    ? sorted(from, ordering, after)
    : named === undefined
      ? from.walk(walk)
      : sorted(
          unique(named).flatMap((id) => from.get(id, seq) ?? []),
          ordering,
          after,
        );
  for (const node of source) {
    if (!includeArchived && node.archivedAt !== null) continue;
    if (listing.where !== undefined && !listing.where(node)) continue;
    if (test === undefined || test(node)) yield node;
  }
}

function isFilterable(kind: Listing['kind']): kind is Kind {
  return kind !== 'webhook' && kind !== 'membership';
}

function sorted(
  nodes: LinearNode[],
  { orderBy, descending }: Ordering,
  after: Position | undefined,
): LinearNode[] {
  const sign = descending ? 1 : -1;
  return nodes
    .map((node) => ({ node, ms: Date.parse(node[orderBy]), id: node.id }))
    .filter((entry) => after === undefined || compare(entry, after) * sign > 0)
    .sort((a, b) => compare(a, b) * sign)
    .map((entry) => entry.node);
}

function unique(ids: string[]): string[] {
  return [...new Set(ids)];
}

function pageSize(
  asked: number | null | undefined,
  name: string,
  context: GraphqlContext,
): number | undefined {
  if (asked === null || asked === undefined) return undefined;
  const { maxPageSize } = context.core.settings();
  if (asked < 1 || asked > maxPageSize)
    throw inputError('Argument Validation Error', `${name} must be between 1 and ${maxPageSize}.`);
  return asked;
}

/** Newest first, unless `sort` says otherwise. */
function orderingOf({ orderBy, sort }: ConnectionArguments): Ordering {
  for (const order of ['createdAt', 'updatedAt'] as const) {
    const wish = sort?.find((one) => one[order])?.[order];
    if (wish) return { orderBy: order, descending: wish.order !== 'Ascending' };
  }
  if (sort?.some((one) => Object.values(one).some((wish) => wish)))
    throw inputError('The stand-in sorts by createdAt and updatedAt only');
  return { orderBy: orderBy ?? 'createdAt', descending: true };
}

function readCursor(cursor: string | null | undefined, name: string): Position | undefined {
  if (cursor === null || cursor === undefined) return undefined;
  const position = decodeToken<Position>('linear', cursor);
  if (position === undefined || typeof position.ms !== 'number' || typeof position.id !== 'string')
    throw inputError('Argument Validation Error', `${name} is not a cursor that this listing gave.`);
  return position;
}
