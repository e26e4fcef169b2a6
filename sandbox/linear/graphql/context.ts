import type { GraphQLFieldResolver } from 'graphql';
import type { Call } from '../../core/call.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import type { Caller } from '../oauth/callers.ts';
import type { LinearSettings } from '../settings.ts';
import type { LinearEvents } from '../webhooks/events.ts';
import type { UserRecord } from '../world/records.ts';
import type { Workspace } from '../world/workspace.ts';
import type { Limit } from './rate-limits.ts';

/** What every resolver gets. */
export interface GraphqlContext {
  core: SandboxCore<LinearSettings>;
  call: Call;
  caller: Caller;
  workspace: Workspace;
  viewer: UserRecord;
  events: LinearEvents;
  /** The sequence numbers that listings and reads by id may show. */
  listingSeq: number;
  readSeq: number;
  limits: () => Limit[];
}

// biome-ignore lint/suspicious/noExplicitAny: resolvers are looked up by name, the schema checks what they answer
export type Resolver = GraphQLFieldResolver<any, GraphqlContext, any>;
export type Resolvers = Record<string, Record<string, Resolver>>;
