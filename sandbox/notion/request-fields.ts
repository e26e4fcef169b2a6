/** Fields that several requests share. */
import { z } from 'zod';
import { validationError } from './errors.ts';
import type { NotionVersion } from './render/rendering.ts';
import { uuid } from './rich-text.ts';

export const parentFields = z
  .strictObject({
    type: z.enum(['page_id', 'data_source_id', 'database_id', 'workspace']).optional(),
    page_id: uuid.optional(),
    data_source_id: uuid.optional(),
    database_id: uuid.optional(),
    workspace: z.literal(true).optional(),
  })
  .refine(
    ({ type, page_id, data_source_id, database_id, workspace }) =>
      type === 'workspace' || (page_id ?? data_source_id ?? database_id ?? workspace) !== undefined,
    'should have a page_id, data_source_id, database_id or workspace',
  );

/** `archived` was renamed to `in_trash` in 2026-03-11 and is refused from then on. */
export function versioned<T extends { archived?: boolean | undefined }>(body: T, version: NotionVersion): T {
  if (version !== '2025-09-03' && body.archived !== undefined)
    throw validationError(
      `body failed validation: body.archived should be not present, instead was \`${body.archived}\`.`,
    );
  return body;
}

export function trashChange(body: {
  archived?: boolean | undefined;
  in_trash?: boolean | undefined;
}): boolean | undefined {
  return body.in_trash ?? body.archived;
}
