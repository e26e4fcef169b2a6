/** `/_control/notion/{workspace}/pages`: acts as a person in Notion's own window, in Notion's own JSON. */
import { z } from 'zod';
import { ControlError, parseControl } from '../../control/control-error.ts';
import { listingRange } from '../../control/listing.ts';
import type { Call } from '../../core/call.ts';
import type { Answer, ControlRoute } from '../../core/provider.ts';
import { appearance } from '../appearance.ts';
import { blocksFromMarkdown } from '../blocks/blocks-from-markdown.ts';
import { markdownFromBlocks } from '../blocks/markdown-from-blocks.ts';
import { writeBlocks } from '../blocks/write-blocks.ts';
import { normaliseId } from '../ids.ts';
import { writePageValues } from '../properties/write-page-values.ts';
import type { BlockRecord, PageRecord, Parent } from '../records.ts';
import { renderPage } from '../render/render-page.ts';
import { parentFields } from '../request-fields.ts';
import { keepUnchanged } from '../routes/markdown-routes.ts';
import {
  authorOf,
  type ControlledWorkspace,
  type ControlParts,
  control,
  renderingOf,
} from './controlled-workspace.ts';

const shared = {
  /** Who does it, by e-mail; the first person of the workspace otherwise. */
  by: z.string().optional(),
  /** Shares it with every connection, or takes it away from them. */
  shared: z.boolean().optional(),
  ...appearance,
  properties: z.record(z.string(), z.unknown()).optional(),
  children: z.array(z.unknown()).optional(),
  markdown: z.string().optional(),
};

const createBody = z.strictObject({ ...shared, parent: parentFields.optional() });
const updateBody = z.strictObject({
  ...shared,
  parent: parentFields.optional(),
  in_trash: z.boolean().optional(),
  archived: z.boolean().optional(),
  is_locked: z.boolean().optional(),
});

export function pageControls(parts: ControlParts): ControlRoute[] {
  const path = '/notion/{workspace}/pages';
  return [
    { method: 'GET', path, handle: control(parts, listPages) },
    { method: 'POST', path, handle: control(parts, createPage) },
    {
      method: 'GET',
      path: `${path}/{id}`,
      handle: control(parts, (call, of) => answer(of, findPage(call, of))),
    },
    { method: 'PATCH', path: `${path}/{id}`, handle: control(parts, updatePage) },
    { method: 'DELETE', path: `${path}/{id}`, handle: control(parts, deletePage) },
  ];
}

/** All that is not in the trash; `in_trash=true` lists the trash, `data_source_id` the rows of one data source. */
function listPages(call: Call, of: ControlledWorkspace): Answer {
  const { limit, offset } = listingRange(call);
  const inTrash = call.query.get('in_trash') === 'true';
  const dataSourceId = call.query.get('data_source_id');
  const source = dataSourceId === null ? undefined : normaliseId(dataSourceId);
  if (dataSourceId !== null && source === undefined)
    throw new ControlError(400, 'data_source_id: must be a UUID');
  const rows = (source === undefined ? of.world.allPages(of.seq) : of.world.rows(source, of.seq)).filter(
    (row) => row.inTrash === inTrash,
  );
  const rendering = renderingOf(of);
  // As text, page by page: a listing may hold a hundred thousand.
  const data = rows
    .slice(offset, offset + limit)
    .map((row) => JSON.stringify(renderPage(row.load(), rendering)));
  const nextCursor = offset + limit < rows.length ? String(offset + limit) : null;
  return { status: 200, body: `{"data":[${data.join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}` };
}

function createPage(call: Call, of: ControlledWorkspace): Answer {
  const body = parseControl(createBody, call.json());
  const author = authorOf(of, body.by);
  const parent = resolveParent(of, body.parent);
  const values = writePageValues(of, { parent, sent: body.properties ?? {}, author });
  const page = of.editor.createPage(
    {
      parent,
      values,
      icon: body.icon ?? null,
      cover: body.cover ?? null,
      blocks: readBlocks(of, body, []) ?? [],
      shared: body.shared,
    },
    author,
  );
  return answer(of, page, 201);
}

