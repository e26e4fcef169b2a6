/** Opaque page and sync tokens, listings that a fault cuts short, and a small cache of what a listing was made from. */

/** Packs what a token needs to say. Opaque to callers, readable for whoever debugs the stand-in. */
export function encodeToken(kind: string, content: object): string {
  return Buffer.from(JSON.stringify({ ...content, kind })).toString('base64url');
}

/** The content of a token of that kind; undefined where it is no such token. */
export function decodeToken<T extends object>(kind: string, token: string): T | undefined {
  try {
    const content = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as T & { kind?: unknown };
    return typeof content === 'object' && content !== null && content.kind === kind ? content : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Where a listing of `total` ends under a truncate-list fault. `keep` below 1 is a share, from 1 on a count; undefined
 * leaves it whole.
 */
export function endOfListing(total: number, keep: number | undefined): number {
  if (keep === undefined) return total;
  return Math.min(total, keep < 1 ? Math.floor(total * keep) : Math.floor(keep));
}

/** Remembers the last few results of costly work. */
export class RecentCache<T> {
  readonly #entries = new Map<string, T>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  getOrCreate(key: string, create: () => T): T {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    const made = create();
    this.#entries.set(key, made);
    if (this.#entries.size > this.#limit) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return made;
  }

  clear(): void {
    this.#entries.clear();
  }
}
