/** The names of labels by id: read once per session and only when an issue has one. */
import { drift } from './listing.ts';
import type { AskLinear } from './transport.ts';

/** Answers a map that has (at least) the names of these ids; ids that Linear does not know are missing in it. */
export type LabelNames = (
  ids: readonly string[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, string>>;

export function createLabelNames(ask: AskLinear): LabelNames {
  let names: Map<string, string> | undefined;
  return async (ids, signal) => {
    // A label made since the list was read is worth one more look, once.
    if (ids.some((id) => names?.has(id) !== true)) {
      const found = await listLabels(ask, signal);
      for (const id of ids) if (!found.has(id)) found.set(id, '');
      names = found;
    }
    return new Map([...(names ?? [])].filter(([, name]) => name !== ''));
  };
}

async function listLabels(ask: AskLinear, signal: AbortSignal): Promise<Map<string, string>> {
  type Labels = {
    nodes: { id: string; name: string }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
  const names = new Map<string, string>();
  let after: string | undefined;
  do {
    const { issueLabels } = await ask<{ issueLabels: Labels }>(
      'query($after: String) { issueLabels(first: 250, after: $after, includeArchived: true) { nodes { id name } pageInfo { hasNextPage endCursor } } }',
      after === undefined ? {} : { after },
      signal,
    );
    if (!Array.isArray(issueLabels?.nodes)) throw drift('no list of labels');
    for (const { id, name } of issueLabels.nodes) names.set(id, name);
    after = issueLabels.pageInfo.hasNextPage ? (issueLabels.pageInfo.endCursor ?? undefined) : undefined;
  } while (after !== undefined);
  return names;
}
