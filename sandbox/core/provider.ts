/** What a stand-in provider is to the server: routes, control routes, and a world that can be made afresh. */
import type { z } from 'zod';
import type { Call } from './call.ts';
import type { ProviderId } from './provider-id.ts';
import type { SandboxCore } from './sandbox-core.ts';

/** An answer before faults are applied. A string or Buffer is sent as it is, anything else as JSON. */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As in a discovery document: `/v1/people/{peopleId}:updateContact`. A `{name}` takes one segment up to a colon. */
  path: string;
  handle: (call: Call) => Answer | Promise<Answer>;
  /** Whether it changes something. Default: every method but GET. */
  write?: boolean | ((call: Call) => boolean);
  /** Whether it answers a listing, which truncate-list may cut. Default false. */
  list?: boolean | ((call: Call) => boolean);
  /** The path that faults match and the request log shows, where the URL alone says too little (`/graphql/issueCreate`). */
  label?: (call: Call) => string;
}

/** A control route; its path is below `/_control`. Throw `ControlError` for a refusal. */
export interface ControlRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
  path: string;
  handle: (call: Call) => Answer | Promise<Answer>;
}

/** An account as `GET /_control/accounts` lists it: `name` is how control paths name it. */
export interface AccountListing {
  provider: ProviderId;
  id: string;
  name: string;
  [field: string]: unknown;
}

/** What `POST /_control/reset` asked for. Absent numbers are for each provider to choose. */
export interface World {
  /** Changes with every reset; sync tokens of another world are expired. */
  id: string;
  seed: number;
  contacts?: number | undefined;
  calendars?: number | undefined;
  eventsPerCalendar?: number | undefined;
  linearIssues?: number | undefined;
  linearMembers?: number | undefined;
  notionPages?: number | undefined;
}

export interface Provider {
  id: ProviderId;
  routes: Route[];
  controlRoutes: ControlRoute[];
  /** Makes the world; called at the start (with durable changes already read back) and after each reset. */
  loadWorld(world: World): void;
  /** What consent already given means after a reset: tokens live on, the next consent is a first one. */
  forgetConsents(): void;
  accounts(): AccountListing[];
  /** Whose call it is, from its token or refresh token; for faults and the request log. */
  accountOf(call: Call): string | undefined;
  /** Whether a path without a route is this provider's 404. */
  owns(path: string): boolean;
  /** The provider's own error body for a status; also answers unknown routes (404). */
  errorAnswer(status: number, call: Call): Answer;
  /** The error for a write that was saved all the same; without it, that of `errorAnswer`. */
  answerAfterSaving?(status: number, call: Call, saved: Answer): Answer;
  expireAccessTokens(account: string): void;
  revoke(account: string): void;
  setGrantedScopes(account: string, granted: string[]): void;
}

/** A provider folder exports one of these; `sandbox/providers.ts` lists them. */
export interface ProviderModule<Settings extends object = object> {
  id: ProviderId;
  /** Every choice that no document of the vendor's confirms, with its default; `GET|PATCH /_control/settings` reads and sets them. */
  settings: z.ZodType<Settings>;
  create(core: SandboxCore<Settings>): Provider;
}
