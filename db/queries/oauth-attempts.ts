/** One sign-in at a provider, from our hop to the exchange of its code. Secrets are hashed, or sealed to the row. */
import { and, eq, gt, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import type { Executor } from '../client.ts';
import { integrations, oauthAttempts, type SignInOutcome } from '../schema/index.ts';
import type { Sealer } from '../sealing.ts';

export type OAuthAttempt = typeof oauthAttempts.$inferSelect;

const verifierBoundTo = (attemptId: string): string => `oauth_attempts.verifier:${attemptId}`;
const codeBoundTo = (attemptId: string): string => `oauth_attempts.code:${attemptId}`;

export interface NewAttempt {
  readonly id: string;
  readonly integrationId: string;
  readonly purpose: 'connect' | 'reauthenticate';
  readonly stateHash: string;
  readonly hopHash: string;
  /** The browser session that began it; null where none did. */
  readonly sessionId: string | null;
  readonly codeVerifier: string;
  readonly lifetimeMs: number;
}

export async function insertAttempt(db: Executor, sealer: Sealer, attempt: NewAttempt): Promise<void> {
  const { codeVerifier, lifetimeMs, ...columns } = attempt;
  const { keyId, sealed } = sealer.seal(codeVerifier, verifierBoundTo(attempt.id));
  await db.insert(oauthAttempts).values({
    ...columns,
    keyId,
    sealedVerifier: sealed,
    expiresAt: new Date(Date.now() + lifetimeMs).toISOString(),
  });
}

export async function findAttemptByHop(db: Executor, hopHash: string): Promise<OAuthAttempt | undefined> {
  const [row] = await db.select().from(oauthAttempts).where(eq(oauthAttempts.hopHash, hopHash));
  return row;
}

export async function findAttemptByState(db: Executor, stateHash: string): Promise<OAuthAttempt | undefined> {
  const [row] = await db.select().from(oauthAttempts).where(eq(oauthAttempts.stateHash, stateHash));
  return row;
}

/** Ties the attempt to the first browser that opens it. False for any other browser, and once it is used or too old. */
export async function bindToBrowser(db: Executor, attemptId: string, browserHash: string): Promise<boolean> {
  const rows = await db
    .update(oauthAttempts)
    .set({ browserHash })
    .where(
      and(
        eq(oauthAttempts.id, attemptId),
        or(isNull(oauthAttempts.browserHash), eq(oauthAttempts.browserHash, browserHash)),
        stillOpen(),
      ),
    )
    .returning({ id: oauthAttempts.id });
  return rows.length > 0;
}

/** Spends the attempt, once, storing the code (null: the provider sent none). False when it was spent or too old. */
export async function spendAttempt(
  db: Executor,
  sealer: Sealer,
  attempt: OAuthAttempt,
  spend: { browserHash: string; code: string | null },
): Promise<boolean> {
  // Both under one key id: the sealing key may have changed since the attempt began.
  const verifier = sealer.seal(readVerifier(sealer, attempt), verifierBoundTo(attempt.id));
  const code = spend.code === null ? null : sealer.seal(spend.code, codeBoundTo(attempt.id)).sealed;
  const rows = await db
    .update(oauthAttempts)
    .set({ usedAt: sql`now()`, keyId: verifier.keyId, sealedVerifier: verifier.sealed, sealedCode: code })
    .where(
      and(eq(oauthAttempts.id, attempt.id), eq(oauthAttempts.browserHash, spend.browserHash), stillOpen()),
    )
    .returning({ id: oauthAttempts.id });
  return rows.length > 0;
}

export function readVerifier(sealer: Sealer, attempt: OAuthAttempt): string {
  return sealer.open({ keyId: attempt.keyId, sealed: attempt.sealedVerifier }, verifierBoundTo(attempt.id));
}

export interface CodeGrant {
  readonly code: string;
  readonly codeVerifier: string;
}

/** What the exchange needs; undefined when the attempt is unknown, unspent, or its code was taken already. */
export async function readCodeGrant(
  db: Executor,
  sealer: Sealer,
  attemptId: string,
): Promise<CodeGrant | undefined> {
  const [row] = await db.select().from(oauthAttempts).where(eq(oauthAttempts.id, attemptId));
  if (row === undefined || row.sealedCode === null) return undefined;
  return {
    code: sealer.open({ keyId: row.keyId, sealed: row.sealedCode }, codeBoundTo(attemptId)),
    codeVerifier: readVerifier(sealer, row),
  };
}

/** How the exchange ended; undefined while it has not, or where it was given up. */
export async function readOutcome(db: Executor, attemptId: string): Promise<SignInOutcome | undefined> {
  const [row] = await db
    .select({ outcome: oauthAttempts.outcome })
    .from(oauthAttempts)
    .where(eq(oauthAttempts.id, attemptId));
  return row?.outcome ?? undefined;
}

/**
 * Forgets the code, which works once at the provider anyway, and keeps how the sign-in ended (null: it was given up). Part
 * of the transaction that stores the tokens, or of the refusal: from then on the sign-in is no longer under way. False when
 * it was not under way any more.
 */
export async function endAttempt(
  db: Executor,
  attemptId: string,
  outcome: SignInOutcome | null,
): Promise<boolean> {
  const rows = await db
    .update(oauthAttempts)
    .set({ sealedCode: null, outcome })
    .where(and(eq(oauthAttempts.id, attemptId), isNotNull(oauthAttempts.sealedCode)))
    .returning({ id: oauthAttempts.id });
  return rows.length > 0;
}

/** How long after its attempt's end a code may still be on its way to the exchange. */
const exchangeMs = 2 * 60 * 1000;

/**
 * The providers at which somebody is signing in for the first time now, until the code was exchanged for stored tokens or
 * refused: of the workspace from the moment that a browser was sent there, of any other from the moment that it was back
 * with the code, since people who never come back must not hold up other workspaces. Whose account it will be is not known
 * before. (Signing in again is for an account that is known, with its tokens stored.) Integrations that are being deleted
 * don't count: theirs come to nothing.
 */
export async function firstSignInsUnderWay(db: Executor, workspaceId: string): Promise<readonly string[]> {
  const rows = await db
    .selectDistinct({ provider: integrations.provider })
    .from(oauthAttempts)
    .innerJoin(integrations, eq(integrations.id, oauthAttempts.integrationId))
    .where(
      and(
        isNull(integrations.accountId),
        isNull(integrations.deletingAt),
        isNotNull(oauthAttempts.browserHash),
        or(
          and(eq(integrations.workspaceId, workspaceId), stillOpen()),
          and(
            isNotNull(oauthAttempts.sealedCode),
            gt(oauthAttempts.expiresAt, sql`now() - ${exchangeMs} * interval '1 millisecond'`),
          ),
        ),
      ),
    );
  return rows.map(({ provider }) => provider);
}

const stillOpen = () => and(isNull(oauthAttempts.usedAt), gt(oauthAttempts.expiresAt, sql`now()`));

/** Forgets sign-ins that ended, or came to nothing, longer than `keptMs` ago. */
export async function pruneAttempts(db: Executor, keptMs: number): Promise<void> {
  const before = new Date(Date.now() - keptMs).toISOString();
  await db.delete(oauthAttempts).where(lt(oauthAttempts.expiresAt, before));
}
