/** Authorization codes, grants and tokens of one provider; durable. What a provider issues when is the provider's. */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';
import type { DurableState, Table } from './durable-state.ts';

export interface Grant {
  id: string;
  account: string;
  clientId: string;
  scopes: string[];
  /** Made before the last reset: its tokens work, but it no longer counts as consent already given. */
  former?: boolean;
}

export interface AccessToken {
  grantId: string;
  scopes: string[];
  /** ms since the epoch; null never expires. */
  expiresAt: number | null;
}

export interface RefreshToken {
  grantId: string;
  scopes: string[];
  issuedAt: number;
  /** Where the provider rotates: replaced at this time by another. */
  supersededAt?: number;
}

export interface AuthorizationCode {
  grantId: string;
  clientId: string;
  redirectUri: string;
  scopes: string[];
  expiresAt: number;
  challenge?: { value: string; method: 'S256' | 'plain' };
  used?: boolean;
  /** What else the provider must remember until the exchange. */
  extra?: Record<string, unknown>;
}

export interface TokenPrefixes {
  access: string;
  refresh: string;
  code: string;
}

export class GrantStore {
  readonly grants: Table<Grant>;
  readonly accessTokens: Table<AccessToken>;
  readonly refreshTokens: Table<RefreshToken>;
  readonly codes: Table<AuthorizationCode>;
  readonly #clock: Clock;
  readonly #prefixes: TokenPrefixes;

  constructor(parts: { state: DurableState; clock: Clock; provider: string; prefixes: TokenPrefixes }) {
    this.grants = parts.state.table(`${parts.provider}.grants`);
    this.accessTokens = parts.state.table(`${parts.provider}.access-tokens`);
    this.refreshTokens = parts.state.table(`${parts.provider}.refresh-tokens`);
    this.codes = parts.state.table(`${parts.provider}.codes`);
    this.#clock = parts.clock;
    this.#prefixes = parts.prefixes;
  }

  /** The consent this account has already given to this client, if any. */
  find(account: string, clientId: string): Grant | undefined {
    for (const [, grant] of this.grants.entries())
      if (!grant.former && grant.account === account && grant.clientId === clientId) return grant;
    return undefined;
  }

  /** Adds scopes to the account's grant to that client, or makes the grant. */
  consent(account: string, clientId: string, scopes: readonly string[]): Grant {
    const known = this.find(account, clientId);
    const grant = {
      id: known?.id ?? `g_${randomBytes(9).toString('base64url')}`,
      account,
      clientId,
      scopes: [...new Set([...(known?.scopes ?? []), ...scopes])],
    };
    this.grants.set(grant.id, grant);
    return grant;
  }

  issueCode(code: AuthorizationCode): string {
    const value = `${this.#prefixes.code}${randomBytes(32).toString('base64url')}`;
    this.codes.set(value, code);
    return value;
  }

  /** @param lifetimeMs null for a token that never expires. */
  issueAccessToken(grantId: string, scopes: string[], lifetimeMs: number | null): string {
    this.#dropLongExpired();
    const value = `${this.#prefixes.access}${randomBytes(40).toString('base64url')}`;
    const expiresAt = lifetimeMs === null ? null : this.#clock.now() + lifetimeMs;
    this.accessTokens.set(value, { grantId, scopes, expiresAt });
    return value;
  }

  issueRefreshToken(grantId: string, scopes: string[]): string {
    const value = `${this.#prefixes.refresh}${randomBytes(40).toString('base64url')}`;
    this.refreshTokens.set(value, { grantId, scopes, issuedAt: this.#clock.now() });
    return value;
  }

  /** The live token and its grant; undefined where it is unknown, expired or revoked. */
  authenticate(accessToken: string): { grant: Grant; scopes: string[] } | undefined {
    const token = this.accessTokens.get(accessToken);
    if (token === undefined || (token.expiresAt !== null && token.expiresAt <= this.#clock.now()))
      return undefined;
    const grant = this.grants.get(token.grantId);
    return grant && { grant, scopes: token.scopes };
  }

  /** Whose token this is, expired or not: for faults and the request log. */
  accountOf(token: string): string | undefined {
    const known = this.accessTokens.get(token) ?? this.refreshTokens.get(token) ?? this.codes.get(token);
    return known && this.grants.get(known.grantId)?.account;
  }

  /** Drops the grants for which `doomed` holds, with every token and code of theirs. */
  drop(doomed: (grant: Grant) => boolean): number {
    const ids = new Set([...this.grants.entries()].filter(([, grant]) => doomed(grant)).map(([id]) => id));
    for (const table of [this.accessTokens, this.refreshTokens, this.codes])
      for (const [value, token] of [...table.entries()]) if (ids.has(token.grantId)) table.delete(value);
    for (const id of ids) this.grants.delete(id);
    return ids.size;
  }

  expireAccessTokens(account: string): void {
    for (const [value, token] of [...this.accessTokens.entries()])
      if (this.grants.get(token.grantId)?.account === account)
        this.accessTokens.set(value, { ...token, expiresAt: this.#clock.now() });
  }

  /** What the account has granted from now on, tokens already issued included. */
  setScopes(account: string, scopes: string[]): void {
    for (const [id, grant] of [...this.grants.entries()]) {
      if (grant.account !== account) continue;
      this.grants.set(id, { ...grant, scopes });
      for (const table of [this.accessTokens, this.refreshTokens] as Table<AccessToken | RefreshToken>[])
        for (const [value, token] of [...table.entries()])
          if (token.grantId === id) table.set(value, { ...token, scopes });
    }
  }

  /** After a reset: tokens live on, but the next consent is a first one. */
  forgetConsents(): void {
    for (const [id, grant] of [...this.grants.entries()]) this.grants.set(id, { ...grant, former: true });
  }

  #dropLongExpired(): void {
    if (this.accessTokens.size < 5000) return;
    const before = this.#clock.now() - 86_400_000;
    for (const [value, token] of [...this.accessTokens.entries()])
      if (token.expiresAt !== null && token.expiresAt < before) this.accessTokens.delete(value);
  }
}

/** Whether the verifier answers the code's challenge (RFC 7636). A code without a challenge needs no verifier. */
export function isVerified(challenge: AuthorizationCode['challenge'], verifier: string | null): boolean {
  if (challenge === undefined) return true;
  if (verifier === null) return false;
  if (challenge.method === 'plain') return verifier === challenge.value;
  return createHash('sha256').update(verifier).digest('base64url') === challenge.value;
}

/** Client id and secret from HTTP Basic or from the form. */
export function clientCredentials(
  authorization: string | undefined,
  form: URLSearchParams,
): { clientId: string | null; clientSecret: string | null } {
  if (authorization !== undefined && /^Basic /i.test(authorization)) {
    const text = Buffer.from(authorization.slice(6), 'base64').toString('utf8');
    const colon = text.indexOf(':');
    const decode = (part: string) => decodeURIComponent(part.replace(/\+/g, ' '));
    return { clientId: decode(text.slice(0, colon)), clientSecret: decode(text.slice(colon + 1)) };
  }
  return { clientId: form.get('client_id'), clientSecret: form.get('client_secret') };
}

/** Whether a client without registered redirect URIs may use this one: any loopback http address. */
export function isLoopbackUri(uri: string): boolean {
  try {
    const { protocol, hostname } = new URL(uri);
    return protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  } catch {
    return false;
  }
}
