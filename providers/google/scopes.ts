import type { ScopeNeed } from '../contract/index.ts';

/** Google's long name of a scope; granted scopes come back under these names. */
export function scopeName(name: string): string {
  return `https://www.googleapis.com/auth/${name}`;
}

/** What `whoAmI` reads. */
export const identityScopes: readonly ScopeNeed[] = [
  { scope: scopeName('userinfo.email'), purpose: 'see which account you connected', required: true },
  { scope: scopeName('userinfo.profile'), purpose: 'see your name', required: false },
];
