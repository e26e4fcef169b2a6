/** One page of a stream: the same filter over all pages, the overlap told apart, and where the next increment starts. */
import { type FetchRequest, ProviderError, type RecordPage } from '../contract/index.ts';
import {
  before,
  fingerprint,
  type LinearPosition,
  latest,
  readPosition,
  writeMark,
  writePosition,
} from './cursor.ts';
import type { AskLinear } from './transport.ts';

/**
 * More is said to be refused, though no document of Linear's that we know states it. Its price goes by what is asked for, not
 * by what comes: issues with the fields that we ask for cost about 1,500 of 10,000 points a query, and of 2,000,000 an hour.
 */
const pageSize = 250;
/** An increment begins with few: most bring no more, and there is one for every team. */
const incrementSize = 50;
/** Only whether anything is new is asked, again and again. */
const lookSize = 10;

export interface ListedNode {
  readonly id: string;
  readonly updatedAt: string;
  readonly archivedAt?: string | null;
}

export interface ListingPlan {
  /** The root field, `issues`. */
  readonly field: string;
  readonly filterType: string;
  /** Fields of a node; they have id, updatedAt and archivedAt. */
  readonly selection: string;
  /** Arguments besides filter, first and after. */
  readonly parameters: string;
  /** The filter of an increment from this time, and (undefined) of a complete listing. */
  readonly filter: (from: string | undefined) => object;
}

interface Connection<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** What the page brings that was not shown before, in Linear's order (newest first). */
export interface ListedPage<Node> {
  readonly fresh: readonly Node[];
  readonly isComplete: boolean;
  readonly next: RecordPage['next'];
}

export async function fetchListing<Node extends ListedNode>(
  ask: AskLinear,
  plan: ListingPlan,
  request: Pick<FetchRequest, 'cursor' | 'signal' | 'peek'>,
): Promise<ListedPage<Node>> {
  const position = readPosition(request.cursor);
  const isFirst = position.after === undefined;
  const answer = await ask<{ page: Connection<Node>; newest?: { nodes: { updatedAt: string }[] } }>(
    documentOf(plan, { isFirst, size: sizeOf(position, request.peek === true) }),
    { filter: plan.filter(position.from), ...(isFirst ? {} : { after: position.after }) },
    request.signal,
  );
  const { nodes, pageInfo } = answer.page ?? {};
  if (!Array.isArray(nodes) || typeof pageInfo?.hasNextPage !== 'boolean')
    throw drift(`no list of ${plan.field}`);
  const page = nodes as readonly Node[];
  for (const { id, updatedAt } of page)
    if (!id || !updatedAt) throw drift(`one of ${plan.field} without id or time`);

  const mark = nextMark(position, {
    newest: answer.newest?.nodes[0]?.updatedAt,
    isWhole: isFirst && !pageInfo.hasNextPage,
    page,
  });
  const known = new Set(position.known);
  const since = mark === undefined ? undefined : Date.parse(before(mark));
  const fresh: Node[] = [];
  const seen = [...position.seen];
  for (const node of page) {
    const isRecent = since === undefined || timeMsOf(node) >= since;
    // A complete listing of old records needs none, and there are many of them.
    const print = isRecent || known.size > 0 ? fingerprint(node) : '';
    if (!known.has(print)) fresh.push(node);
    if (isRecent) seen.push(print);
  }
  const isComplete = position.from === undefined;
  if (!pageInfo.hasNextPage)
    return { fresh, isComplete, next: { kind: 'done', cursor: writeMark(mark, seen) } };
  if (!pageInfo.endCursor) throw drift('a page without its cursor');
  const more = { ...position, seen, after: pageInfo.endCursor, ...(mark === undefined ? {} : { mark }) };
  return { fresh, isComplete, next: { kind: 'more', cursor: writePosition(more) } };
}

/**
 * Where the next increment starts: the newest time that existed when the first page was read. A listing in one page has
 * seen all there was, archived ones included; in a longer one, later changes lie after that time and come again.
 */
function nextMark(
  position: LinearPosition,
  seen: { newest: string | undefined; isWhole: boolean; page: readonly ListedNode[] },
): string | undefined {
  if (position.after !== undefined) return position.mark;
  return latest([
    position.mark,
    seen.newest,
    ...(seen.isWhole ? seen.page.flatMap(({ updatedAt, archivedAt }) => [updatedAt, archivedAt]) : []),
  ]);
}

/** The last time that something happened to it: archiving need not move `updatedAt`. */
const timeMsOf = ({ updatedAt, archivedAt }: ListedNode): number =>
  Math.max(Date.parse(updatedAt), archivedAt ? Date.parse(archivedAt) : 0);

/** At least one more than the overlap may bring again, so that where a further page follows something is new. */
function sizeOf({ from, after, known }: LinearPosition, isLook: boolean): number {
  if (!isLook && (from === undefined || after !== undefined)) return pageSize;
  return Math.min(pageSize, Math.max(isLook ? lookSize : incrementSize, known.length + 1));
}

/**
 * In the order of creation, which a change does not move, so that nothing is skipped while one pages. The first page
 * also asks for the newest time, which is not on it.
 */
function documentOf(
  plan: ListingPlan,
  { isFirst, size }: { readonly isFirst: boolean; readonly size: number },
): string {
  const { field, filterType, selection, parameters } = plan;
  const after = isFirst ? ['', ''] : [', $after: String', ', after: $after'];
  const newest = isFirst
    ? `newest: ${field}(first: 1, orderBy: updatedAt, filter: $filter, ${parameters}) { nodes { updatedAt } }`
    : '';
  return `query($filter: ${filterType}${after[0]}) {
    page: ${field}(first: ${size}, filter: $filter, ${parameters}${after[1]}) {
      nodes { ${selection} }
      pageInfo { hasNextPage endCursor }
    }
    ${newest}
  }`;
}

/** `what` names the shape, never a value. */
export function drift(what: string): ProviderError {
  return new ProviderError({
    kind: 'schema_drift',
    message: `Linear answered in a form that Harmony does not know: ${what}.`,
  });
}
