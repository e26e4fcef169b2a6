import type { SessionHolder } from '../db/queries/identity.ts';
import type { Scope } from '../db/queries/scope.ts';

/** `caller`: a workspace key or a session; `workspace_key`: only a key; `public`: anybody. */
export type RouteAuth = 'caller' | 'workspace_key' | 'public';

/** Who asks, and whose rows they may see. */
export interface Caller extends Scope {
  readonly via: 'key' | 'session_token' | 'session_cookie' | 'embedded_cookie';
  /** For the audit log: `key:<id>` or `user:<id>`. */
  readonly actor: string;
  readonly session?: SessionHolder;
}

/** Whether a browser sends the proof by itself, so that another site could make it do so. */
export const isByCookie = ({ via }: Caller): boolean => via === 'session_cookie' || via === 'embedded_cookie';
