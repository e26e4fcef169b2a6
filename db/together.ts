/**
 * Statements of one transaction that are sent at once; fails as the first that failed, once all have ended. The driver sends
 * what comes after a rollback on the same connection all the same: there it would hold, outside of any transaction.
 */
export async function together<const Statements extends readonly unknown[]>(
  statements: Statements,
): Promise<{ -readonly [Index in keyof Statements]: Awaited<Statements[Index]> }> {
  // A query is sent each time that somebody waits for it.
  const sent = statements.map((statement) => Promise.resolve(statement));
  try {
    return (await Promise.all(sent)) as never;
  } catch (error) {
    await Promise.allSettled(sent);
    throw error;
  }
}
