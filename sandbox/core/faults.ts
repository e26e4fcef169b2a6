/** Faults that a check orders: which call they hit, how often, and what goes wrong. */
import { z } from 'zod';
import { providerIds } from './provider-id.ts';
import { hashText, seededRandom } from './seeded-random.ts';

const wait = z.number().min(0).max(600_000);

const faultKinds = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(200).max(599),
    body: z.json().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ kind: z.literal('delay'), ms: wait }),
  z.strictObject({ kind: z.literal('lose-request') }),
  z.strictObject({ kind: z.literal('lose-answer') }),
  z.strictObject({ kind: z.literal('truncate-list'), keep: z.number().min(0) }),
  z.strictObject({ kind: z.literal('stale-read'), ms: z.number().min(0) }),
  z.strictObject({ kind: z.literal('cut-body') }),
  z.strictObject({ kind: z.literal('status-after-saving'), status: z.int().min(400).max(599) }),
]);

export const faultOrder = z.strictObject({
  provider: z.enum(providerIds),
  method: z.string().optional(),
  /** A prefix of the path, or a pattern where `*` stands for anything. */
  path: z.string().optional(),
  account: z.string().optional(),
  /** Matching calls that pass before the first fault. */
  after: z.int().min(0).optional(),
  /** Faults before it is used up; unlimited when absent. */
  times: z.int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
  seed: z.union([z.number(), z.string()]).optional(),
  fault: faultKinds,
});

export type FaultOrder = z.infer<typeof faultOrder>;
export type Fault = FaultOrder['fault'];

/** What a fault is matched against. */
export interface FaultSubject {
  provider: string;
  method: string;
  path: string;
  account: string | undefined;
  /** Whether the call lists (truncate-list hits nothing else). */
  list: boolean;
  /** Whether the call changes something (stale-read leaves writes alone). */
  write: boolean;
}

interface ActiveFault {
  id: string;
  order: FaultOrder;
  matched: number;
  fired: number;
  matchesPath: (path: string) => boolean;
  random: () => number;
}

export class Faults {
  readonly #active = new Map<string, ActiveFault>();
  #lastId = 0;

  add(order: FaultOrder): string {
    const id = `flt_${++this.#lastId}`;
    this.#active.set(id, {
      id,
      order,
      matched: 0,
      fired: 0,
      matchesPath: compilePath(order.path),
      random: seededRandom(hashText(String(order.seed ?? id))),
    });
    return id;
  }

  remove(id: string): boolean {
    return this.#active.delete(id);
  }

  clear(): void {
    this.#active.clear();
  }

  list(): (FaultOrder & { id: string; matched: number; fired: number })[] {
    return [...this.#active.values()].map(({ id, order, matched, fired }) => ({
      id,
      ...order,
      matched,
      fired,
    }));
  }

  /** The faults that hit this call, in the order they were made; counts them. */
  hit(subject: FaultSubject): Fault[] {
    if (this.#active.size === 0) return [];
    const hits: Fault[] = [];
    for (const active of this.#active.values()) if (fires(active, subject)) hits.push(active.order.fault);
    return hits;
  }
}

function fires(active: ActiveFault, subject: FaultSubject): boolean {
  const { order } = active;
  if (order.provider !== subject.provider) return false;
  if (order.method !== undefined && order.method.toUpperCase() !== subject.method) return false;
  if (order.account !== undefined && order.account !== subject.account) return false;
  if (order.fault.kind === 'truncate-list' && !subject.list) return false;
  if (order.fault.kind === 'stale-read' && subject.write) return false;
  if (order.fault.kind === 'status-after-saving' && !subject.write) return false;
  if (!active.matchesPath(subject.path)) return false;
  active.matched++;
  if (active.matched <= (order.after ?? 0)) return false;
  if (order.times !== undefined && active.fired >= order.times) return false;
  if (order.probability !== undefined && active.random() >= order.probability) return false;
  active.fired++;
  return true;
}

function compilePath(pattern: string | undefined): (path: string) => boolean {
  if (pattern === undefined || pattern === '*') return () => true;
  if (!pattern.includes('*')) return (path) => path.startsWith(pattern);
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const regex = new RegExp(`^${escaped.join('.*')}$`);
  return (path) => regex.test(path);
}
