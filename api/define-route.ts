/** One place binds a route's schemas, its documentation and its handler, so that no route is undocumented or unchecked. */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { IdPrefix } from '../db/ids.ts';
import type { Caller, RouteAuth } from './caller.ts';
import type { ApiDeps } from './deps.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export interface ResponseSpec {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Other than application/json; the handler then writes the answer itself. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
export type ResponseSpecs = Readonly<Record<number, ResponseSpec>>;

type ReplyOf<Specs extends ResponseSpecs> = {
  [Status in keyof Specs & number]: Specs[Status] extends { schema: infer Schema extends z.ZodType }
    ? { status: Status; body: z.input<Schema>; headers?: Readonly<Record<string, string>>; isInterim?: true }
    : { status: Status; headers?: Readonly<Record<string, string>> };
}[keyof Specs & number];

export interface RouteCall<Params, Query, Body, Auth extends RouteAuth> {
  readonly deps: ApiDeps;
  readonly caller: Auth extends 'public' ? undefined : Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** A new id; the same one when the request is repeated with its Idempotency-Key. */
  readonly newId: (prefix: IdPrefix) => string;
  readonly req: Request;
  readonly res: Response;
}

export interface RouteDefinition<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Specs extends ResponseSpecs,
  Auth extends RouteAuth,
> {
  readonly method: Method;
  /** As OpenAPI has it: `/v1/integrations/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly auth: Auth;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Takes any content type up to this size, unread: `req.body` is a Buffer. */
  readonly rawBodyLimitBytes?: number;
  /**
   * Asked for over and over: equal questions of one caller that wait at the same time share an answer (share-reads.ts), so
   * the handler only reads, and leaves `req` and `res` alone.
   */
  readonly polled?: true;
  /** Its cursors are positions that hold for any filter: they go out and come in as they are. */
  readonly bareCursors?: true;
  readonly responses: Specs;
  /** Codes of problems that are particular to this route; the usual ones need no mention. */
  readonly problems?: readonly number[];
  /** Returns the answer; nothing when it wrote to `res` itself. */
  readonly handler: (
    call: RouteCall<z.output<Params>, z.output<Query>, z.output<Body>, Auth>,
  ) => Promise<ReplyOf<NoInfer<Specs>> | undefined>;
}

/** A route with its types forgotten, as app and document handle it. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly auth: RouteAuth;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly rawBodyLimitBytes?: number;
  readonly polled?: true;
  readonly bareCursors?: true;
  readonly responses: ResponseSpecs;
  readonly problems?: readonly number[];
  readonly handler: (call: never) => Promise<Reply | undefined>;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What was asked for still goes on: a repeat with the same Idempotency-Key is to learn how it ended. */
  readonly isInterim?: true;
}

export function defineRoute<
  const Specs extends ResponseSpecs,
  Auth extends RouteAuth,
  Params extends z.ZodType = z.ZodObject<Record<never, never>>,
  Query extends z.ZodType = z.ZodObject<Record<never, never>>,
  Body extends z.ZodType = z.ZodObject<Record<never, never>>,
>(definition: RouteDefinition<Params, Query, Body, Specs, Auth>): Route {
  return definition;
}
