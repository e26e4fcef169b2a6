/** Blocks: read, list children, append, change, delete. A page and a database are blocks of their parent too. */
import { z } from 'zod';
import { endOfListing } from '../../core/paging.ts';
import { changeBlock, findBlock, insertBlocks, type Place } from '../blocks/block-tree.ts';
import { parseBlockContent, writeBlocks } from '../blocks/write-blocks.ts';
import { objectNotFound, validationError } from '../errors.ts';
import type { BlockRecord, DatabaseRecord, JsonObject, PageRecord } from '../records.ts';
import { renderBlock } from '../render/render-containers.ts';
import { titleOf } from '../render/render-page.ts';
import { type Rendering, renderList, renderParent, schemaOf } from '../render/rendering.ts';
import { parseBody, readJson } from '../request-body.ts';
import { trashChange, versioned } from '../request-fields.ts';
import { plainText, uuid } from '../rich-text.ts';
import type { NotionRoute, Session } from '../session.ts';
import { botOf, refuseTrashed, takeOffsetPage } from './page-routes.ts';

const appendBody = z.strictObject({
  children: z.unknown(),
  after: uuid.optional(),
  position: z
    .union([
      z.strictObject({ type: z.literal('after_block'), after_block: z.strictObject({ id: uuid }) }),
      z.strictObject({ type: z.enum(['start', 'end']) }),
    ])
    .optional(),
});

const trashFieldsSent = z.looseObject({ in_trash: z.boolean().optional(), archived: z.boolean().optional() });

/** Where a block is. `block` is undefined for the page itself. */
export interface BlockPlace {
  page: PageRecord;
  block: BlockRecord | undefined;
  parent: JsonObject;
  inTrash: boolean;
}

export const blockRoutes: readonly NotionRoute[] = [
  {
    method: 'GET',
    path: '/v1/blocks/{block_id}',
    capability: 'read_content',
    handle: (session) => {
      const id = session.id('block_id');
      const rendering = session.rendering(session.readSeq);
      const database = session.world.database(id, session.readSeq);
      if (database !== undefined) return renderDatabaseBlock(session, database, rendering);
      return renderPlace(locate(session, id, session.readSeq), rendering);
    },
  },
  {
    method: 'GET',
    path: '/v1/blocks/{block_id}/children',
    capability: 'read_content',
    list: true,
    handle: listChildren,
  },
  {
    method: 'PATCH',
    path: '/v1/blocks/{block_id}/children',
    capability: 'insert_content',
    handle: appendChildren,
  },
  { method: 'PATCH', path: '/v1/blocks/{block_id}', capability: 'update_content', handle: updateBlock },
  {
    method: 'DELETE',
    path: '/v1/blocks/{block_id}',
    capability: 'update_content',
    handle: (session) => setTrash(session, locate(session, session.id('block_id')), true),
  },
];

export function locate(session: Session, id: string, seq = Number.POSITIVE_INFINITY): BlockPlace {
  const { world } = session;
  const own = world.page(id, seq);
  if (own !== undefined) {
    const page = session.page(id, seq);
    return {
      page,
      block: undefined,
      parent: renderParent(page.parent, session.rendering(seq)),
      inTrash: page.inTrash,
    };
  }
  const trashed = world.trashedBlock(id);
  const pageId = world.pageOfBlock(id);
  const page = pageId === undefined ? undefined : world.page(pageId, seq);
  if (page === undefined || !session.access(seq).seesPage(page)) throw objectNotFound('block', id);
  const found = findBlock(world.blocks(page.id, seq), id);
  const block = found?.block ?? trashed?.block;
  if (block === undefined) throw objectNotFound('block', id);
  const parentId = found === undefined ? (trashed?.parentId ?? undefined) : found.parentId;
  return { page, block, parent: blockParent(page, parentId), inTrash: found === undefined || page.inTrash };
}

function blockParent(page: PageRecord, parentId: string | undefined): JsonObject {
  return parentId === undefined
    ? { type: 'page_id', page_id: page.id }
    : { type: 'block_id', block_id: parentId };
}

function renderPlace(place: BlockPlace, rendering: Rendering): JsonObject {
  if (place.block !== undefined) return renderBlock(place.block, place, rendering);
  const { page } = place;
  const title = titleOf(page, schemaOf(page, rendering));
  const hasContent = rendering.world.blocks(page.id, rendering.seq).length > 0;
  return {
    ...renderBlock({ ...page, type: 'child_page', content: { title }, children: [] }, place, rendering),
    has_children: hasContent,
  };
}

function renderDatabaseBlock(session: Session, database: DatabaseRecord, rendering: Rendering): JsonObject {
  if (!session.access(rendering.seq).seesDatabase(database)) throw objectNotFound('block', database.id);
  const block = {
    ...database,
    type: 'child_database',
    content: { title: plainText(database.title) },
    children: [],
  };
  return renderBlock(block, { parent: { ...database.parent }, inTrash: database.inTrash }, rendering);
}

function listChildren(session: Session): object {
  const seq = session.listingSeq;
  const rendering = session.rendering(seq);
  const place = locate(session, session.id('block_id'), seq);
  const children = place.block?.children ?? session.world.blocks(place.page.id, seq);
  const parent = blockParent(place.page, place.block?.id);
  const rendered = children.map((block) => renderBlock(block, { parent, inTrash: place.inTrash }, rendering));
  if (place.block === undefined) rendered.push(...childPages(session, place.page.id, rendering));
  const cut = rendered.slice(0, endOfListing(rendered.length, session.call.truncateKeep));
  const { page, nextCursor } = takeOffsetPage(session, cut);
  return renderList('block', { results: page, hasMore: nextCursor !== null, nextCursor });
}

