/** people:searchContacts: prefixes of phrases in names, nicknames, addresses, numbers and organizations. */
import type { ContactRecord, ContactStore } from './contact-store.ts';
import type { PersonField } from './person-fields.ts';

const searched: PersonField[] = ['names', 'nicknames', 'emailAddresses', 'phoneNumbers', 'organizations'];
const searchedSubfields = new Set(['displayName', 'value', 'name', 'title', 'canonicalForm']);

export function searchContacts(
  store: ContactStore,
  search: { query: string; size: number; seq: number; mask: readonly PersonField[] },
): string[] {
  const wanted = search.query.trim().toLowerCase();
  // An empty query is the documented warm-up of the cache.
  if (wanted === '') return [];
  const snapshot = store.snapshot(search.seq);
  const found: string[] = [];
  const consider = (name: string) => {
    const contact = store.find(name, snapshot.seq);
    if (contact !== undefined && matches(store, contact.record, wanted))
      found.push(store.render(contact.name, contact.record, search.mask));
  };
  for (const name of snapshot.tail) if (found.length < search.size) consider(name);
  for (let index = 0; index < store.seed.count && found.length < search.size; index++)
    if (!snapshot.isTouched.has(index)) consider(store.seed.resourceName(index));
  return found;
}

function matches(store: ContactStore, record: ContactRecord, wanted: string): boolean {
  for (const field of searched) {
    const json = store.fieldJson(record, field);
    if (json === '') continue;
    for (const entry of JSON.parse(json) as Record<string, unknown>[])
      for (const [name, value] of Object.entries(entry))
        if (searchedSubfields.has(name) && ` ${String(value).toLowerCase()}`.includes(` ${wanted}`))
          return true;
  }
  return false;
}
