/** Deterministic numbers: the same seed and index always give the same world. Not for secrets. */

/** A 32-bit hash of a text (FNV-1a with a final mix). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix32(hash);
}

/** Scrambles a 32-bit integer; every input bit reaches every output bit. */
export function mix32(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** The hash of two integers, for "field f of record i". */
export function mixPair(a: number, b: number): number {
  return mix32(Math.imul(a, 0x9e3779b1) ^ mix32(b));
}

/** A generator of numbers in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix32(state) / 4294967296;
  };
}

/** The item that a hash picks. The list must not be empty. */
export function pick<T>(items: readonly T[], hash: number): T {
  return items[hash % items.length] as T;
}

const PRIME = 2147483647n; // 2^31 - 1

/**
 * A reversible scrambling of 0 … 2,097,151 into ten-digit numbers, so that ids look random, need no table, and lead
 * back to their index.
 */
export function createIndexScrambler(seed: number): {
  scramble(index: number): number;
  unscramble(value: number): number;
} {
  const factor = (mix32(seed) % 2_000_000_000) + 100_000_007;
  const inverse = powerModulo(BigInt(factor), PRIME - 2n);
  return {
    scramble: (index) => ((index + 1) * factor) % 2147483647,
    unscramble: (value) => Number((BigInt(value) * inverse) % PRIME) - 1,
  };
}

function powerModulo(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base % PRIME;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * factor) % PRIME;
    factor = (factor * factor) % PRIME;
  }
  return result;
}
