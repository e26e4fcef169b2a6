/** Workspaces, users, and the hashed keys, sessions and sign-in links that speak for them. */
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import type { Database, Executor } from '../client.ts';
import { hashSecret, newId, newSecret } from '../ids.ts';
import { prepared } from '../prepared.ts';
import { apiKeys, sessions, signInLinks, users, workspaces } from '../schema/index.ts';
import { type Page, toPage } from './scope.ts';

export type User = typeof users.$inferSelect;

export interface KeyHolder {
  readonly keyId: string;
  readonly workspaceId: string;
}

/** Whose key it is; undefined when it is unknown or revoked. */
export async function findKeyHolder(db: Executor, key: string): Promise<KeyHolder | undefined> {
  const [row] = await findKey(db).execute({ tokenHash: hashSecret(key) });
  return row;
}

const findKey = prepared((db) =>
  db
    .select({ keyId: apiKeys.id, workspaceId: apiKeys.workspaceId })
    .from(apiKeys)
    .where(and(eq(apiKeys.tokenHash, sql.placeholder('tokenHash')), isNull(apiKeys.revokedAt)))
    .prepare('find_key'),
);

/** Makes the workspace's key known; the same key twice is one row. */
export async function ensureWorkspaceKey(
  db: Executor,
  input: { workspaceId: string; key: string; name: string },
): Promise<void> {
  await db
    .insert(apiKeys)
    .values({
      id: newId('key'),
      workspaceId: input.workspaceId,
      tokenHash: hashSecret(input.key),
      name: input.name,
    })
    .onConflictDoNothing({ target: apiKeys.tokenHash });
}

export async function findUser(db: Executor, workspaceId: string, userId: string): Promise<User | undefined> {
  const [row] = await db
    .select()
    .from(users)
    .where(and(eq(users.id, userId), eq(users.workspaceId, workspaceId)));
  return row;
}

/** By name; `after` is the last of the page before. */
export async function listUsers(
  db: Executor,
  workspaceId: string,
  list: { limit: number; after?: { name: string; id: string } | undefined },
): Promise<Page<User>> {
  const conditions = [eq(users.workspaceId, workspaceId)];
  if (list.after !== undefined)
    conditions.push(sql`(${users.name}, ${users.id}) > (${list.after.name}, ${list.after.id})`);
  const rows = await db
    .select()
    .from(users)
    .where(and(...conditions))
    .orderBy(users.name, users.id)
    .limit(list.limit + 1);
  return toPage(rows, list.limit);
}

export async function findWorkspace(db: Executor, workspaceId: string) {
  const [row] = await db.select().from(workspaces).where(eq(workspaces.id, workspaceId));
  return row;
}

/** The workspace of that name, the oldest where there are several; made when missing. */
export async function ensureWorkspace(db: Executor, name: string): Promise<string> {
  const [found] = await db
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(eq(workspaces.name, name))
    .orderBy(workspaces.createdAt)
    .limit(1);
  if (found !== undefined) return found.id;
  const id = newId('ws');
  await db.insert(workspaces).values({ id, name });
  return id;
}

export async function ensureUser(
  db: Executor,
  input: { workspaceId: string; name: string; email: string },
): Promise<string> {
  const [row] = await db
    .insert(users)
    .values({ id: newId('usr'), ...input })
    .onConflictDoUpdate({ target: [users.workspaceId, users.email], set: { email: input.email } })
    .returning({ id: users.id });
  return (row as { id: string }).id;
}

export interface SessionHolder {
  readonly sessionId: string;
  readonly userId: string;
  readonly workspaceId: string;
  readonly expiresAt: string;
}

/** Whose session it is; undefined when it is unknown or over. */
export async function findSessionHolder(db: Executor, token: string): Promise<SessionHolder | undefined> {
  const [row] = await findSession(db).execute({ tokenHash: hashSecret(token) });
  return row;
}

const findSession = prepared((db) =>
  db
    .select({
      sessionId: sessions.id,
      userId: users.id,
      workspaceId: users.workspaceId,
      expiresAt: sessions.expiresAt,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.tokenHash, sql.placeholder('tokenHash')), gt(sessions.expiresAt, sql`now()`)))
    .prepare('find_session'),
);

export interface NewSession {
  readonly id: string;
  /** The only time that it is seen. */
  readonly token: string;
  readonly expiresAt: string;
}

/** Told by the token itself: `hs` stands in a page of its own or a program, `he` in a page inside another product's. */
export type SessionPrefix = 'hs' | 'he';

export async function createSession(
  db: Executor,
  userId: string,
  { lifetimeMs, prefix = 'hs' }: { lifetimeMs: number; prefix?: SessionPrefix },
): Promise<NewSession> {
  const session = { id: newId('ses'), expiresAt: fromNow(lifetimeMs) };
  const token = newSecret(prefix);
  await db.insert(sessions).values({ ...session, userId, tokenHash: hashSecret(token) });
  return { ...session, token };
}

/** Moves the end of a session that is in use; never nearer. */
export async function extendSession(db: Executor, sessionId: string, lifetimeMs: number): Promise<void> {
  const expiresAt = fromNow(lifetimeMs);
  await db
    .update(sessions)
    .set({ expiresAt })
    .where(and(eq(sessions.id, sessionId), lt(sessions.expiresAt, expiresAt)));
}

export async function endSession(db: Executor, sessionId: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.id, sessionId));
}

/** A secret that opens one session of its own, once. Returns it; only its hash is kept. */
export async function createSignInLink(db: Executor, userId: string, lifetimeMs: number): Promise<string> {
  const link = newSecret('hl');
  await db
    .insert(signInLinks)
    .values({ tokenHash: hashSecret(link), userId, expiresAt: fromNow(lifetimeMs) });
  return link;
}

/** Spends the link and opens a session; undefined when it is unknown, spent or too old. */
export function redeemSignInLink(
  db: Database,
  link: string,
  session: { lifetimeMs: number; prefix?: SessionPrefix },
): Promise<NewSession | undefined> {
  return db.transaction(async (tx) => {
    const [row] = await tx
      .update(signInLinks)
      .set({ usedAt: sql`now()` })
      .where(
        and(
          eq(signInLinks.tokenHash, hashSecret(link)),
          isNull(signInLinks.usedAt),
          gt(signInLinks.expiresAt, sql`now()`),
        ),
      )
      .returning({ userId: signInLinks.userId });
    return row === undefined ? undefined : createSession(tx, row.userId, session);
  });
}

/** Forgets sessions and links that ended. */
export async function pruneSessions(db: Executor): Promise<void> {
  await db.delete(sessions).where(lt(sessions.expiresAt, sql`now()`));
  await db.delete(signInLinks).where(lt(signInLinks.expiresAt, sql`now()`));
}

const fromNow = (ms: number): string => new Date(Date.now() + ms).toISOString();
