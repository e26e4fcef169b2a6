/** An error and what caused it, the outermost first: drizzle and the activities wrap what the driver throws. */
export function* causesOf(
  error: unknown,
): Generator<Error & { readonly code?: unknown; readonly severity?: unknown }> {
  for (let cause = error; cause instanceof Error; cause = cause.cause) yield cause;
}
