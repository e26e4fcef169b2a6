/** Listings in another order than that of last modification. Costs a pass over all contacts, once per snapshot. */
import { RecentCache } from '../../core/paging.ts';
import type { SeededSnapshot } from '../../core/seeded-table.ts';
import { invalidArgument } from '../errors.ts';
import type { ContactStore } from './contact-store.ts';

const orders = ['LAST_MODIFIED_DESCENDING', 'FIRST_NAME_ASCENDING', 'LAST_NAME_ASCENDING'];
const cache = new WeakMap<ContactStore, RecentCache<string[]>>();

/** The resource names of the snapshot in the asked order. Throws 400 on an unknown order. */
export function sortedOrder(store: ContactStore, snapshot: SeededSnapshot, order: string): string[] {
  if (!orders.includes(order)) throw invalidArgument(`Invalid value at 'sort_order': "${order}"`);
  let orderings = cache.get(store);
  if (orderings === undefined) {
    orderings = new RecentCache(2);
    cache.set(store, orderings);
  }
  return orderings.getOrCreate(`${order} ${snapshot.seq}`, () => sortNames(store, snapshot, order));
}

function sortNames(store: ContactStore, snapshot: SeededSnapshot, order: string): string[] {
  const names: string[] = [];
  for (let index = 0; index < store.seed.count; index++)
    if (!snapshot.isTouched.has(index)) names.push(store.seed.resourceName(index));
  names.push(...snapshot.tail);
  if (order === 'LAST_MODIFIED_DESCENDING') return names.reverse();
  const part = order === 'FIRST_NAME_ASCENDING' ? 'givenName' : 'familyName';
  const collator = new Intl.Collator('en');
  return names
    .map((name) => ({ name, key: nameKey(store, name, snapshot.seq, part) }))
    .sort((a, b) => collator.compare(a.key, b.key))
    .map(({ name }) => name);
}

function nameKey(store: ContactStore, name: string, seq: number, part: string): string {
  const found = store.find(name, seq);
  const json = found === undefined ? '' : store.fieldJson(found.record, 'names');
  if (json === '') return '';
  const [entry] = JSON.parse(json) as Record<string, string>[];
  return entry?.[part] ?? entry?.displayName ?? '';
}
