/** Idempotency-Key: the first answer is kept, sealed (it may hold a one-time link), and given again to a repeat. */
import { and, eq, lt, or, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { idempotencyKeys } from '../schema/index.ts';
import type { Sealed, Sealer } from '../sealing.ts';

/** After this long a key may be used for something else. */
export const idempotencyKeptMs = 24 * 60 * 60 * 1000;
/** A request that has been in progress for longer died with its process. */
const abandonedAfterMs = 2 * 60 * 1000;

export interface IdempotentRequest {
  readonly workspaceId: string;
  /** The user acted for, or '' for the workspace itself. */
  readonly actor: string;
  readonly key: string;
  readonly requestHash: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type IdempotencyClaim =
  | { readonly kind: 'first' }
  | { readonly kind: 'repeat'; readonly answer: StoredAnswer }
  | { readonly kind: 'in_progress' }
  | { readonly kind: 'other_request' };

const boundTo = (request: IdempotentRequest): string =>
  `idempotency_keys:${request.workspaceId}:${request.actor}:${request.key}`;

const sameKey = (request: IdempotentRequest) =>
  and(
    eq(idempotencyKeys.workspaceId, request.workspaceId),
    eq(idempotencyKeys.actor, request.actor),
    eq(idempotencyKeys.key, request.key),
  );

/** Takes the key for this request, or says what became of it. One of several at once gets `first`. */
export async function claimIdempotencyKey(
  db: Executor,
  sealer: Sealer,
  request: IdempotentRequest,
): Promise<IdempotencyClaim> {
  const taken = await db
    .insert(idempotencyKeys)
    .values(request)
    .onConflictDoUpdate({
      target: [idempotencyKeys.workspaceId, idempotencyKeys.actor, idempotencyKeys.key],
      set: {
        requestHash: request.requestHash,
        status: null,
        body: null,
        headers: null,
        createdAt: sql`now()`,
      },
      setWhere: or(
        lt(idempotencyKeys.createdAt, ago(idempotencyKeptMs)),
        and(
          sql`${idempotencyKeys.status} is null`,
          eq(idempotencyKeys.requestHash, request.requestHash),
          lt(idempotencyKeys.createdAt, ago(abandonedAfterMs)),
        ),
      ) as ReturnType<typeof sql>,
    })
    .returning({ key: idempotencyKeys.key });
  if (taken.length > 0) return { kind: 'first' };
  const [row] = await db.select().from(idempotencyKeys).where(sameKey(request));
  // Released between the two statements: the other request failed, so the caller may come again.
  if (row === undefined) return { kind: 'in_progress' };
  if (row.requestHash !== request.requestHash) return { kind: 'other_request' };
  if (row.status === null) return { kind: 'in_progress' };
  const body = JSON.parse(sealer.open(row.body as Sealed, boundTo(request))) as unknown;
  const headers = row.headers === null ? {} : { headers: row.headers };
  return { kind: 'repeat', answer: { status: row.status, body, ...headers } };
}

export async function storeAnswer(
  db: Executor,
  sealer: Sealer,
  request: IdempotentRequest,
  answer: StoredAnswer,
): Promise<void> {
  const body = sealer.seal(JSON.stringify(answer.body ?? null), boundTo(request));
  await db
    .update(idempotencyKeys)
    .set({ status: answer.status, body, headers: answer.headers ?? null })
    .where(sameKey(request));
}

/** Frees the key after a failure that a repeat may mend. */
export async function releaseIdempotencyKey(db: Executor, request: IdempotentRequest): Promise<void> {
  await db.delete(idempotencyKeys).where(and(sameKey(request), sql`${idempotencyKeys.status} is null`));
}

export async function pruneIdempotencyKeys(db: Executor): Promise<void> {
  await db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, ago(idempotencyKeptMs)));
}

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
