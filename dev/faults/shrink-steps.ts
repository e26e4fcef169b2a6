/** Fewer steps that still fail: halves, quarters, … are left out while the failure stays. */

/** Each try is a whole run, so that there are at most this many. */
const maxTries = 24;

export async function shrinkSteps<T>(
  steps: readonly T[],
  fails: (steps: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let kept = steps;
  let tries = 0;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < kept.length && tries < maxTries; ) {
      const without = [...kept.slice(0, at), ...kept.slice(at + size)];
      tries += 1;
      if (without.length > 0 && (await fails(without))) kept = without;
      else at += size;
    }
  }
  return kept;
}
