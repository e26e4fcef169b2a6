/** What every API route does first: whose token, is the scope granted, is the limit kept; and how refusals are answered. */
import type { Call } from '../core/call.ts';
import type { Grant, GrantStore } from '../core/grants.ts';
import type { Answer, Route } from '../core/provider.ts';
import type { SandboxCore } from '../core/sandbox-core.ts';
import { findAccount, type GoogleAccount } from './accounts.ts';
import {
  type ApiStyle,
  calendarRefusal,
  GoogleRefusal,
  insufficientScope,
  invalidArgument,
  rateLimited,
  unauthenticated,
} from './errors.ts';
import type { GoogleSettings } from './settings.ts';

export interface ApiRoute {
  method: Route['method'];
  path: string;
  /** Any of these is enough. */
  scopes: readonly string[];
  list?: boolean;
  write?: boolean;
  handle: (call: Call, account: GoogleAccount, grant: Grant) => Answer;
}

export class Guard {
  readonly #core: SandboxCore<GoogleSettings>;
  readonly #grants: GrantStore;
  readonly #recent = new Map<string, number[]>();

  constructor(core: SandboxCore<GoogleSettings>, grants: GrantStore) {
    this.#core = core;
    this.#grants = grants;
  }

  /** The routes of one API with authentication, scope check and error bodies around them. */
  protect(style: ApiStyle, routes: readonly ApiRoute[]): Route[] {
    return routes.map(({ scopes, handle, ...route }) => ({
      ...route,
      handle: (call) => this.#answer(style, call, scopes, handle),
    }));
  }

  /** Counts a call against a limit per minute; throws the 403 or 429 where it is exceeded. 0 is no limit. */
  countAgainst(style: ApiStyle, key: string, limit: number): void {
    if (limit === 0) return;
    const now = this.#core.clock.now();
    const recent = (this.#recent.get(key) ?? []).filter((at) => at > now - 60_000);
    if (recent.length >= limit)
      throw new GoogleRefusal(rateLimited(style, this.#core.settings().retryAfterSeconds));
    recent.push(now);
    this.#recent.set(key, recent);
  }

  #answer(style: ApiStyle, call: Call, scopes: readonly string[], handle: ApiRoute['handle']): Answer {
    const settings = this.#core.settings();
    const token = this.#grants.authenticate(call.bearer() ?? call.query.get('access_token') ?? '');
    const account = token && findAccount(token.grant.account);
    if (token === undefined || account === undefined) return unauthenticated(style);
    if (!token.scopes.some((scope) => scopes.includes(scope)))
      return insufficientScope(style, settings.insufficientPermissionMessage);
    try {
      const limit =
        style === 'calendar'
          ? settings.calendarRequestsPerMinutePerUser
          : settings.peopleRequestsPerMinutePerUser;
      this.countAgainst(style, `${style} ${account.email}`, limit);
      return handle(call, account, token.grant);
    } catch (error) {
      if (error instanceof GoogleRefusal) return error.answer;
      if (error instanceof SyntaxError) return badJson(style).answer;
      throw error;
    }
  }
}

function badJson(style: ApiStyle): GoogleRefusal {
  if (style === 'people') return invalidArgument('Invalid JSON payload received.');
  return calendarRefusal(400, 'parseError', 'Parse Error');
}
