/** Tells webhooks what changed: signed, one delivery id per event, tried again as documented. */
import { createHmac, randomUUID } from 'node:crypto';
import type { GrantStore } from '../../core/grants.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { splitGrantAccount } from '../oauth/callers.ts';
import type { LinearSettings } from '../settings.ts';
import { createIdSeries } from '../world/ids.ts';
import type { UserRecord } from '../world/records.ts';
import type { Workspace } from '../world/workspace.ts';
import { personOf, type WebhookType } from './payloads.ts';

export interface EntityEvent {
  type: WebhookType;
  action: 'create' | 'update' | 'remove';
  data: Record<string, unknown>;
  url: string;
  /** Previous values of what changed; on updates only. */
  updatedFrom?: Record<string, unknown>;
  actor: UserRecord | undefined;
  /** The team it belongs to; null for the whole organization. */
  teamId: string | null;
}

interface Receiver {
  id: string;
  url: string;
  secret: string;
}

export class LinearEvents {
  readonly #core: SandboxCore<LinearSettings>;
  readonly #grants: GrantStore;

  constructor(core: SandboxCore<LinearSettings>, grants: GrantStore) {
    this.#core = core;
    this.#grants = grants;
  }

  /** Sends an event to every webhook of the organization that asked for its type. */
  emit(workspace: Workspace, event: EntityEvent): void {
    const receivers = this.#receiversOf(workspace, event);
    if (receivers.length === 0) return;
    const createdAt = this.#core.clock.iso();
    const body = {
      action: event.action,
      actor: event.actor && { ...personOf(workspace, event.actor.id), type: 'user' },
      createdAt,
      data: event.data,
      ...(event.updatedFrom && { updatedFrom: event.updatedFrom }),
      url: event.url,
      type: event.type,
      organizationId: workspace.id,
    };
    for (const receiver of receivers) this.#send(receiver, event.type, body);
  }

  /** The organization has removed the app. */
  emitRevoked(workspace: Workspace): void {
    const receiver = this.#appReceiver(workspace);
    if (receiver === undefined) return;
    this.#send(receiver, 'OAuthApp', {
      action: 'revoked',
      createdAt: this.#core.clock.iso(),
      type: 'OAuthApp',
      organizationId: workspace.id,
      oauthClientId: this.#core.settings().clientId,
    });
  }

  #receiversOf(workspace: Workspace, event: EntityEvent): Receiver[] {
    const receivers: Receiver[] = [];
    for (const webhook of workspace.webhooks.changed()) {
      const isMeant =
        webhook.enabled &&
        webhook.resourceTypes.includes(event.type) &&
        (webhook.teamId === null || event.teamId === null || webhook.teamId === event.teamId);
      if (isMeant) receivers.push(webhook);
    }
    const app = this.#appReceiver(workspace);
    if (app !== undefined && this.#core.settings().appWebhookResourceTypes.includes(event.type))
      receivers.push(app);
    return receivers;
  }

  /** The app's webhook, where the organization has authorised the app. */
  #appReceiver(workspace: Workspace): Receiver | undefined {
    const { appWebhookUrl, appWebhookSecret, clientId } = this.#core.settings();
    if (appWebhookUrl === null) return undefined;
    const isAuthorised = [...this.#grants.grants.entries()].some(
      ([, grant]) =>
        grant.clientId === clientId && splitGrantAccount(grant.account).organization === workspace.spec.name,
    );
    if (!isAuthorised) return undefined;
    const id = createIdSeries(`app webhook ${clientId} ${workspace.spec.name}`, 0).id(0);
    return { id, url: appWebhookUrl, secret: appWebhookSecret };
  }

  #send(receiver: Receiver, type: string, content: Record<string, unknown>): void {
    const settings = this.#core.settings();
    const deliveryId = randomUUID();
    const firstTimestamp = this.#core.clock.now();
    this.#core.pushes.send({
      provider: 'linear',
      target: receiver.id,
      url: receiver.url,
      build: (attempt) => {
        const isFresh = attempt > 1 && settings.freshTimestampOnRetry;
        const webhookTimestamp = isFresh ? this.#core.clock.now() : firstTimestamp;
        const body = JSON.stringify({ ...content, webhookId: receiver.id, webhookTimestamp });
        return {
          headers: {
            'Content-Type': 'application/json; charset=utf-8',
            'User-Agent': 'Linear-Webhook',
            'Linear-Delivery': deliveryId,
            'Linear-Event': type,
            'Linear-Signature': createHmac('sha256', receiver.secret).update(body).digest('hex'),
          },
          body,
        };
      },
      isDelivered: (status) => status === 200,
      isRetried: () => true,
      retryDelaysMs: settings.webhookRetryDelaysMs,
      timeoutMs: settings.webhookTimeoutMs,
    });
  }
}
