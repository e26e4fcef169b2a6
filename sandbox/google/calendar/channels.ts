/** Watch channels: who is told of which change, and the notifications that go out (https://developers.google.com/workspace/calendar/api/guides/push). */
import { createHash } from 'node:crypto';
import type { GrantStore } from '../../core/grants.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import type { GoogleSettings } from '../settings.ts';

export interface Channel {
  id: string;
  resourceId: string;
  resourceUri: string;
  /** Names what is watched: `events ada@example.com <calendar>` or `calendarList ada@example.com`. */
  resource: string;
  account: string;
  clientId: string;
  /** Absent of those that an earlier version opened. */
  grantId?: string;
  address: string;
  token?: string;
  /** ms since the epoch. */
  expiresAt: number;
  /** Of the last notification; they grow, also across retries. */
  messageNumber: number;
}

const delivered = new Set([102, 200, 201, 202, 204]);
const retried = new Set([500, 502, 503, 504]);

export class Channels {
  readonly #core: SandboxCore<GoogleSettings>;
  readonly #grants: GrantStore;
  readonly #table;

  constructor(core: SandboxCore<GoogleSettings>, grants: GrantStore) {
    this.#core = core;
    this.#grants = grants;
    this.#table = core.state.table<Channel>('google.world.channels');
  }

  find(id: string): Channel | undefined {
    const channel = this.#table.get(id);
    return channel !== undefined && this.#isGranted(channel) ? channel : undefined;
  }

  list(account: string): Channel[] {
    return [...this.#table.entries()]
      .map(([, channel]) => channel)
      .filter((channel) => channel.account === account && this.#isGranted(channel));
  }

  /** Opens the channel and sends the sync message, which may arrive before the caller's answer. */
  open(channel: Omit<Channel, 'resourceId' | 'messageNumber'>): Channel {
    const resourceId = createHash('sha256').update(channel.resource).digest('base64url').slice(0, 27);
    const opened: Channel = { ...channel, resourceId, messageNumber: 0 };
    this.#table.set(channel.id, opened);
    this.#send(opened, 'sync');
    return opened;
  }

  close(id: string): void {
    this.#table.delete(id);
  }

  /** Tells every living channel on the resource that something exists to be read. */
  notify(resource: string): void {
    for (const [, channel] of [...this.#table.entries()])
      if (channel.resource === resource) this.#send(channel, 'exists');
  }

  #send(channel: Channel, state: 'sync' | 'exists'): void {
    const settings = this.#core.settings();
    const isGranted = this.#isGranted(channel);
    if (channel.expiresAt <= this.#core.clock.now() || (!isGranted && settings.revocationEndsChannels)) {
      this.#table.delete(channel.id);
      return;
    }
    if (!isGranted) return;
    const messageNumber = channel.messageNumber + 1;
    this.#table.set(channel.id, { ...channel, messageNumber });
    const headers: Record<string, string> = {
      'User-Agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
      'Content-Type': 'application/json; utf-8',
      'X-Goog-Channel-ID': channel.id,
      'X-Goog-Channel-Expiration': new Date(channel.expiresAt).toUTCString(),
      'X-Goog-Resource-State': state,
      'X-Goog-Message-Number': String(messageNumber),
      'X-Goog-Resource-ID': channel.resourceId,
      'X-Goog-Resource-URI': channel.resourceUri,
      ...(channel.token !== undefined && { 'X-Goog-Channel-Token': channel.token }),
    };
    this.#core.pushes.send({
      provider: 'google',
      target: channel.id,
      url: channel.address,
      build: () => ({ headers }),
      isDelivered: (status) => delivered.has(status),
      isRetried: (status) => status === undefined || retried.has(status),
      retryDelaysMs: settings.pushRetryDelaysMs,
      timeoutMs: settings.pushTimeoutMs,
    });
  }

  #isGranted(channel: Channel): boolean {
    const { grantId } = channel;
    if (this.#core.settings().revocationEndsChannels && grantId !== undefined)
      return this.#grants.grants.get(grantId) !== undefined;
    for (const [, grant] of this.#grants.grants.entries())
      if (grant.account === channel.account && grant.clientId === channel.clientId) return true;
    return false;
  }
}