function updatePage(call: Call, of: ControlledWorkspace): Answer {
  const body = parseControl(updateBody, call.json());
  let page = findPage(call, of);
  const author = authorOf(of, body.by);
  const inTrash = body.in_trash ?? body.archived;
  const change = {
    ...(body.parent && { parent: resolveParent(of, body.parent) }),
    ...(body.icon !== undefined && { icon: body.icon }),
    ...(body.cover !== undefined && { cover: body.cover }),
    ...(body.is_locked !== undefined && { isLocked: body.is_locked }),
    ...(inTrash !== undefined && { inTrash }),
    ...(body.properties && {
      values: writePageValues(of, { parent: page.parent, sent: body.properties, author }),
    }),
  };
  if (body.shared !== undefined) of.world.setShared(page.id, body.shared);
  if (Object.keys(change).length > 0) page = of.editor.updatePage(page, change, author);
  const before = of.world.blocks(page.id);
  const blocks = readBlocks(of, body, before);
  if (blocks !== undefined) {
    const changed = blocks.filter((block) => !before.includes(block)).map(({ id }) => id);
    of.editor.putBlocks(page, blocks, author, changed);
  }
  return answer(of, of.world.page(page.id) ?? page);
}

/** To the trash, as a person deletes; `permanently=true` empties it from there too. */
function deletePage(call: Call, of: ControlledWorkspace): Answer {
  const page = findPage(call, of);
  const author = authorOf(of, undefined);
  if (call.query.get('permanently') === 'true') {
    of.editor.removePage(page, author);
    return { status: 200, body: {} };
  }
  return answer(of, page.inTrash ? page : of.editor.updatePage(page, { inTrash: true }, author));
}

function answer(of: ControlledWorkspace, page: PageRecord, status = 200): Answer {
  const { lines } = markdownFromBlocks(of.world.blocks(page.id));
  return { status, body: { ...renderPage(page, renderingOf(of)), markdown: lines.join('\n') } };
}

function findPage(call: Call, of: ControlledWorkspace): PageRecord {
  const page = of.world.page(normaliseId(call.param('id')) ?? '');
  if (page === undefined)
    throw new ControlError(404, `no page ${call.param('id')} in ${of.world.workspace.name}`);
  return page;
}

/** Without a parent: a row of the first data source. */
function resolveParent(of: ControlledWorkspace, sent: z.infer<typeof parentFields> | undefined): Parent {
  const { page_id, data_source_id, database_id } = sent ?? {};
  if (page_id !== undefined) {
    if (of.world.page(page_id) === undefined) throw new ControlError(404, `no page ${page_id}`);
    return { type: 'page_id', page_id };
  }
  const isRow = sent === undefined || data_source_id !== undefined || database_id !== undefined;
  if (!isRow) return { type: 'workspace', workspace: true };
  const wanted =
    data_source_id ??
    (database_id === undefined ? undefined : of.world.database(database_id)?.dataSourceIds[0]) ??
    (sent === undefined ? of.world.dataSources(of.seq)[0]?.id : undefined);
  if (wanted === undefined || of.world.dataSource(wanted) === undefined)
    throw new ControlError(404, `no data source ${wanted ?? database_id ?? ''}`);
  return { type: 'data_source_id', data_source_id: wanted };
}

function readBlocks(
  of: ControlledWorkspace,
  body: { by?: string | undefined; children?: unknown[] | undefined; markdown?: string | undefined },
  before: readonly BlockRecord[],
): BlockRecord[] | undefined {
  const touched = of.editor.touchedNow(authorOf(of, body.by));
  if (body.children !== undefined) return writeBlocks(body.children, touched);
  if (body.markdown === undefined) return undefined;
  const parsed = blocksFromMarkdown(body.markdown, touched, (id) => before.find((block) => block.id === id));
  return keepUnchanged(before, parsed);
}
