/** Finds and changes blocks in the tree of a page's content. Every change makes new records; none is changed in place. */
import type { BlockRecord } from '../records.ts';

export interface FoundBlock {
  block: BlockRecord;
  /** The block above it; undefined directly under the page. */
  parentId: string | undefined;
}

export function findBlock(
  blocks: readonly BlockRecord[],
  id: string,
  parentId?: string,
): FoundBlock | undefined {
  for (const block of blocks) {
    if (block.id === id) return { block, parentId };
    const below = findBlock(block.children, id, block.id);
    if (below !== undefined) return below;
  }
  return undefined;
}

/** With the block replaced, or taken out where `change` gives undefined. */
export function changeBlock(
  blocks: readonly BlockRecord[],
  id: string,
  change: (block: BlockRecord) => BlockRecord | undefined,
): BlockRecord[] {
  return blocks.flatMap((block) => {
    if (block.id === id) return change(block) ?? [];
    if (block.children.length === 0) return block;
    return { ...block, children: changeBlock(block.children, id, change) };
  });
}

/** Where new children go among the ones that are there. */
export type Place = { at: 'start' } | { at: 'end' } | { at: 'after'; blockId: string };

/** undefined where the block to insert after is not among the children. */
export function insertBlocks(
  siblings: readonly BlockRecord[],
  added: readonly BlockRecord[],
  place: Place,
): BlockRecord[] | undefined {
  if (place.at === 'start') return [...added, ...siblings];
  if (place.at === 'end') return [...siblings, ...added];
  const index = siblings.findIndex(({ id }) => id === place.blockId);
  return index === -1 ? undefined : [...siblings.slice(0, index + 1), ...added, ...siblings.slice(index + 1)];
}
