import type { ProviderObject } from '../providers/contract/index.ts';
import type { Attention } from './contract/shape.ts';
import type { OfferedProvider } from './deps.ts';

/** What a mapping that is switched on needs and the person has not allowed; undefined where all is allowed. */
export function missingPermission(
  { adapter, environment }: OfferedProvider,
  { objects, granted }: { objects: readonly ProviderObject[]; granted: readonly string[] | undefined },
): Attention | undefined {
  if (granted === undefined) return undefined;
  const missing = (adapter.oauth?.(environment).scopes ?? []).filter(
    ({ enabledBy, scope }) =>
      enabledBy !== undefined && objects.includes(enabledBy) && !granted.includes(scope),
  );
  if (missing.length === 0) return undefined;
  const purposes = missing.map(({ purpose }) => purpose).join(' and to ');
  return {
    code: 'missing_scope',
    title: `Harmony is not allowed yet to ${purposes} in ${adapter.displayName}, which its mappings ask for.`,
    remedy:
      'Re-authenticate with the same account and tick that box on the consent page, or switch the mapping off. Everything else is synced as before.',
  };
}
