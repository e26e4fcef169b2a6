/** The settings of all providers: defaults, then `SANDBOX_SETTINGS`, then what a check patched (durable). */
import { z } from 'zod';
import type { DurableState } from './durable-state.ts';
import type { ProviderModule } from './provider.ts';

export type SettingsPatch = Record<string, Record<string, unknown>>;

export class Settings {
  readonly #table;
  readonly #modules: readonly ProviderModule[];
  readonly #initial: SettingsPatch;
  readonly #current = new Map<string, object>();

  /** Throws ZodError where `initial` names an unknown setting or a wrong value. */
  constructor(state: DurableState, modules: readonly ProviderModule[], initial: SettingsPatch) {
    this.#table = state.table<Record<string, unknown>>('core.settings');
    this.#modules = modules;
    this.#initial = initial;
    this.#patchSchema().parse(initial);
    for (const module of modules) this.#load(module);
  }

  of(provider: string): object {
    return this.#current.get(provider) ?? {};
  }

  all(): Record<string, object> {
    return Object.fromEntries(this.#current);
  }

  /** Takes `{google: {accessTokenLifetimeSeconds: 5}}`. Throws ZodError, and then changes nothing. */
  patch(body: unknown): void {
    const patch = this.#patchSchema().parse(body);
    const merged = this.#modules.map((module) => {
      const values = { ...this.#table.get(module.id), ...patch[module.id] };
      module.settings.parse({ ...this.#initial[module.id], ...values });
      return { module, values };
    });
    for (const { module, values } of merged) {
      this.#table.set(module.id, values);
      this.#load(module);
    }
  }

  #patchSchema() {
    return z.partialRecord(
      z.enum(this.#modules.map((module) => module.id)),
      z.record(z.string(), z.unknown()),
    );
  }

  #load(module: ProviderModule): void {
    const values = { ...this.#initial[module.id], ...this.#table.get(module.id) };
    this.#current.set(module.id, module.settings.parse(values));
  }
}
