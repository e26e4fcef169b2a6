/** Collects what happens to an entity for a while, then tells the subscriptions that may know of it, signed. */
import { createHmac, randomUUID } from 'node:crypto';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { Access } from '../access.ts';
import type { Connection, Connections } from '../connections.ts';
import type { Author, JsonObject, PageRecord, Parent } from '../records.ts';
import type { NotionSettings } from '../settings.ts';
import type { WorkspaceWorld } from '../world/workspace-world.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';

export interface NotionEvent {
  type: string;
  entity: { id: string; type: 'page' | 'data_source' | 'database' | 'comment' };
  /** Of pages, databases and comments; a data source's parent is its database. */
  parent?: Parent;
  databaseId?: string;
  author: Author;
  /** As it is after the change, or before it is removed for good. */
  page?: PageRecord;
  /** On comments. */
  pageId?: string;
  updatedProperties?: string[];
  updatedBlocks?: string[];
  schemaChanges?: JsonObject[];
}

interface Pending {
  event: NotionEvent;
  authors: Author[];
  timer: NodeJS.Timeout | undefined;
}

export class NotionEvents {
  readonly #core: SandboxCore<NotionSettings>;
  readonly #connections: Connections;
  readonly #subscriptions: Subscriptions;
  /** By subscription, entity and type. */
  readonly #pending = new Map<string, Pending>();

  constructor(core: SandboxCore<NotionSettings>, connections: Connections, subscriptions: Subscriptions) {
    this.#core = core;
    this.#connections = connections;
    this.#subscriptions = subscriptions;
  }

  emit(world: WorkspaceWorld, event: NotionEvent): void {
    for (const subscription of this.#subscriptions.list()) {
      if (subscription.status !== 'active') continue;
      if (subscription.eventTypes !== null && !subscription.eventTypes.includes(event.type)) continue;
      const knowing = this.#connections
        .list()
        .filter((one) => one.workspace === world.workspace.name && one.clientId === subscription.clientId)
        .filter((one) => this.#sees(world, one, event));
      if (knowing.length > 0) this.#collect(world, subscription, event, knowing);
    }
  }

  clear(): void {
    for (const { timer } of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
  }

  #sees(world: WorkspaceWorld, connection: Connection, event: NotionEvent): boolean {
    const access = new Access(world, this.#connections.picked(connection), Number.POSITIVE_INFINITY);
    if (event.page !== undefined) return access.seesPage(event.page);
    if (event.pageId !== undefined) {
      const page = world.page(event.pageId);
      return page !== undefined && access.seesPage(page);
    }
    if (event.entity.type === 'data_source') {
      const dataSource = world.dataSource(event.entity.id);
      return dataSource !== undefined && access.seesDataSource(dataSource);
    }
    const database = world.database(event.entity.id);
    return database !== undefined && access.seesDatabase(database);
  }

  #collect(
    world: WorkspaceWorld,
    subscription: Subscription,
    event: NotionEvent,
    knowing: Connection[],
  ): void {
    const prefix = `${subscription.id} ${event.entity.id} `;
    // Documented: what is created and deleted within the window may be told by no event at all.
    if (event.type.endsWith('.deleted') && this.#pending.has(`${prefix}${event.entity.type}.created`)) {
      for (const [key, { timer }] of [...this.#pending])
        if (key.startsWith(prefix)) {
          clearTimeout(timer);
          this.#pending.delete(key);
        }
      return;
    }
    const key = `${prefix}${event.type}`;
    const known = this.#pending.get(key);
    if (known !== undefined) {
      known.event = merge(known.event, event);
      if (!known.authors.some(({ id }) => id === event.author.id)) known.authors.push(event.author);
      return;
    }
    const pending: Pending = { event, authors: [event.author], timer: undefined };
    const flush = () => {
      this.#pending.delete(key);
      this.#send(world, subscription.id, pending, knowing);
    };
    const waitMs = this.#core.settings().webhookAggregationMs;
    if (waitMs === 0) {
      flush();
      return;
    }
    pending.timer = setTimeout(flush, waitMs);
    pending.timer.unref();
    this.#pending.set(key, pending);
  }

  #send(world: WorkspaceWorld, subscriptionId: string, pending: Pending, knowing: Connection[]): void {
    const subscription = this.#subscriptions.get(subscriptionId);
    if (subscription === undefined || subscription.status !== 'active') return;
    const { event, authors } = pending;
    const settings = this.#core.settings();
    const fixed = {
      id: randomUUID(),
      timestamp: this.#core.clock.iso(),
      workspace_id: world.workspace.id,
      workspace_name: world.workspace.title,
      subscription_id: subscription.id,
      integration_id: integrationId(subscription.clientId),
      api_version: subscription.apiVersion,
      authors: authors.map(({ id, type }) => ({ id, type })),
      accessible_by: knowing.flatMap(({ userId, botId }) => [
        { id: userId, type: 'person' },
        { id: botId, type: 'bot' },
      ]),
      type: event.type,
      entity: event.entity,
      data: describeChange(event, world),
    };
    this.#core.pushes.send({
      provider: 'notion',
      target: subscription.id,
      url: subscription.url,
      build: (attempt) => {
        const body = JSON.stringify({ ...fixed, attempt_number: attempt });
        const signature = createHmac('sha256', subscription.verificationToken).update(body).digest('hex');
        return {
          headers: { 'Content-Type': 'application/json', 'X-Notion-Signature': `sha256=${signature}` },
          body,
        };
      },
      isDelivered: (status) => status >= 200 && status < 300,
      isRetried: () => true,
      retryDelaysMs: settings.webhookRetryDelaysMs,
      timeoutMs: settings.webhookTimeoutMs,
    });
  }
}

/** The id of the app in webhooks, which is not its client id. */
export function integrationId(clientId: string): string {
  const hex = createHmac('sha256', 'integration').update(clientId).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function merge(before: NotionEvent, after: NotionEvent): NotionEvent {
  const both = <T>(a: T[] | undefined, b: T[] | undefined): T[] => [...new Set([...(a ?? []), ...(b ?? [])])];
  return {
    ...after,
    ...(after.updatedProperties && {
      updatedProperties: both(before.updatedProperties, after.updatedProperties),
    }),
    ...(after.updatedBlocks && { updatedBlocks: both(before.updatedBlocks, after.updatedBlocks) }),
    ...(after.schemaChanges && { schemaChanges: both(before.schemaChanges, after.schemaChanges) }),
  };
}

function describeChange(event: NotionEvent, world: WorkspaceWorld): JsonObject {
  return {
    parent: parentOf(event, world),
    ...(event.pageId !== undefined && { page_id: event.pageId }),
    ...(event.updatedProperties && { updated_properties: event.updatedProperties }),
    ...(event.updatedBlocks && { updated_blocks: event.updatedBlocks.map((id) => ({ id, type: 'block' })) }),
    ...(event.schemaChanges && { updated_properties: event.schemaChanges }),
  };
}

function parentOf(event: NotionEvent, world: WorkspaceWorld): JsonObject {
  if (event.databaseId !== undefined) return { id: event.databaseId, type: 'database' };
  const { parent } = event;
  if (parent?.type === 'page_id') return { id: parent.page_id, type: 'page' };
  if (parent?.type === 'data_source_id') {
    const databaseId = world.dataSource(parent.data_source_id)?.databaseId ?? parent.data_source_id;
    return { id: databaseId, type: 'database', data_source_id: parent.data_source_id };
  }
  return { id: world.workspace.id, type: 'space' };
}
