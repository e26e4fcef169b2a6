/** Blocks as clients send them, checked and brought into the form that is kept. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { validationError } from '../errors.ts';
import type { BlockRecord, JsonObject, Touched } from '../records.ts';
import { parseBody } from '../request-body.ts';
import { richText, uuid } from '../rich-text.ts';

const colour = z.string().default('default');
const caption = richText.default([]);
const textual = { rich_text: richText, color: colour };
const heading = { ...textual, is_toggleable: z.boolean().default(false) };
const url = z.string().max(2000, 'length should be ≤ `2000`');
const media = {
  type: z.literal('external').default('external'),
  external: z.strictObject({ url }),
  caption,
};

/** What each type takes under its key; `children` are taken off before. */
export const blockContents: Record<string, z.ZodType> = {
  paragraph: z.strictObject({ ...textual, icon: z.json().optional() }),
  heading_1: z.strictObject(heading),
  heading_2: z.strictObject(heading),
  heading_3: z.strictObject(heading),
  heading_4: z.strictObject(heading),
  bulleted_list_item: z.strictObject(textual),
  numbered_list_item: z.strictObject({
    ...textual,
    list_start_index: z.int().optional(),
    list_format: z.string().optional(),
  }),
  to_do: z.strictObject({ ...textual, checked: z.boolean().default(false) }),
  toggle: z.strictObject(textual),
  quote: z.strictObject(textual),
  callout: z.strictObject({ ...textual, icon: z.json().default(null) }),
  code: z.strictObject({ rich_text: richText, caption, language: z.string().default('plain text') }),
  equation: z.strictObject({ expression: z.string().max(1000, 'length should be ≤ `1000`') }),
  divider: z.strictObject({}),
  breadcrumb: z.strictObject({}),
  table_of_contents: z.strictObject({ color: colour }),
  bookmark: z.strictObject({ url, caption }),
  embed: z.strictObject({ url, caption }),
  image: z.strictObject(media),
  video: z.strictObject(media),
  pdf: z.strictObject(media),
  audio: z.strictObject(media),
  file: z.strictObject({ ...media, name: z.string().optional() }),
  table: z.strictObject({
    table_width: z.int().min(1),
    has_column_header: z.boolean().default(false),
    has_row_header: z.boolean().default(false),
  }),
  table_row: z.strictObject({ cells: z.array(richText).max(100, 'length should be ≤ `100`') }),
  column_list: z.strictObject({}),
  column: z.strictObject({ width_ratio: z.number().optional() }),
  link_to_page: z.looseObject({ page_id: uuid.optional(), database_id: uuid.optional() }),
  synced_block: z.looseObject({}),
};

const MAX_BLOCKS = 1000;
const MAX_NESTING = 2;

/** Makes records with fresh ids. Throws 400 validation_error beyond the documented sizes. */
export function writeBlocks(children: unknown, touched: Touched): BlockRecord[] {
  let count = 0;
  const read = (list: unknown, depth: number, at: string): BlockRecord[] => {
    if (!Array.isArray(list)) throw validationError(`body failed validation: ${at} should be an array.`);
    if (list.length > 100)
      throw validationError(
        `body failed validation: ${at}.length should be ≤ \`100\`, instead was \`${list.length}\`.`,
      );
    count += list.length;
    if (count > MAX_BLOCKS)
      throw validationError(`body failed validation: ${at} should hold at most ${MAX_BLOCKS} blocks.`);
    return list.map((sent, i) => readOne(sent, depth, `${at}[${i}]`));
  };
  const readOne = (sent: unknown, depth: number, at: string): BlockRecord => {
    const { type, content } = splitBlock(sent, at);
    const { children: nested, ...own } = content;
    if (nested !== undefined && depth >= MAX_NESTING)
      throw validationError(`body failed validation: ${at}.${type}.children should be not present.`);
    return {
      id: randomUUID(),
      type,
      content: parseBlockContent(type, own, at),
      ...touched,
      children: nested === undefined ? [] : read(nested, depth + 1, `${at}.${type}.children`),
    };
  };
  return read(children, 0, 'body.children');
}

export function parseBlockContent(type: string, content: unknown, at: string): JsonObject {
  const schema = blockContents[type];
  if (schema === undefined)
    throw validationError(`body failed validation: ${at}.${type} should be not present.`);
  return parseBody(schema, content, `${at}.${type}`) as JsonObject;
}

function splitBlock(sent: unknown, at: string): { type: string; content: JsonObject } {
  const block = (typeof sent === 'object' && sent !== null ? sent : {}) as JsonObject;
  const { object: _, type: named, children, ...rest } = block;
  const type = typeof named === 'string' ? named : Object.keys(rest)[0];
  const unknown = Object.keys(rest).find((key) => key !== type);
  if (unknown !== undefined)
    throw validationError(
      `body failed validation: ${at}.${unknown} should be not present, instead was \`${JSON.stringify(rest[unknown]).slice(0, 80)}\`.`,
    );
  if (type === undefined || blockContents[type] === undefined || !(type in rest))
    throw validationError(
      `body failed validation: ${at}.${type ?? 'type'} should be defined, instead was \`undefined\`.`,
    );
  const content = rest[type] as JsonObject;
  return { type, content: children === undefined ? content : { ...content, children } };
}
