/** Puts a defined route into Express: authenticate, refuse other sites, read and check the input, answer once. */
import { createHash } from 'node:crypto';
import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { z } from 'zod';
import { type IdPrefix, newId } from '../db/ids.ts';
import type { Scope } from '../db/queries/scope.ts';
import type { Caller } from './caller.ts';
import type { Reply, Route } from './define-route.ts';
import type { ApiDeps } from './deps.ts';
import { authenticate } from './middleware/authenticate.ts';
import { answerOnce, type IdempotentCall, readIdempotencyKey } from './middleware/idempotency.ts';
import { refuseCrossSite } from './middleware/refuse-cross-site.ts';
import { markCursor, markOfList, unmarkCursor } from './paging.ts';
import { ProblemError } from './problem.ts';
import { readInput } from './read-input.ts';
import { type ShareReads, shareReads } from './share-reads.ts';

export const bodyLimitBytes = 256 * 1024;

const noFields = z.strictObject({});
const readJson = express.json({ limit: bodyLimitBytes, strict: true, type: 'application/json' });

export function toExpressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

export function mountRoute(app: Express, deps: ApiDeps, route: Route): void {
  const share = route.polled === true ? shareReads<Reply | undefined>() : undefined;
  const mounted = { route, readers: bodyReaders(route), share };
  app[route.method](toExpressPath(route.path), (req, res, next) => {
    // Metrics and log lines name the route, not the ids in its path.
    res.locals.route = route.path;
    handle(deps, mounted, req, res).catch(next);
  });
}

function bodyReaders(route: Route): readonly RequestHandler[] {
  if (route.method === 'get') return [];
  if (route.rawBodyLimitBytes === undefined) return [requireJson, readJson];
  return [express.raw({ limit: route.rawBodyLimitBytes, type: () => true, inflate: false })];
}

interface Mounted {
  readonly route: Route;
  readonly readers: readonly RequestHandler[];
  /** Of a polled route alone. */
  readonly share: ShareReads<Reply | undefined> | undefined;
}

async function handle(
  deps: ApiDeps,
  { route, readers, share }: Mounted,
  req: Request,
  res: Response,
): Promise<void> {
  // Who it is comes before the body is read: strangers cost no parsing.
  const caller = await authenticate(deps, route.auth, req, res);
  if (route.method !== 'get' && route.rawBodyLimitBytes === undefined) {
    refuseCrossSite(deps.config.publicUrl, caller, req);
  }
  for (const reader of readers) await run(reader, req, res);
  const own = caller === undefined ? deps : { ...deps, db: deps.within(scopeOf(route, caller)) };
  const params = readInput('params', route.params ?? noFields, req.params);
  const asked = readInput('query', route.query ?? noFields, req.query) as Readonly<Record<string, unknown>>;
  const mark = takesCursor(route) ? markOfList(route.path, params, asked) : undefined;
  const call = {
    deps: own,
    caller,
    params,
    query:
      mark !== undefined && typeof asked.cursor === 'string'
        ? // Empty, as a loop begins with that has no cursor yet: from the beginning.
          { ...asked, cursor: asked.cursor === '' ? undefined : unmarkCursor(mark, asked.cursor) }
        : asked,
    body: readers.includes(readJson) ? readInput('body', route.body ?? noFields, req.body ?? {}) : {},
    req,
    res,
  };
  const key = route.method === 'get' ? undefined : readIdempotencyKey(req);
  const answer = (ids: (prefix: IdPrefix) => string) =>
    (route.handler as (call: unknown) => Promise<Reply | undefined>)({ ...call, newId: ids });
  const answerAnew = () => answer(newId);
  const answerAlone = () =>
    key === undefined || caller === undefined
      ? answerAnew()
      : answerOnce(own, describeRequest(caller, key, req), res, (request) =>
          answer((prefix) => deriveId(prefix, request)),
        );
  const reply = await (share === undefined
    ? answerAlone()
    : share(JSON.stringify([caller, call.params, call.query]), answerAnew));
  if (reply !== undefined) send(res, mark === undefined ? reply : withMark(reply, mark));
}

const takesCursor = ({ query, bareCursors }: Route): boolean =>
  bareCursors !== true && query instanceof z.ZodObject && 'cursor' in query.shape;

function withMark(reply: Reply, mark: string): Reply {
  const body = reply.body as { nextCursor?: string | null };
  if (typeof body.nextCursor !== 'string') return reply;
  return { ...reply, body: { ...body, nextCursor: markCursor(mark, body.nextCursor) } };
}

/** What only a workspace key may do concerns the whole workspace, whomever it acts for. */
const scopeOf = ({ auth }: Route, caller: Caller): Scope =>
  auth === 'workspace_key' ? { workspaceId: caller.workspaceId, userId: null } : caller;

function send(res: Response, reply: Reply): void {
  res.status(reply.status);
  // An ETag is the version, which says whether somebody wrote; members, sources and links come and go without one.
  delete res.req.headers['if-none-match'];
  for (const [name, value] of Object.entries(reply.headers ?? {})) res.setHeader(name, value);
  if (reply.body === undefined || reply.body === null) res.end();
  else res.json(reply.body);
}

function describeRequest(caller: Caller, key: string, req: Request): IdempotentCall {
  const condition = req.headers['if-match'];
  const requestHash = createHash('sha256')
    .update(`${req.method}\n${req.originalUrl}\n${JSON.stringify(req.body ?? null)}`)
    .update(condition === undefined ? '' : `\nIf-Match: ${condition}`)
    .digest('base64url');
  return { workspaceId: caller.workspaceId, actor: caller.userId ?? '', key, requestHash };
}

/** The same for the same caller, key and request, so that a repeat is recognised even where the answer was lost. */
function deriveId(prefix: IdPrefix, request: IdempotentCall): string {
  const { workspaceId, actor, key, requestHash } = request;
  const hash = createHash('sha256')
    .update(JSON.stringify([workspaceId, actor, key, requestHash]))
    .digest('hex');
  return `${prefix}_${hash.slice(0, 32)}`;
}

function requireJson(req: Request, _res: Response, next: NextFunction): void {
  const hasBody =
    req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  if (hasBody && !req.is('application/json')) {
    throw new ProblemError('unsupported_media_type', {
      detail: 'The body has to be application/json.',
      remedy: 'Send it with Content-Type: application/json.',
    });
  }
  next();
}

const run = (handler: RequestHandler, req: Request, res: Response): Promise<void> =>
  new Promise((resolve, reject) => {
    handler(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
