import { randomUUID } from 'node:crypto';
import type { Editor } from '../editor.ts';
import type { Author, Json, PageRecord, Parent } from '../records.ts';
import { schemaOf } from '../render/rendering.ts';
import type { WorkspaceWorld } from '../world/workspace-world.ts';
import { writeValues } from './write-value.ts';

/** Checks the values of a page under that parent, and keeps options that were named for the first time. */
export function writePageValues(
  workspace: { world: WorkspaceWorld; editor: Editor },
  order: { parent: Parent; sent: Record<string, unknown>; author: Author },
): Record<string, Json> {
  const { world, editor } = workspace;
  const { parent } = order;
  const schema = schemaOf({ parent } as PageRecord, { world, seq: Number.POSITIVE_INFINITY });
  const { values, properties } = writeValues(order.sent, schema, randomUUID);
  const hasNewOptions = properties.some(({ config }, i) => config.options !== schema[i]?.config.options);
  if (hasNewOptions && parent.type === 'data_source_id') {
    const dataSource = world.dataSource(parent.data_source_id);
    if (dataSource !== undefined) editor.updateDataSource(dataSource, { properties }, order.author);
  }
  return values;
}
