/** How consent is answered: by a person on a page, or at once for scripts. Survives restarts and resets. */
import { z } from 'zod';
import type { DurableState } from './durable-state.ts';

export const consentOrder = z.strictObject({
  mode: z.enum(['ask', 'allow', 'deny']),
  /** Only these are granted, whatever was asked or ticked. */
  grantedScopes: z.array(z.string()).optional(),
});

export type ConsentOrder = z.infer<typeof consentOrder>;

export class Consent {
  readonly #table;
  readonly #initial: ConsentOrder;

  constructor(state: DurableState, initial: ConsentOrder) {
    this.#table = state.table<ConsentOrder>('core.consent');
    this.#initial = initial;
  }

  get order(): ConsentOrder {
    return this.#table.get('order') ?? this.#initial;
  }

  set(order: ConsentOrder): void {
    this.#table.set('order', order);
  }

  /** The scopes of these that may be granted. */
  restrict(scopes: readonly string[]): string[] {
    const only = this.order.grantedScopes;
    return only === undefined ? [...scopes] : scopes.filter((scope) => only.includes(scope));
  }
}
