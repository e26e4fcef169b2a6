/** The world that all providers share: what a reset asked for, remembered across restarts. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { parseControl } from '../control/control-error.ts';
import type { DurableState } from './durable-state.ts';
import type { Provider, World } from './provider.ts';
import { hashText } from './seeded-random.ts';

/** The largest world of any kind; ids are scrambled within it. */
const MAX_RECORDS = 2_000_000;

const count = z.int().min(0).max(MAX_RECORDS).optional();

const resetOrder = z.strictObject({
  seed: z.union([z.number(), z.string()]),
  contacts: count,
  calendars: z.int().min(1).max(1000).optional(),
  eventsPerCalendar: count,
  linearIssues: count,
  linearMembers: count,
  notionPages: count,
});

export class Worlds {
  readonly #state: DurableState;
  readonly #providers: readonly Provider[];
  readonly #table;
  #current: World;

  constructor(state: DurableState, providers: readonly Provider[]) {
    this.#state = state;
    this.#providers = providers;
    this.#table = state.table<World>('core.world');
    this.#current = this.#table.get('world') ?? { id: newWorldId(), seed: 1 };
    this.#table.set('world', this.#current);
    for (const provider of providers) provider.loadWorld(this.#current);
  }

  get current(): World {
    return this.#current;
  }

  /**
   * Makes a fresh world. Tables named `<provider>.world.…` are wiped. Clients and tokens live on, but every consent
   * counts as not yet given. Throws ControlError 400 on an unknown field.
   */
  reset(body: unknown): World {
    const { seed, ...counts } = parseControl(resetOrder, body);
    this.#state.wipe((name) => /^\w+\.world\./.test(name));
    this.#current = { ...counts, id: newWorldId(), seed: typeof seed === 'number' ? seed : hashText(seed) };
    this.#table.set('world', this.#current);
    for (const provider of this.#providers) {
      provider.forgetConsents();
      provider.loadWorld(this.#current);
    }
    return this.#current;
  }
}

function newWorldId(): string {
  return randomBytes(6).toString('base64url');
}
