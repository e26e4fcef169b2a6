/** Rich text: checked as it is sent, filled up as it is answered. */
import { z } from 'zod';
import { normaliseId } from './ids.ts';
import type { Json, JsonObject, RichText } from './records.ts';

const plainAnnotations = {
  bold: false,
  italic: false,
  strikethrough: false,
  underline: false,
  code: false,
  color: 'default',
};

export const uuid = z.string().transform((text, context) => {
  const id = normaliseId(text);
  if (id !== undefined) return id;
  context.addIssue({ code: 'custom', message: 'should be a valid uuid' });
  return z.NEVER;
});

const annotations = z
  .strictObject({
    bold: z.boolean(),
    italic: z.boolean(),
    strikethrough: z.boolean(),
    underline: z.boolean(),
    code: z.boolean(),
    color: z.string(),
  })
  .partial()
  .optional();

export const dateValue = z.strictObject({
  start: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)), 'should be a valid ISO 8601 date string'),
  end: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)), 'should be a valid ISO 8601 date string')
    .nullish(),
  time_zone: z.string().nullish(),
});

const mention = z.union([
  z.strictObject({ type: z.literal('user').optional(), user: z.looseObject({ id: uuid }) }),
  z.strictObject({ type: z.literal('page').optional(), page: z.strictObject({ id: uuid }) }),
  z.strictObject({ type: z.literal('database').optional(), database: z.strictObject({ id: uuid }) }),
  z.strictObject({ type: z.literal('date').optional(), date: dateValue }),
]);

/** What a client may send back is what it was answered, so the computed fields are allowed and not looked at. */
const computed = { plain_text: z.string().optional(), href: z.string().nullish(), annotations };

const item = z.union([
  z.strictObject({
    type: z.literal('text').optional(),
    text: z.strictObject({
      content: z.string().max(2000, 'length should be ≤ `2000`'),
      link: z.object({ url: z.string().max(2000, 'length should be ≤ `2000`') }).nullish(),
    }),
    ...computed,
  }),
  z.strictObject({ type: z.literal('mention').optional(), mention, ...computed }),
  z.strictObject({
    type: z.literal('equation').optional(),
    equation: z.strictObject({ expression: z.string().max(1000, 'length should be ≤ `1000`') }),
    ...computed,
  }),
]);

/** Rich text of a request, filled up to what Notion answers. */
export const richText = z
  .array(item)
  .max(100, 'length should be ≤ `100`')
  .transform((items) => items.map(fill));

function fill(sent: z.infer<typeof item>): RichText {
  const style: JsonObject = { ...plainAnnotations };
  for (const [name, value] of Object.entries(sent.annotations ?? {}))
    if (value !== undefined) style[name] = value;
  if ('text' in sent) {
    const { content } = sent.text;
    const link = sent.text.link ? { url: sent.text.link.url } : null;
    return {
      type: 'text',
      text: { content, link },
      annotations: style,
      plain_text: content,
      href: link?.url ?? null,
    };
  }
  if ('equation' in sent) {
    const { expression } = sent.equation;
    return {
      type: 'equation',
      equation: { expression },
      annotations: style,
      plain_text: expression,
      href: null,
    };
  }
  return { ...mentionOf(sent.mention), annotations: style, href: null };
}

function mentionOf(sent: z.infer<typeof mention>): { type: string; mention: JsonObject; plain_text: string } {
  if ('user' in sent)
    return {
      type: 'mention',
      mention: { type: 'user', user: { object: 'user', id: sent.user.id } },
      plain_text: '@user',
    };
  if ('page' in sent)
    return { type: 'mention', mention: { type: 'page', page: { id: sent.page.id } }, plain_text: 'Untitled' };
  if ('database' in sent)
    return {
      type: 'mention',
      mention: { type: 'database', database: { id: sent.database.id } },
      plain_text: 'Untitled',
    };
  return {
    type: 'mention',
    mention: { type: 'date', date: fillDate(sent.date) },
    plain_text: sent.date.end ? `${sent.date.start} → ${sent.date.end}` : sent.date.start,
  };
}

export function fillDate(sent: z.infer<typeof dateValue>): JsonObject {
  return { start: sent.start, end: sent.end ?? null, time_zone: sent.time_zone ?? null };
}

export interface Style {
  bold?: boolean;
  italic?: boolean;
  strikethrough?: boolean;
  code?: boolean;
  link?: string;
}

/** One run of text. */
export function textRun(content: string, style: Style = {}): RichText {
  const { link, ...marks } = style;
  return {
    type: 'text',
    text: { content, link: link === undefined ? null : { url: link } },
    annotations: { ...plainAnnotations, ...marks },
    plain_text: content,
    href: link ?? null,
  };
}

export function plainText(items: Json | undefined): string {
  return Array.isArray(items) ? items.map((one) => (one as RichText).plain_text).join('') : '';
}

export function isMention(one: RichText): boolean {
  return one.type === 'mention';
}
