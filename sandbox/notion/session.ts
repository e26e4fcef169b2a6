/** Every call of the API proper: who asks, may they, how often, in which version. */
import { randomUUID } from 'node:crypto';
import type { Call } from '../core/call.ts';
import type { Answer, Route } from '../core/provider.ts';
import type { SandboxCore } from '../core/sandbox-core.ts';
import { Access } from './access.ts';
import type { Connection, Connections } from './connections.ts';
import type { Editor } from './editor.ts';
import {
  answerNotionError,
  NotionError,
  objectNotFound,
  restrictedResource,
  validationError,
} from './errors.ts';
import { normaliseId } from './ids.ts';
import type { RateLimits } from './rate-limits.ts';
import type { DataSourceRecord, PageRecord } from './records.ts';
import { type NotionVersion, notionVersions, type Rendering } from './render/rendering.ts';
import type { Capability, NotionSettings } from './settings.ts';
import type { WorkspaceWorld } from './world/workspace-world.ts';

export interface NotionParts {
  core: SandboxCore<NotionSettings>;
  connections: Connections;
  limits: RateLimits;
  /** By the workspace's name. */
  worlds: ReadonlyMap<string, WorkspaceWorld>;
  editors: ReadonlyMap<string, Editor>;
}

/** One authenticated call. */
export class Session {
  readonly call: Call;
  readonly connection: Connection;
  readonly version: NotionVersion;
  readonly world: WorkspaceWorld;
  readonly editor: Editor;
  readonly #parts: NotionParts;

  constructor(parts: NotionParts, call: Call, connection: Connection, version: NotionVersion) {
    const world = parts.worlds.get(connection.workspace);
    const editor = parts.editors.get(connection.workspace);
    if (world === undefined || editor === undefined) throw new Error(`no workspace ${connection.workspace}`);
    this.#parts = parts;
    this.call = call;
    this.connection = connection;
    this.version = version;
    this.world = world;
    this.editor = editor;
  }

  get settings(): NotionSettings {
    return this.#parts.core.settings();
  }

  get nowMs(): number {
    return this.#parts.core.clock.now();
  }

  /** Changes with every reset. */
  get worldId(): string {
    return this.#parts.connections.worldId;
  }

  /** What reads by id may show. */
  get readSeq(): number {
    return this.#parts.core.readSeq(this.call);
  }

  /** What listings may show. */
  get listingSeq(): number {
    return this.#parts.core.listingSeq(this.call);
  }

  /** What search may show: it lags behind even more. */
  get searchSeq(): number {
    const behind = this.#parts.core.state.seqAsOf(this.nowMs - this.settings.searchDelayMs);
    return Math.min(this.listingSeq, this.settings.searchDelayMs === 0 ? this.listingSeq : behind);
  }

  rendering(seq: number): Rendering {
    return {
      version: this.version,
      workspace: this.world.workspace,
      world: this.world,
      settings: this.settings,
      seq,
    };
  }

  access(seq: number): Access {
    return new Access(this.world, this.#parts.connections.picked(this.connection), seq);
  }

  may(capability: Capability): boolean {
    return this.#parts.connections.may(this.connection, capability);
  }

  /** A path parameter that must be a UUID. */
  id(name: string): string {
    const text = this.call.param(name);
    const id = normaliseId(text);
    if (id === undefined)
      throw validationError(
        `path failed validation: path.${name} should be a valid uuid, instead was \`"${text.slice(0, 60)}"\`.`,
      );
    return id;
  }

  /** Throws 404 where it does not exist or is not shared. */
  page(id: string, seq = this.readSeq): PageRecord {
    const page = this.world.page(id, seq);
    if (page === undefined || !this.access(seq).seesPage(page)) throw objectNotFound('page', id);
    return page;
  }

  /** Throws 404 where it does not exist or is not shared. */
  dataSource(id: string, seq = this.readSeq): DataSourceRecord {
    const dataSource = this.world.dataSource(id, seq);
    if (dataSource === undefined || !this.access(seq).seesDataSource(dataSource))
      throw objectNotFound('data_source', id);
    return dataSource;
  }
}

export interface NotionRoute extends Omit<Route, 'handle'> {
  capability?: Capability;
  handle: (session: Session) => object;
}

/** Wraps handlers of the API proper into routes of the server. */
export function notionRoutes(parts: NotionParts, routes: readonly NotionRoute[]): Route[] {
  return routes.map(({ handle, capability, ...route }) => ({
    ...route,
    handle: (call): Answer => {
      try {
        const session = openSession(parts, call);
        if (capability !== undefined && !session.may(capability))
          throw restrictedResource('Insufficient permissions for this endpoint.');
        const requestId = randomUUID();
        return {
          status: 200,
          headers: { 'x-notion-request-id': requestId },
          body: { ...handle(session), request_id: requestId },
        };
      } catch (error) {
        if (error instanceof NotionError) return answerNotionError(error);
        throw error;
      }
    },
  }));
}

function openSession(parts: NotionParts, call: Call): Session {
  const connection = parts.connections.authenticate(call.bearer() ?? '');
  if (connection === undefined) throw new NotionError(401, 'unauthorized', 'API token is invalid.');
  parts.limits.take(connection, parts.core.settings());
  return new Session(parts, call, connection, readVersion(call));
}

/** The version that the call names. Throws 400 missing_version, or validation_error for one this stand-in lacks. */
export function readVersion(call: Call): NotionVersion {
  const sent = call.headers['notion-version'];
  if (sent === undefined || sent === '')
    throw new NotionError(
      400,
      'missing_version',
      'Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.',
    );
  const version = notionVersions.find((one) => one === sent);
  if (version === undefined)
    throw validationError(
      `Notion-Version header failed validation: Notion-Version header should be ${notionVersions.map((one) => `\`"${one}"\``).join(' or ')}, instead was \`${JSON.stringify(sent)}\`.`,
    );
  return version;
}
