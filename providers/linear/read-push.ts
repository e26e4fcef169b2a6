/** Linear's webhooks: signed bodies, fresh for a minute. https://linear.app/developers/webhooks */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { ProviderEnvironment, PushNotice, PushRequest } from '../contract/index.ts';

const freshForMs = 60_000;

const payload = z.looseObject({
  type: z.string(),
  action: z.string(),
  organizationId: z.string().min(1).max(100),
  webhookTimestamp: z.number(),
  createdAt: z.iso.datetime().optional(),
  data: z
    .looseObject({
      teamId: z.string().nullish(),
      issue: z.looseObject({ teamId: z.string().nullish() }).nullish(),
    })
    .optional(),
  updatedFrom: z.looseObject({ teamId: z.string().nullish() }).nullish(),
});

/** Which of our streams an event is about; one that is not named here is about all of them. */
const streamsOf: Readonly<Record<string, readonly string[]>> = {
  Issue: ['issues'],
  IssueLabel: ['issues'],
  Project: ['issues'],
  Comment: ['comments'],
  User: ['members'],
};

export function readLinearPush(push: PushRequest, environment: ProviderEnvironment): PushNotice {
  const { headers, body, receivedAtMs } = push;
  const deliveryId = headers['linear-delivery'];
  if (!isSigned(headers['linear-signature'], body, environment.webhookSecret)) {
    return { kind: 'refused', status: 401, reason: 'The signature is missing or wrong.' };
  }
  const event = payload.safeParse(parse(body));
  if (!event.success || !deliveryId || !/^[\w-]{1,100}$/.test(deliveryId)) {
    return { kind: 'refused', status: 400, reason: 'The push has not the form of a Linear webhook.' };
  }
  const { type, action, organizationId, webhookTimestamp, createdAt, data, updatedFrom } = event.data;
  if (Math.abs(receivedAtMs - webhookTimestamp) > freshForMs) {
    return { kind: 'refused', status: 401, reason: 'The push is older than a minute.' };
  }
  const notice = { kind: 'account' as const, accountId: organizationId, deliveryId };
  if (type === 'OAuthApp' && action === 'revoked') {
    const revokedAt = createdAt ?? new Date(webhookTimestamp).toISOString();
    return { ...notice, collections: [], revokedAt };
  }
  // An issue that moved concerns the team that it left, too.
  const teams = [data?.teamId, data?.issue?.teamId, updatedFrom?.teamId];
  const streams = streamsOf[type];
  return {
    ...notice,
    collections: teams.filter((team): team is string => typeof team === 'string'),
    ...(streams === undefined ? {} : { streams }),
  };
}

function isSigned(signature: string | undefined, body: Uint8Array, secret: string | undefined): boolean {
  if (secret === undefined || signature === undefined || !/^[0-9a-f]{64}$/.test(signature)) return false;
  const expected = createHmac('sha256', secret).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
