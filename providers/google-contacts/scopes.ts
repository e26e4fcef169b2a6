import type { ScopeNeed } from '../contract/index.ts';
import { scopeName } from '../google/scopes.ts';

export const readScope = scopeName('contacts.readonly');
export const writeScope = scopeName('contacts');
export const otherContactsScope = scopeName('contacts.other.readonly');

/** As object mappings name them. */
export const otherContact = 'otherContact';

/** Boxes on the consent page: a person may let Harmony read without letting it write. */
export const contactScopes: readonly ScopeNeed[] = [
  { scope: readScope, satisfiedBy: [writeScope], purpose: 'read your contacts', required: true },
  { scope: writeScope, purpose: 'change your contacts', required: false, toWrite: true },
  {
    scope: otherContactsScope,
    purpose: 'read your other contacts',
    required: false,
    enabledBy: otherContact,
  },
];
