/**
 * What of an error that an SDK threw goes along in ours: names, codes and frames. Its texts and properties don't: they
 * hold queries, headers, bodies and tokens.
 */

export type Bag = Readonly<Record<string, unknown>>;

export const bagOf = (value: unknown): Bag =>
  value !== null && typeof value === 'object' ? (value as Bag) : {};

const longestChain = 5;

/** Names and codes along the chain of causes: TimeoutError, ECONNRESET. */
export function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  let current = bagOf(error);
  for (let depth = 0; depth < longestChain; depth += 1) {
    if (typeof current.name === 'string') causes.push(current.name);
    if (typeof current.code === 'string') causes.push(current.code);
    current = bagOf(current.cause);
  }
  return causes;
}

/** `words` are the provider's own codes; what is no plain word is left out. */
export function describeCause(
  error: unknown,
  facts: { readonly httpStatus?: number | undefined; readonly words: readonly (string | undefined)[] },
): Error {
  const status = facts.httpStatus === undefined ? 'no answer' : `HTTP ${facts.httpStatus}`;
  const words = facts.words.filter((word) => word !== undefined && /^[A-Za-z_ ]{1,64}$/.test(word));
  const parts = [causesOf(error).join(' < '), status, words.join(' ')];
  const cause = new Error(parts.filter(Boolean).join(': '));
  const frames =
    error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  cause.stack = [`Error: ${cause.message}`, ...frames].join('\n');
  return cause;
}

/** What a cancelled call comes to, whatever reason its signal was aborted with: that may be any error. */
export const abortError = (): DOMException => new DOMException('The call was cancelled.', 'AbortError');

/** Throws an AbortError where the signal is aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError();
}
