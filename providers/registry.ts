/** Every provider that Harmony offers, one line each; the only place that imports the providers' folders. */
import type { ProviderAdapter } from './contract/index.ts';
import { googleCalendar } from './google-calendar/index.ts';
import { googleContacts } from './google-contacts/index.ts';
import { linear } from './linear/index.ts';
import { notion } from './notion/index.ts';

export const adapters: readonly ProviderAdapter[] = [
  googleCalendar, //
  googleContacts,
  linear,
  notion,
];

const adaptersById = new Map(adapters.map((adapter) => [adapter.id, adapter]));

/** undefined where the catalogue has no such provider. */
export function findAdapter(id: string): ProviderAdapter | undefined {
  return adaptersById.get(id);
}
