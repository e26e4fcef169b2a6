/** `/_control/notion/{workspace}/data-sources`: databases with their one data source, as a person makes and changes them. */
import { z } from 'zod';
import { ControlError, parseControl } from '../../control/control-error.ts';
import { listPage } from '../../control/listing.ts';
import type { Call } from '../../core/call.ts';
import type { Answer, ControlRoute } from '../../core/provider.ts';
import { appearance } from '../appearance.ts';
import { normaliseId } from '../ids.ts';
import { createSchema, updateSchema } from '../properties/write-schema.ts';
import type { DataSourceRecord } from '../records.ts';
import { renderDataSource } from '../render/render-containers.ts';
import { richText, textRun, uuid } from '../rich-text.ts';
import {
  authorOf,
  type ControlledWorkspace,
  type ControlParts,
  control,
  renderingOf,
} from './controlled-workspace.ts';

/** A plain text will do for a title. */
const title = z.union([z.string().transform((text) => [textRun(text)]), richText]);

const shared = {
  by: z.string().optional(),
  shared: z.boolean().optional(),
  icon: appearance.icon,
  properties: z.record(z.string(), z.unknown()).optional(),
};
const createBody = z.strictObject({ ...shared, title, parent: z.strictObject({ page_id: uuid }).optional() });
const updateBody = z.strictObject({
  ...shared,
  title: title.optional(),
  in_trash: z.boolean().optional(),
  archived: z.boolean().optional(),
});

export function dataSourceControls(parts: ControlParts): ControlRoute[] {
  const path = '/notion/{workspace}/data-sources';
  return [
    { method: 'GET', path, handle: control(parts, listDataSources) },
    { method: 'POST', path, handle: control(parts, createDataSource) },
    { method: 'GET', path: `${path}/{id}`, handle: control(parts, (call, of) => answer(of, find(call, of))) },
    { method: 'PATCH', path: `${path}/{id}`, handle: control(parts, updateDataSource) },
    { method: 'DELETE', path: `${path}/{id}`, handle: control(parts, deleteDataSource) },
  ];
}

function listDataSources(call: Call, of: ControlledWorkspace): Answer {
  const inTrash = call.query.get('in_trash') === 'true';
  const rendering = renderingOf(of);
  const all = of.world.dataSources(of.seq).filter((one) => one.inTrash === inTrash);
  return {
    status: 200,
    body: listPage(
      all.map((one) => renderDataSource(one, rendering)),
      call,
    ),
  };
}

function createDataSource(call: Call, of: ControlledWorkspace): Answer {
  const body = parseControl(createBody, call.json());
  if (body.parent && of.world.page(body.parent.page_id) === undefined)
    throw new ControlError(404, `no page ${body.parent.page_id}`);
  const { dataSource } = of.editor.createDatabase(
    {
      parent: body.parent
        ? { type: 'page_id', page_id: body.parent.page_id }
        : { type: 'workspace', workspace: true },
      title: body.title,
      icon: body.icon ?? null,
      properties: createSchema(body.properties ?? { Name: { title: {} } }, (id) => databaseOf(of, id)),
      shared: body.shared,
    },
    authorOf(of, body.by),
  );
  return answer(of, dataSource, 201);
}

function updateDataSource(call: Call, of: ControlledWorkspace): Answer {
  const body = parseControl(updateBody, call.json());
  const dataSource = find(call, of);
  const author = authorOf(of, body.by);
  const inTrash = body.in_trash ?? body.archived;
  if (body.shared !== undefined) of.world.setShared(dataSource.databaseId, body.shared);
  const change = {
    ...(body.title && { title: body.title }),
    ...(body.icon !== undefined && { icon: body.icon }),
    ...(body.properties && {
      properties: updateSchema(dataSource.properties, body.properties, (id) => databaseOf(of, id)),
    }),
    ...(inTrash !== undefined && { inTrash }),
  };
  if (Object.keys(change).length === 0) return answer(of, dataSource);
  const database = of.world.database(dataSource.databaseId);
  if (database !== undefined && (change.title !== undefined || inTrash !== undefined))
    of.editor.updateDatabase(
      database,
      { ...(change.title && { title: change.title }), ...(inTrash !== undefined && { inTrash }) },
      author,
    );
  return answer(of, of.editor.updateDataSource(dataSource, change, author));
}

function deleteDataSource(call: Call, of: ControlledWorkspace): Answer {
  const dataSource = find(call, of);
  const author = authorOf(of, undefined);
  const database = of.world.database(dataSource.databaseId);
  const trashed = dataSource.inTrash
    ? dataSource
    : of.editor.updateDataSource(dataSource, { inTrash: true }, author);
  if (database !== undefined && !database.inTrash)
    of.editor.updateDatabase(database, { inTrash: true }, author);
  if (call.query.get('permanently') !== 'true') return answer(of, trashed);
  of.world.removeDataSource(dataSource.id);
  of.world.removeDatabase(dataSource.databaseId);
  return { status: 200, body: {} };
}

function answer(of: ControlledWorkspace, dataSource: DataSourceRecord, status = 200): Answer {
  return { status, body: renderDataSource(dataSource, renderingOf(of)) };
}

function find(call: Call, of: ControlledWorkspace): DataSourceRecord {
  const dataSource = of.world.dataSource(normaliseId(call.param('id')) ?? '');
  if (dataSource === undefined)
    throw new ControlError(404, `no data source ${call.param('id')} in ${of.world.workspace.name}`);
  return dataSource;
}

function databaseOf(of: ControlledWorkspace, dataSourceId: string): string {
  const dataSource = of.world.dataSource(dataSourceId);
  if (dataSource === undefined) throw new ControlError(404, `no data source ${dataSourceId}`);
  return dataSource.databaseId;
}
