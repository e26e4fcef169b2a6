/** Webhook subscriptions. Live they are made in the settings page of an app; here by a control route. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import type { NotionSettings } from '../settings.ts';

export interface Subscription {
  id: string;
  clientId: string;
  url: string;
  /** Sent once, unsigned; signs everything later. */
  verificationToken: string;
  /** Active once the person has entered the token that the endpoint received. */
  status: 'pending' | 'active' | 'paused';
  /** null for all. */
  eventTypes: string[] | null;
  apiVersion: string;
}

export class Subscriptions {
  readonly #core: SandboxCore<NotionSettings>;
  readonly #table;

  constructor(core: SandboxCore<NotionSettings>) {
    this.#core = core;
    this.#table = core.state.table<Subscription>('notion.webhook-subscriptions');
  }

  list(): Subscription[] {
    return [...this.#table.entries()].map(([, subscription]) => subscription);
  }

  get(id: string): Subscription | undefined {
    return this.#table.get(id);
  }

  /** An app has one subscription per address: the same address again starts that one anew. */
  create(
    order: Pick<Subscription, 'url' | 'eventTypes' | 'apiVersion'> & { verificationToken?: string },
  ): Subscription {
    const { clientId, webhookVerificationToken } = this.#core.settings();
    const former = this.list().find((one) => one.url === order.url && one.clientId === clientId);
    const subscription: Subscription = {
      id: former?.id ?? randomUUID(),
      clientId,
      url: order.url,
      eventTypes: order.eventTypes,
      apiVersion: order.apiVersion,
      verificationToken:
        order.verificationToken ??
        webhookVerificationToken ??
        `secret_${randomBytes(32).toString('base64url')}`,
      status: 'pending',
    };
    this.#table.set(subscription.id, subscription);
    return subscription;
  }

  setStatus(id: string, status: Subscription['status']): void {
    const subscription = this.#table.get(id);
    if (subscription !== undefined) this.#table.set(id, { ...subscription, status });
  }

  delete(id: string): void {
    this.#table.delete(id);
  }

  /** Posts the token to the endpoint. @returns the status that came back; undefined where none did */
  async sendVerificationToken(subscription: Subscription): Promise<number | undefined> {
    try {
      const response = await fetch(subscription.url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ verification_token: subscription.verificationToken }),
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#core.settings().webhookTimeoutMs),
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      return undefined;
    }
  }
}
