/** Who calls: an OAuth token, a personal API key, or nobody. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Call } from '../../core/call.ts';
import type { Table } from '../../core/durable-state.ts';
import type { GrantStore } from '../../core/grants.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import type { LinearSettings } from '../settings.ts';
import type { UserRecord } from '../world/records.ts';
import type { Workspace } from '../world/workspace.ts';

export interface Caller {
  workspace: Workspace;
  viewer: UserRecord;
  kind: 'oauth' | 'api-key';
  /** Scopes of an OAuth token; a personal key may do what its user may. */
  scopes: readonly string[] | 'all';
  /** The OAuth client, or the key's id: who a rate limit is for, with the viewer. */
  clientId: string;
}

export interface ApiKey {
  id: string;
  label: string;
  key: string;
  organization: string;
  userId: string;
  createdAt: string;
}

/** A grant is one person's in one organization. */
export function grantAccount(organization: string, userId: string): string {
  return `${organization}/${userId}`;
}

export function splitGrantAccount(account: string): { organization: string; userId: string } {
  const slash = account.indexOf('/');
  return { organization: account.slice(0, slash), userId: account.slice(slash + 1) };
}

export class Callers {
  readonly grants: GrantStore;
  readonly apiKeys: Table<ApiKey>;
  readonly #firstKeys: Table<string>;
  readonly #core: SandboxCore<LinearSettings>;
  readonly #findWorkspace: (name: string) => Workspace | undefined;

  constructor(parts: {
    core: SandboxCore<LinearSettings>;
    grants: GrantStore;
    findWorkspace: (name: string) => Workspace | undefined;
  }) {
    this.#core = parts.core;
    this.grants = parts.grants;
    this.apiKeys = parts.core.state.table('linear.api-keys');
    this.#firstKeys = parts.core.state.table('linear.first-keys');
    this.#findWorkspace = parts.findWorkspace;
  }

  /** undefined where the header is missing, unknown, expired, or its owner is suspended or gone. */
  identify(call: Call): Caller | undefined {
    const header = call.headers.authorization ?? '';
    const key = this.#findKey(header);
    if (key !== undefined) return this.#caller(key.organization, key.userId, 'api-key', 'all', key.id);
    const token = this.grants.authenticate(call.bearer() ?? '');
    if (token === undefined) return undefined;
    const { organization, userId } = splitGrantAccount(token.grant.account);
    return this.#caller(organization, userId, 'oauth', token.scopes, token.grant.clientId);
  }

  /** The organization of any token in the request, expired or not: for faults and the request log. */
  organizationOf(call: Call): string | undefined {
    const header = call.headers.authorization ?? '';
    const key = this.#findKey(header);
    if (key !== undefined) return key.organization;
    const tokens = [call.bearer() ?? ''];
    if (call.path.startsWith('/oauth/') && call.method === 'POST')
      for (const name of ['refresh_token', 'code', 'access_token', 'token'])
        tokens.push(call.form().get(name) ?? '');
    for (const token of tokens) {
      const account = this.grants.accountOf(token);
      if (account !== undefined) return splitGrantAccount(account).organization;
    }
    return undefined;
  }

  createKey(organization: string, userId: string, label: string): ApiKey {
    return this.#store({
      organization,
      userId,
      label,
      key: `lin_api_${randomBytes(30).toString('base64url').slice(0, 40)}`,
    });
  }

  /** The organization's keys; the first member has one from the start. */
  keysOf(organization: string): ApiKey[] {
    return [...this.apiKeys.entries()]
      .map(([, key]) => key)
      .filter((key) => key.organization === organization);
  }

  /** Gives a member a key that is the same for every stand-in, once in each world: a revoked one stays revoked. */
  ensureFirstKey(organization: string, userId: string, worldId: string): void {
    if (this.#firstKeys.get(organization) === worldId) return;
    this.#firstKeys.set(organization, worldId);
    const key = `lin_api_${createHash('sha256').update(`key of ${organization}`).digest('hex').slice(0, 40)}`;
    this.#store({ organization, userId, label: 'First key', key });
  }

  #store(key: Omit<ApiKey, 'id' | 'createdAt'>): ApiKey {
    const stored = { id: randomUUID(), createdAt: this.#core.clock.iso(), ...key };
    this.apiKeys.set(stored.key, stored);
    return stored;
  }

  #findKey(header: string): ApiKey | undefined {
    return this.apiKeys.get(header);
  }

  #caller(
    organization: string,
    userId: string,
    kind: Caller['kind'],
    scopes: Caller['scopes'],
    clientId: string,
  ): Caller | undefined {
    const workspace = this.#findWorkspace(organization);
    const viewer = workspace?.users.get(userId);
    if (workspace === undefined || viewer === undefined || !viewer.active) return undefined;
    return { workspace, viewer, kind, scopes, clientId };
  }
}
