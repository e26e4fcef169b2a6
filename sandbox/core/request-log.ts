import type { ProviderId } from './provider-id.ts';

/** One request as the control surface reports it. Never a query string, a header or a body: those hold tokens. */
export interface LoggedRequest {
  at: string;
  provider: ProviderId;
  account: string | null;
  method: string;
  path: string;
  status: number;
  write: boolean;
}

type Entry = Omit<LoggedRequest, 'at'> & { atMs: number };

/** The last requests, bounded. `status` is 0 where the connection died without an answer. */
export class RequestLog {
  readonly #entries: Entry[] = [];
  readonly #capacity: number;
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(entry: Entry): void {
    this.#entries[this.#next % this.#capacity] = entry;
    this.#next++;
  }

  clear(): void {
    this.#entries.length = 0;
    this.#next = 0;
  }

  /** Oldest first. `cursor` is a position that an earlier answer gave. */
  list(filter: { provider?: string | undefined; sinceMs: number; limit: number; cursor: number }): {
    data: LoggedRequest[];
    nextCursor: string | null;
  } {
    const data: LoggedRequest[] = [];
    const oldest = Math.max(0, this.#next - this.#capacity);
    for (let i = Math.max(oldest, filter.cursor); i < this.#next; i++) {
      const entry = this.#entries[i % this.#capacity] as Entry;
      if (entry.atMs < filter.sinceMs) continue;
      if (filter.provider !== undefined && entry.provider !== filter.provider) continue;
      if (data.length === filter.limit) return { data, nextCursor: String(i) };
      const { atMs, ...rest } = entry;
      data.push({ at: new Date(atMs).toISOString(), ...rest });
    }
    return { data, nextCursor: null };
  }
}
