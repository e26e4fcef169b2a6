/** `/_control/notion/{workspace}/webhook-subscription`: what a person does in the app's settings, since no API does it. */
import { z } from 'zod';
import { ControlError, parseControl } from '../../control/control-error.ts';
import { listPage } from '../../control/listing.ts';
import type { Call } from '../../core/call.ts';
import type { Answer, ControlRoute } from '../../core/provider.ts';
import { notionVersions } from '../render/rendering.ts';
import type { Subscription, Subscriptions } from '../webhooks/subscriptions.ts';
import { type ControlParts, control } from './controlled-workspace.ts';

const createBody = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  /** All of them without a list. */
  eventTypes: z.array(z.string()).optional(),
  apiVersion: z.enum(notionVersions).default('2026-03-11'),
  /** Else the setting's, or a random one. */
  verificationToken: z.string().min(8).optional(),
  /** Whether the person enters the token as soon as the endpoint has taken it. */
  activate: z.boolean().default(true),
});

const verifyBody = z.strictObject({ verificationToken: z.string() });

export function webhookControls(parts: ControlParts): ControlRoute[] {
  const { subscriptions } = parts;
  const path = '/notion/{workspace}/webhook-subscription';
  return [
    {
      method: 'GET',
      path,
      handle: control(parts, (call) => ({ status: 200, body: listPage(subscriptions.list(), call) })),
    },
    { method: 'POST', path, handle: control(parts, (call) => subscribe(call, subscriptions)) },
    {
      method: 'POST',
      path: `${path}/{id}/verify`,
      handle: control(parts, (call) => verify(call, subscriptions)),
    },
    {
      method: 'DELETE',
      path: `${path}/{id}`,
      handle: control(parts, (call) => {
        subscriptions.delete(find(call, subscriptions).id);
        return { status: 200, body: {} };
      }),
    },
  ];
}

async function subscribe(call: Call, subscriptions: Subscriptions): Promise<Answer> {
  const body = parseControl(createBody, call.json());
  const { url, apiVersion, verificationToken } = body;
  const subscription = subscriptions.create({
    url,
    apiVersion,
    eventTypes: body.eventTypes ?? null,
    ...(verificationToken !== undefined && { verificationToken }),
  });
  const status = await subscriptions.sendVerificationToken(subscription);
  const delivered = status !== undefined && status >= 200 && status < 300;
  if (delivered && body.activate) subscriptions.setStatus(subscription.id, 'active');
  return {
    status: 201,
    body: { ...subscriptions.get(subscription.id), handshake: { delivered, status: status ?? null } },
  };
}

function verify(call: Call, subscriptions: Subscriptions): Answer {
  const { verificationToken } = parseControl(verifyBody, call.json());
  const subscription = find(call, subscriptions);
  if (subscription.verificationToken !== verificationToken)
    throw new ControlError(400, 'verificationToken: not the one that was sent');
  subscriptions.setStatus(subscription.id, 'active');
  return { status: 200, body: subscriptions.get(subscription.id) };
}

function find(call: Call, subscriptions: Subscriptions): Subscription {
  const subscription = subscriptions.get(call.param('id'));
  if (subscription === undefined) throw new ControlError(404, `no subscription ${call.param('id')}`);
  return subscription;
}
