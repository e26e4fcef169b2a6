/** Webhooks: https://developers.notion.com/reference/webhooks. They carry no content: what they name is read again. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { ProviderEnvironment, PushNotice, PushRequest } from '../contract/index.ts';
import { loosePages } from './collections.ts';

const handshake = z.object({ verification_token: z.string().min(8).max(400) });

const event = z.object({
  id: z.string().min(1).max(100),
  timestamp: z.iso.datetime({ offset: true }),
  workspace_id: z.string().min(1).max(100),
  type: z.string().max(100),
  entity: z.object({ id: z.string().max(100), type: z.string().max(40) }),
  data: z
    .object({
      parent: z
        .object({ type: z.string().max(40).optional(), data_source_id: z.string().max(100).optional() })
        .optional(),
    })
    .optional(),
});
type NotionEvent = z.infer<typeof event>;

/** Notion tries for about a day; whatever is older was recorded by somebody. */
const staleMs = 2 * 24 * 60 * 60 * 1000;

export function readNotionPush(request: PushRequest, environment: ProviderEnvironment): PushNotice {
  const signature = request.headers['x-notion-signature'];
  const body = Buffer.from(request.body);
  if (signature === undefined) return readHandshake(body, environment.webhookSecret);
  if (environment.webhookSecret === undefined)
    return refused(401, 'No verification token is set, so nothing can be verified.');
  const expected = `sha256=${createHmac('sha256', environment.webhookSecret).update(body).digest('hex')}`;
  if (!isSame(signature, expected)) return refused(401, 'The signature is wrong.');
  const read = event.safeParse(parseJson(body));
  if (!read.success) return refused(400, 'The event has another form than expected.');
  if (request.receivedAtMs - Date.parse(read.data.timestamp) > staleMs)
    return refused(401, 'The event is too old.');
  if (!/^(page|data_source|database)\./.test(read.data.type)) return { kind: 'ignored' };
  return {
    kind: 'account',
    accountId: read.data.workspace_id,
    deliveryId: read.data.id,
    collections: collectionsOf(read.data),
  };
}

/** Where a moved page was before is not told, nor whose a new database is: then all collections may have changed. */
function collectionsOf({ type, entity, data }: NotionEvent): string[] {
  if (entity.type === 'data_source') return [entity.id];
  if (entity.type !== 'page' || type === 'page.moved') return [];
  const parent = data?.parent;
  if (parent?.data_source_id !== undefined) return [parent.data_source_id];
  return parent?.type === 'database' ? [] : [loosePages];
}

/**
 * The first message of a new subscription: unsigned, with the token that will sign all others. The operator enters it in
 * Notion's page and sets it here, so without one set it goes to the log; with one set only the same is greeted.
 */
function readHandshake(body: Buffer, webhookSecret: string | undefined): PushNotice {
  const greeting = handshake.safeParse(parseJson(body));
  if (!greeting.success) return refused(401, 'The signature is missing.');
  const token = greeting.data.verification_token;
  if (webhookSecret === undefined) {
    return {
      kind: 'handshake',
      answer: {},
      operatorNote: `Notion's webhooks want to be verified. If you have just made the subscription: enter ${token} there, set NOTION_WEBHOOK_TOKEN to it, and start Harmony again.`,
    };
  }
  if (!isSame(token, webhookSecret))
    return refused(401, 'The verification token is not the one that is set.');
  return { kind: 'handshake', answer: {} };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const refused = (status: 400 | 401, reason: string): PushNotice => ({ kind: 'refused', status, reason });
