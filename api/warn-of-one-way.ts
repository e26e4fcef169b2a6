/** Rule 8: where a field only flows from the provider, its value there wins. Whoever edits it here is told. */
import type { LinkedContact } from '../db/queries/contacts-read.ts';
import { findIntegrations } from '../db/queries/integrations-read.ts';
import { combineDirections, directionOf, mayPush } from '../sync/direction.ts';
import type { ContactWarning } from './contract/contact.ts';
import type { ApiDeps } from './deps.ts';
import { readMappings } from './read-mappings.ts';

export async function warnOfOneWay(
  deps: ApiDeps,
  { contact, sources }: LinkedContact,
  written: { fields: readonly string[]; archived: boolean },
): Promise<ContactWarning[]> {
  const ids = [...new Set(sources.map(({ integrationId }) => integrationId))];
  const warnings: ContactWarning[] = [];
  for (const row of await findIntegrations(deps.db, contact.workspaceId, ids)) {
    const provider =
      deps.catalogue.adapters.find(({ id }) => id === row.provider)?.displayName ?? row.provider;
    const direction = directionOf(row.approvedDirection ?? row.syncDirection ?? 'from_provider');
    if (written.archived && !mayPush(direction)) {
      warnings.push({
        ...{ code: 'kept_in_harmony', integrationId: row.id, fields: [] },
        title: `It stays in ${provider}: this integration only reads. A later edit there brings it back.`,
        remedy: `Delete it in ${provider}, too, or set up a two-way sync.`,
      });
    }
    const { fields: mappings } = await readMappings(deps.db, row.id);
    const lost = mappings
      .filter(({ field }) => written.fields.includes(field))
      .filter((mapping) => combineDirections(direction, mapping.direction) === 'from_provider')
      .map(({ field }) => field);
    if (lost.length > 0) {
      warnings.push({
        ...{ code: 'provider_wins', integrationId: row.id, fields: lost },
        title: `${provider} decides the ${inWords(lost)}: the next sync puts its value back and keeps yours under conflicts.`,
        remedy: `Edit it in ${provider}, or let it flow both ways under the mappings.`,
      });
    }
  }
  return warnings;
}

/** "job title and e-mail"; a custom field by its own name. */
const inWords = (fields: readonly string[]): string =>
  new Intl.ListFormat('en').format(
    fields.map((field) =>
      field.startsWith('custom.')
        ? field.slice('custom.'.length)
        : field.replace(/^email$/, 'e-mail').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
    ),
  );
