/** Pages: get, create, change, move, and the paging of long properties. */
import { z } from 'zod';
import { decodeToken, encodeToken } from '../../core/paging.ts';
import { appearance } from '../appearance.ts';
import { blocksFromMarkdown } from '../blocks/blocks-from-markdown.ts';
import { writeBlocks } from '../blocks/write-blocks.ts';
import { objectNotFound, validationError } from '../errors.ts';
import { readValue } from '../properties/read-value.ts';
import { writePageValues } from '../properties/write-page-values.ts';
import { findProperty } from '../properties/write-value.ts';
import type { Author, JsonObject, PageRecord, Parent } from '../records.ts';
import { parseFilterProperties, propertyItems, renderPage } from '../render/render-page.ts';
import { renderList, schemaOf } from '../render/rendering.ts';
import { parseBody, queryPaging, readJson } from '../request-body.ts';
import { parentFields, trashChange, versioned } from '../request-fields.ts';
import type { NotionRoute, Session } from '../session.ts';

const properties = z.record(z.string(), z.unknown());
const createBody = z.strictObject({
  parent: parentFields.optional(),
  properties: properties.default({}),
  ...appearance,
  children: z.unknown().optional(),
  content: z.unknown().optional(),
  markdown: z.string().optional(),
  template: z.strictObject({ type: z.literal('none') }).optional(),
});

const updateBody = z.strictObject({
  properties: properties.optional(),
  ...appearance,
  is_locked: z.boolean().optional(),
  is_archived: z.boolean().optional(),
  in_trash: z.boolean().optional(),
  archived: z.boolean().optional(),
  erase_content: z.boolean().optional(),
});

const moveBody = z.strictObject({ parent: parentFields });

export const pageRoutes: readonly NotionRoute[] = [
  {
    method: 'POST',
    path: '/v1/pages',
    capability: 'insert_content',
    handle: (session) => {
      const body = parseBody(createBody, readJson(session.call));
      const page = createPage(session, body);
      return render(session, page);
    },
  },
  {
    method: 'GET',
    path: '/v1/pages/{page_id}',
    capability: 'read_content',
    handle: (session) => render(session, session.page(session.id('page_id')), session.readSeq),
  },
  {
    method: 'PATCH',
    path: '/v1/pages/{page_id}',
    capability: 'update_content',
    handle: (session) => render(session, updatePage(session, session.page(session.id('page_id')))),
  },
  {
    method: 'POST',
    path: '/v1/pages/{page_id}/move',
    capability: 'update_content',
    handle: (session) => {
      const page = session.page(session.id('page_id'));
      refuseTrashed(page);
      const { parent } = parseBody(moveBody, readJson(session.call));
      const target = resolveParent(session, parent);
      return render(session, session.editor.updatePage(page, { parent: target }, botOf(session)));
    },
  },
  {
    method: 'GET',
    path: '/v1/pages/{page_id}/properties/{property_id}',
    capability: 'read_content',
    handle: readProperty,
  },
];

function render(session: Session, page: PageRecord, seq = Number.POSITIVE_INFINITY): JsonObject {
  const rendering = session.rendering(seq);
  return renderPage(page, rendering, parseFilterProperties(session.call.query, schemaOf(page, rendering)));
}

export function botOf(session: Session): Author {
  return { id: session.connection.botId, type: 'bot' };
}

export function refuseTrashed(thing: { inTrash: boolean }): void {
  if (thing.inTrash)
    throw validationError("Can't edit block that is archived. You must unarchive the block before editing.");
}

function createPage(session: Session, body: z.infer<typeof createBody>): PageRecord {
  const author = botOf(session);
  const parent = resolveParent(session, body.parent ?? { workspace: true });
  const values = writePageValues(session, { parent, sent: body.properties, author });
  const children = body.children ?? body.content;
  if (children !== undefined && body.markdown !== undefined)
    throw validationError(
      'body failed validation: body.markdown should be not present beside body.children.',
    );
  const touched = session.editor.touchedNow(author);
  const blocks =
    body.markdown !== undefined
      ? blocksFromMarkdown(body.markdown, touched, () => undefined)
      : children === undefined
        ? []
        : writeBlocks(children, touched);
  const order = { parent, values, blocks, icon: body.icon ?? null, cover: body.cover ?? null };
  return session.editor.createPage(order, author);
}

