/** Connections: what a person's consent made. Who they act for, what was shared with them, and what they may do. */

import type { DurableState, Table } from '../core/durable-state.ts';
import { GrantStore } from '../core/grants.ts';
import type { SandboxCore } from '../core/sandbox-core.ts';
import { hashText, mixPair } from '../core/seeded-random.ts';
import { createIdCodec } from './ids.ts';
import { type Capability, capabilities, type NotionSettings } from './settings.ts';
import { workspaces } from './workspaces.ts';

export interface Connection {
  grantId: string;
  /** The workspace's name. */
  workspace: string;
  userId: string;
  clientId: string;
  botId: string;
  /** The picks were made in this world; in another one everything counts as picked. */
  worldId: string;
  /** Pages, databases and data sources that were picked; null for all. */
  picked: string[] | null;
  /** Narrower than the setting; null for all that the setting allows. */
  capabilities: Capability[] | null;
}

interface TokenFacts {
  issuedAtMs: number;
  /** On a refresh token: the access token that came with it. */
  accessToken?: string;
}

const botIds = createIdCodec(0);

export class Connections {
  readonly grants: GrantStore;
  readonly #table: Table<Connection>;
  readonly #facts: Table<TokenFacts>;
  readonly #core: SandboxCore<NotionSettings>;
  worldId = '';

  constructor(core: SandboxCore<NotionSettings>) {
    this.#core = core;
    this.grants = new GrantStore({
      state: core.state as DurableState,
      clock: core.clock,
      provider: 'notion',
      prefixes: { access: 'ntn_', refresh: 'nrt_', code: '03' },
    });
    this.#table = core.state.table('notion.connections');
    this.#facts = core.state.table('notion.token-facts');
  }

  /** Makes the connection of that person to that client, or renews its picks. */
  connect(order: Pick<Connection, 'workspace' | 'userId' | 'clientId' | 'picked'>): Connection {
    const account = grantAccount(order.workspace, order.userId);
    if (this.#core.settings().reconnectEndsFormerTokens)
      this.grants.drop((grant) => grant.account === account && grant.clientId === order.clientId);
    const grant = this.grants.consent(account, order.clientId, []);
    const botNumber = mixPair(hashText(account), hashText(order.clientId)) % 1_000_000;
    const connection: Connection = {
      ...order,
      grantId: grant.id,
      botId: botIds.encode('bot', botNumber),
      worldId: this.worldId,
      capabilities: null,
    };
    this.#table.set(grant.id, connection);
    return connection;
  }

  /** The connection of a live access token; undefined where it is unknown, expired or revoked. */
  authenticate(accessToken: string): Connection | undefined {
    const known = this.grants.authenticate(accessToken);
    return known && this.#table.get(known.grant.id);
  }

  ofGrant(grantId: string): Connection | undefined {
    return this.grants.grants.get(grantId) && this.#table.get(grantId);
  }

  list(): Connection[] {
    return [...this.#table.entries()]
      .filter(([grantId]) => this.grants.grants.get(grantId) !== undefined)
      .map(([, connection]) => connection);
  }

  issuePair(grantId: string): { accessToken: string; refreshToken: string | null } {
    const settings = this.#core.settings();
    const issuedAtMs = this.#core.clock.now();
    const lifetimeMs = settings.accessTokenLifetimeSeconds * 1000;
    const accessToken = this.grants.issueAccessToken(grantId, [], lifetimeMs === 0 ? null : lifetimeMs);
    this.#facts.set(accessToken, { issuedAtMs });
    if (!settings.issuesRefreshTokens) return { accessToken, refreshToken: null };
    const refreshToken = this.grants.issueRefreshToken(grantId, []);
    this.#facts.set(refreshToken, { issuedAtMs, accessToken });
    return { accessToken, refreshToken };
  }

  /** Swaps a refresh token for a fresh pair; undefined where it is no longer good. */
  rotate(
    refreshToken: string,
    clientId: string,
  ): { connection: Connection; accessToken: string; refreshToken: string | null } | undefined {
    const settings = this.#core.settings();
    const token = this.grants.refreshTokens.get(refreshToken);
    const connection = token && this.ofGrant(token.grantId);
    if (token === undefined || connection === undefined || connection.clientId !== clientId) return undefined;
    const now = this.#core.clock.now();
    const lifetimeMs = settings.refreshTokenLifetimeSeconds * 1000;
    if (lifetimeMs > 0 && token.issuedAt + lifetimeMs <= now) return undefined;
    const graceMs = settings.replacedRefreshTokenGraceSeconds * 1000;
    if (token.supersededAt !== undefined && token.supersededAt + graceMs <= now) return undefined;
    this.grants.refreshTokens.set(refreshToken, { ...token, supersededAt: token.supersededAt ?? now });
    const former = this.#facts.get(refreshToken)?.accessToken;
    if (settings.refreshEndsFormerAccessToken && former !== undefined)
      this.grants.accessTokens.delete(former);
    return { connection, ...this.issuePair(token.grantId) };
  }

  /** When a token was issued, while it is good. */
  issuedAt(token: string): number | undefined {
    const refresh = this.grants.refreshTokens.get(token);
    const isGood =
      refresh === undefined
        ? this.grants.authenticate(token) !== undefined
        : refresh.supersededAt === undefined && this.grants.grants.get(refresh.grantId) !== undefined;
    return isGood ? this.#facts.get(token)?.issuedAtMs : undefined;
  }

  /** Ends the connection that the token belongs to. */
  revokeToken(token: string, clientId: string): void {
    const grantId = (this.grants.accessTokens.get(token) ?? this.grants.refreshTokens.get(token))?.grantId;
    this.#drop((connection) => connection.grantId === grantId && connection.clientId === clientId);
  }

  /** As a person who removes the connection in the workspace's settings. */
  revokeWorkspace(workspace: string): void {
    this.#drop((connection) => connection.workspace === workspace);
  }

  expireAccessTokens(workspace: string): void {
    for (const connection of this.list())
      if (connection.workspace === workspace)
        this.grants.expireAccessTokens(grantAccount(workspace, connection.userId));
  }

  /** Changes what the connections of a workspace may do or see. */
  update(workspace: string, change: Partial<Pick<Connection, 'picked' | 'capabilities'>>): void {
    for (const connection of this.list())
      if (connection.workspace === workspace)
        this.#table.set(connection.grantId, { ...connection, worldId: this.worldId, ...change });
  }

  may(connection: Connection, capability: Capability): boolean {
    const allowed = connection.capabilities ?? capabilities;
    return allowed.includes(capability) && this.#core.settings().capabilities.includes(capability);
  }

  /** What was picked, or null for everything. */
  picked(connection: Connection): ReadonlySet<string> | null {
    return connection.picked === null || connection.worldId !== this.worldId
      ? null
      : new Set(connection.picked);
  }

  /** The workspace of a token or code, expired or not. */
  workspaceOf(token: string): string | undefined {
    const account = this.grants.accountOf(token);
    return workspaces.find((one) => account?.startsWith(`${one.name}/`))?.name;
  }

  #drop(doomed: (connection: Connection) => boolean): void {
    const ids = new Set(
      this.list()
        .filter(doomed)
        .map((connection) => connection.grantId),
    );
    this.grants.drop((grant) => ids.has(grant.id));
    for (const id of ids) this.#table.delete(id);
  }
}

function grantAccount(workspace: string, userId: string): string {
  return `${workspace}/${userId}`;
}