/** Pages and databases below a page stand at the end of its content. */
function childPages(session: Session, pageId: string, rendering: Rendering): JsonObject[] {
  const { world } = session;
  const pages = world
    .loosePages(rendering.seq)
    .filter((row) => !row.inTrash)
    .map((row) => row.load())
    .filter(({ parent }) => parent.type === 'page_id' && parent.page_id === pageId)
    .map((page) =>
      renderPlace({ page, block: undefined, parent: { ...page.parent }, inTrash: false }, rendering),
    );
  const databases = world
    .databases(rendering.seq)
    .filter(({ parent, inTrash }) => !inTrash && parent.type === 'page_id' && parent.page_id === pageId)
    .map((database) => renderDatabaseBlock(session, database, rendering));
  return [...pages, ...databases];
}

function appendChildren(session: Session): object {
  const place = locate(session, session.id('block_id'));
  refuseTrashed(place);
  const body = parseBody(appendBody, readJson(session.call));
  refuseForeignPosition(session, body);
  const author = botOf(session);
  const added = writeBlocks(body.children, session.editor.touchedNow(author));
  const where = placeOf(body);
  const siblings = place.block?.children ?? session.world.blocks(place.page.id);
  const next = insertBlocks(siblings, added, where);
  if (next === undefined) throw validationError('The block to insert after is not a child of this block.');
  const blocks =
    place.block === undefined
      ? next
      : changeBlock(session.world.blocks(place.page.id), place.block.id, (block) => ({
          ...block,
          children: next,
        }));
  session.editor.putBlocks(
    place.page,
    blocks,
    author,
    added.map(({ id }) => id),
  );
  const rendering = session.rendering(Number.POSITIVE_INFINITY);
  const parent = blockParent(place.page, place.block?.id);
  const results = added.map((block) => renderBlock(block, { parent, inTrash: false }, rendering));
  return renderList('block', { results, hasMore: false, nextCursor: null });
}

/** `after` belongs to 2025-09-03, `position` to 2026-03-11; neither knows the other. */
function refuseForeignPosition(session: Session, body: z.infer<typeof appendBody>): void {
  const foreign = session.version === '2025-09-03' ? 'position' : 'after';
  if (body[foreign] !== undefined)
    throw validationError(`body failed validation: body.${foreign} should be not present.`);
}

function placeOf(body: z.infer<typeof appendBody>): Place {
  if (body.after !== undefined) return { at: 'after', blockId: body.after };
  if (body.position === undefined) return { at: 'end' };
  if (body.position.type === 'after_block') return { at: 'after', blockId: body.position.after_block.id };
  return { at: body.position.type };
}

function updateBlock(session: Session): object {
  const place = locate(session, session.id('block_id'));
  const body = versioned(parseBody(trashFieldsSent, readJson(session.call)), session.version);
  const inTrash = trashChange(body);
  if (inTrash !== undefined && inTrash !== place.inTrash) return setTrash(session, place, inTrash);
  refuseTrashed(place);
  const { block, page } = place;
  if (block === undefined) throw validationError('Pages are changed through the pages endpoint.');
  const { in_trash: _, archived: __, type: ___, ...contents } = body as JsonObject;
  const [type, ...others] = Object.keys(contents);
  if (type !== undefined && (type !== block.type || others.length > 0))
    throw validationError(
      `body failed validation: body.${block.type} should be defined, instead was \`undefined\`.`,
    );
  if (type === undefined) return renderPlace(place, session.rendering(Number.POSITIVE_INFINITY));
  const content = parseBlockContent(type, { ...block.content, ...(contents[type] as JsonObject) }, 'body');
  const author = botOf(session);
  const { lastEditedAtMs, lastEditedBy } = session.editor.touchedNow(author);
  const changed: BlockRecord = { ...block, content, lastEditedAtMs, lastEditedBy };
  const blocks = changeBlock(session.world.blocks(page.id), block.id, () => changed);
  session.editor.putBlocks(page, blocks, author, [block.id]);
  return renderPlace({ ...place, block: changed }, session.rendering(Number.POSITIVE_INFINITY));
}

function setTrash(session: Session, place: BlockPlace, inTrash: boolean): object {
  const rendering = session.rendering(Number.POSITIVE_INFINITY);
  const author = botOf(session);
  const { page, block } = place;
  if (block === undefined) {
    const next = session.editor.updatePage(page, { inTrash }, author);
    return renderPlace({ ...place, page: next, inTrash }, rendering);
  }
  if (page.inTrash) refuseTrashed(page);
  if (inTrash) {
    if (!place.inTrash) session.editor.trashBlock(page, block.id, author);
  } else if (place.inTrash) restoreBlock(session, page, block);
  return renderPlace({ ...place, inTrash }, rendering);
}

/** Back to the end of where it stood, or of the page where that is gone. */
function restoreBlock(session: Session, page: PageRecord, block: BlockRecord): void {
  const blocks = session.world.blocks(page.id);
  const parentId = session.world.trashedBlock(block.id)?.parentId ?? undefined;
  const hasParent = parentId !== undefined && findBlock(blocks, parentId) !== undefined;
  const next = hasParent
    ? changeBlock(blocks, parentId, (parent) => ({ ...parent, children: [...parent.children, block] }))
    : [...blocks, block];
  session.world.forgetTrashedBlock(block.id);
  session.editor.putBlocks(page, next, botOf(session), [block.id]);
}
