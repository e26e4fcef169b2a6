/** The three data sources of a seeded workspace: their properties, and which share of the pages each holds. */
import type { IdCodec } from '../ids.ts';
import type { Json, JsonObject, PropertyDefinition } from '../records.ts';
import { tags } from './word-lists.ts';

export interface SeededSchema {
  title: string;
  icon: string;
  /** Of the pages that are rows. Tasks get the rest. */
  share: number;
  properties: PropertyDefinition[];
}

const colours = ['gray', 'brown', 'orange', 'yellow', 'green', 'blue', 'purple', 'pink', 'red'] as const;

export function createSchemas(ids: IdCodec): readonly [SeededSchema, SeededSchema, SeededSchema] {
  let lastOption = 0;
  const options = (names: readonly string[]): Json[] =>
    names.map((name, i) => ({
      id: ids.encode('option', ++lastOption),
      name,
      color: colours[i % colours.length] ?? 'default',
      description: null,
    }));
  const dataSource = (index: number): JsonObject => ({
    database_id: ids.encode('database', index),
    data_source_id: ids.encode('data_source', index),
    type: 'single_property',
    single_property: {},
  });
  return [
    {
      title: 'Tasks',
      icon: '✅',
      share: 0.6,
      properties: [
        define('title', 'Name', 'title'),
        define('Z%5Cd%3F', 'Status', 'status', statusConfig(options(['Not started', 'In progress', 'Done']))),
        define('%3AUPp', 'Priority', 'select', { options: options(['Low', 'Medium', 'High', 'Kritisch']) }),
        define('kq%60R', 'Tags', 'multi_select', { options: options(tags) }),
        define('a%7BLm', 'Due', 'date'),
        define('ZcR_', 'Assignee', 'people'),
        define('XyVs', 'Estimate', 'number', { format: 'number' }),
        define('nd%3E%5B', 'Effort in hours', 'formula', { expression: 'prop("Estimate") * 8' }),
        define('%3Fb%3D~', 'Blocked', 'checkbox'),
        define('pQ%40w', 'Link', 'url'),
        define('eGh%7C', 'Customer', 'relation', dataSource(2)),
        define('FtYo', 'Notes', 'rich_text'),
        define('q%7B%7Dz', 'Number', 'unique_id', { prefix: 'TSK' }),
        define('wJk%3B', 'Created', 'created_time'),
        define('Vb_1', 'Edited', 'last_edited_time'),
        define('hh%2Fe', 'Created by', 'created_by'),
      ],
    },
    {
      title: 'Meeting notes',
      icon: '🗒️',
      share: 0.25,
      properties: [
        define('title', 'Title', 'title'),
        define('dT%3Cx', 'When', 'date'),
        define('Pl%5Dk', 'Attendees', 'people'),
        define('mmT0', 'Kind', 'select', { options: options(['Internal', 'Customer', '面接']) }),
        define('u%3EoP', 'Summary', 'rich_text'),
        define('rEl%3A', 'Action items', 'relation', dataSource(0)),
        define('L9sq', 'Recording', 'url'),
        define('vv%24b', 'Edited by', 'last_edited_by'),
      ],
    },
    {
      title: 'Customers',
      icon: '🤝',
      share: 0.15,
      properties: [
        define('title', 'Contact', 'title'),
        define('cO%25m', 'Company', 'rich_text'),
        define('eM%40l', 'E-mail', 'email'),
        define('pHn%2B', 'Phone', 'phone_number'),
        define('wEb%2F', 'Website', 'url'),
        define('sGm7', 'Segment', 'select', { options: options(['SMB', 'Mid-market', 'Enterprise']) }),
        define('vAl%3D', 'Contract value', 'number', { format: 'euro' }),
        define('aCt1', 'Active', 'checkbox'),
        define('sNc%5E', 'Customer since', 'date'),
        define('fLs%7E', 'Files', 'files'),
      ],
    },
  ];
}

function define(id: string, name: string, type: string, config: JsonObject = {}): PropertyDefinition {
  return { id, name, type, description: null, config };
}

/** The three groups that every status property has. */
export function statusConfig(options: Json[]): JsonObject {
  const groups = ['To-do', 'In progress', 'Complete'].map((name, i) => ({
    id: `group-${i + 1}`,
    name,
    color: ['gray', 'blue', 'green'][i] ?? 'default',
    option_ids: options
      .filter((_, at) => Math.min(at, 2) === i)
      .map((option) => (option as { id: string }).id),
  }));
  return { options, groups };
}