function updatePage(session: Session, page: PageRecord): PageRecord {
  const body = versioned(parseBody(updateBody, readJson(session.call)), session.version);
  const inTrash = trashChange(body);
  if (inTrash !== false) refuseTrashed(page);
  const author = botOf(session);
  if (body.erase_content) session.editor.putBlocks(page, [], author, [page.id]);
  const current = session.world.page(page.id) ?? page;
  const change = {
    ...(body.properties && {
      values: writePageValues(session, { parent: page.parent, sent: body.properties, author }),
    }),
    ...(body.icon !== undefined && { icon: body.icon }),
    ...(body.cover !== undefined && { cover: body.cover }),
    ...(body.is_locked !== undefined && { isLocked: body.is_locked }),
    ...(body.is_archived !== undefined && { isArchived: body.is_archived }),
    ...(inTrash !== undefined && { inTrash }),
  };
  return Object.keys(change).length === 0 ? current : session.editor.updatePage(current, change, author);
}

/** The parent in the form that is kept. A database stands for its only data source. Throws 404 where it is not shared. */
export function resolveParent(session: Session, sent: z.infer<typeof parentFields>): Parent {
  if (sent.page_id !== undefined) return { type: 'page_id', page_id: session.page(sent.page_id).id };
  if (sent.data_source_id !== undefined)
    return { type: 'data_source_id', data_source_id: session.dataSource(sent.data_source_id).id };
  if (sent.database_id !== undefined) {
    const database = session.world.database(sent.database_id);
    const [only, ...others] = database?.dataSourceIds ?? [];
    if (only === undefined) throw objectNotFound('database', sent.database_id);
    if (others.length > 0)
      throw validationError(
        'Databases with multiple data sources are not supported here: use data_source_id as the parent.',
      );
    return { type: 'data_source_id', data_source_id: session.dataSource(only).id };
  }
  return { type: 'workspace', workspace: true };
}

function readProperty(session: Session): object {
  const page = session.page(session.id('page_id'));
  const rendering = session.rendering(session.readSeq);
  const schema = schemaOf(page, rendering);
  const definition = findProperty(schema, session.call.param('property_id'));
  if (definition === undefined)
    throw validationError(`Could not find property with ID: ${session.call.param('property_id')}`);
  const { id, type } = definition;
  const items = propertyItems(definition, page, rendering);
  if (items === undefined)
    return {
      object: 'property_item',
      id,
      type,
      [type]: readValue(definition, { page, schema, settings: session.settings }),
    };
  const { page: part, nextCursor } = takeOffsetPage(session, items);
  const list = renderList('property_item', { results: part, hasMore: nextCursor !== null, nextCursor });
  const nextUrl = new URL(`${session.call.origin}/v1/pages/${page.id}/properties/${id}`);
  if (nextCursor !== null) nextUrl.searchParams.set('start_cursor', nextCursor);
  return {
    ...list,
    property_item: { id, type, [type]: {}, next_url: nextCursor === null ? null : nextUrl.href },
  };
}

/** One page of a GET list, by a cursor that holds a position. */
export function takeOffsetPage<T>(
  session: Session,
  items: readonly T[],
): { page: T[]; nextCursor: string | null } {
  const { size, cursor } = queryPaging(session.call);
  const offset = cursor === undefined ? 0 : decodeToken<{ offset: number }>('notion-offset', cursor)?.offset;
  if (offset === undefined) throw validationError(`The start_cursor provided is invalid: ${cursor}`);
  const end = offset + size;
  return {
    page: items.slice(offset, end),
    nextCursor: end < items.length ? encodeToken('notion-offset', { offset: end }) : null,
  };
}
