/** Data sources and the databases that contain them. */
import { z } from 'zod';
import { appearance } from '../appearance.ts';
import { objectNotFound, validationError } from '../errors.ts';
import type { FindDatabase } from '../properties/write-schema.ts';
import { createSchema, updateSchema } from '../properties/write-schema.ts';
import type { DatabaseRecord, Parent } from '../records.ts';
import { renderDatabase, renderDataSource } from '../render/render-containers.ts';
import { parseBody, readJson } from '../request-body.ts';
import { parentFields, trashChange, versioned } from '../request-fields.ts';
import { richText } from '../rich-text.ts';
import type { NotionRoute, Session } from '../session.ts';
import { botOf, resolveParent } from './page-routes.ts';

const trash = { in_trash: z.boolean().optional(), archived: z.boolean().optional() };
const schemaSent = z.record(z.string(), z.unknown());

const createDataSourceBody = z.strictObject({
  parent: parentFields,
  properties: schemaSent,
  title: richText.optional(),
  icon: appearance.icon,
});

const updateDataSourceBody = z.strictObject({
  title: richText.optional(),
  description: richText.optional(),
  icon: appearance.icon,
  properties: schemaSent.optional(),
  ...trash,
});

const createDatabaseBody = z.strictObject({
  parent: parentFields,
  title: richText.default([]),
  description: richText.optional(),
  is_inline: z.boolean().optional(),
  initial_data_source: z.strictObject({ properties: schemaSent.optional() }).optional(),
  ...appearance,
});

const updateDatabaseBody = z.strictObject({
  title: richText.optional(),
  description: richText.optional(),
  is_inline: z.boolean().optional(),
  is_locked: z.boolean().optional(),
  parent: parentFields.optional(),
  ...appearance,
  ...trash,
});

const NEWEST = Number.POSITIVE_INFINITY;

export const dataSourceRoutes: readonly NotionRoute[] = [
  {
    method: 'GET',
    path: '/v1/data_sources/{data_source_id}',
    capability: 'read_content',
    handle: (session) =>
      renderDataSource(session.dataSource(session.id('data_source_id')), session.rendering(session.readSeq)),
  },
  {
    method: 'PATCH',
    path: '/v1/data_sources/{data_source_id}',
    capability: 'update_content',
    handle: (session) => {
      const dataSource = session.dataSource(session.id('data_source_id'), NEWEST);
      const body = versioned(parseBody(updateDataSourceBody, readJson(session.call)), session.version);
      const inTrash = trashChange(body);
      const change = {
        ...(body.title && { title: body.title }),
        ...(body.description && { description: body.description }),
        ...(body.icon !== undefined && { icon: body.icon }),
        ...(body.properties && {
          properties: updateSchema(dataSource.properties, body.properties, databaseFinder(session)),
        }),
        ...(inTrash !== undefined && { inTrash }),
      };
      const next = session.editor.updateDataSource(dataSource, change, botOf(session));
      return renderDataSource(next, session.rendering(NEWEST));
    },
  },
  {
    method: 'POST',
    path: '/v1/data_sources',
    capability: 'insert_content',
    handle: (session) => {
      const body = parseBody(createDataSourceBody, readJson(session.call));
      const order = {
        title: body.title ?? [],
        icon: body.icon ?? null,
        properties: createSchema(body.properties, databaseFinder(session)),
      };
      const database =
        body.parent.database_id === undefined ? undefined : sharedDatabase(session, body.parent.database_id);
      // The openapi document also has a page as the parent: then a database is made around the data source.
      const dataSource =
        database === undefined
          ? session.editor.createDatabase(
              { ...order, parent: containerParent(session, body.parent) },
              botOf(session),
            ).dataSource
          : session.editor.createDataSource(database, order, botOf(session));
      return renderDataSource(dataSource, session.rendering(NEWEST));
    },
  },
  {
    method: 'GET',
    path: '/v1/data_sources/{data_source_id}/templates',
    capability: 'read_content',
    list: true,
    handle: (session) => {
      session.dataSource(session.id('data_source_id'));
      return { templates: [], has_more: false, next_cursor: null };
    },
  },
  {
    method: 'GET',
    path: '/v1/databases/{database_id}',
    capability: 'read_content',
    handle: (session) =>
      renderDatabase(
        sharedDatabase(session, session.id('database_id'), session.readSeq),
        session.rendering(session.readSeq),
      ),
  },
  {
    method: 'POST',
    path: '/v1/databases',
    capability: 'insert_content',
    handle: (session) => {
      const body = parseBody(createDatabaseBody, readJson(session.call));
      const properties = createSchema(
        body.initial_data_source?.properties ?? { Name: { title: {} } },
        databaseFinder(session),
      );
      const { database } = session.editor.createDatabase(
        {
          parent: containerParent(session, body.parent),
          title: body.title,
          description: body.description ?? [],
          icon: body.icon ?? null,
          isInline: body.is_inline ?? false,
          properties,
        },
        botOf(session),
      );
      return renderDatabase(database, session.rendering(NEWEST));
    },
  },
  {
    method: 'PATCH',
    path: '/v1/databases/{database_id}',
    capability: 'update_content',
    handle: (session) => {
      const database = sharedDatabase(session, session.id('database_id'));
      const body = versioned(parseBody(updateDatabaseBody, readJson(session.call)), session.version);
      const inTrash = trashChange(body);
      const change = {
        ...(body.title && { title: body.title }),
        ...(body.description && { description: body.description }),
        ...(body.icon !== undefined && { icon: body.icon }),
        ...(body.cover !== undefined && { cover: body.cover }),
        ...(body.is_inline !== undefined && { isInline: body.is_inline }),
        ...(body.is_locked !== undefined && { isLocked: body.is_locked }),
        ...(body.parent && { parent: containerParent(session, body.parent) }),
        ...(inTrash !== undefined && { inTrash }),
      };
      const next = session.editor.updateDatabase(database, change, botOf(session));
      return renderDatabase(next, session.rendering(NEWEST));
    },
  },
];

function sharedDatabase(session: Session, id: string, seq = NEWEST): DatabaseRecord {
  const database = session.world.database(id, seq);
  if (database === undefined || !session.access(seq).seesDatabase(database))
    throw objectNotFound('database', id);
  return database;
}

function containerParent(session: Session, sent: z.infer<typeof parentFields>): Parent {
  const parent = resolveParent(session, sent);
  if (parent.type === 'data_source_id')
    throw validationError('body failed validation: body.parent should be a page or the workspace.');
  return parent;
}

function databaseFinder(session: Session): FindDatabase {
  return (dataSourceId) => session.dataSource(dataSourceId, NEWEST).databaseId;
}
