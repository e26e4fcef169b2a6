/** Icons and covers: checked as they are sent, with their type as they are answered. */
import { z } from 'zod';

const external = z.strictObject({ url: z.string().max(2000, 'length should be ≤ `2000`') });
const ofExternal = z
  .strictObject({ type: z.literal('external').optional(), external })
  .transform((sent) => ({ type: 'external', external: sent.external }));
const ofEmoji = z
  .strictObject({ type: z.literal('emoji').optional(), emoji: z.string().min(1) })
  .transform((sent) => ({ type: 'emoji', emoji: sent.emoji }));
const ofIcon = z
  .strictObject({
    type: z.literal('icon').optional(),
    icon: z.strictObject({ name: z.string(), color: z.string().optional() }),
  })
  .transform(({ icon: { name, color } }) => ({ type: 'icon', icon: { name, color: color ?? 'gray' } }));

/** null takes it away. */
export const appearance = {
  icon: z.union([ofEmoji, ofExternal, ofIcon]).nullish(),
  cover: ofExternal.nullish(),
};
