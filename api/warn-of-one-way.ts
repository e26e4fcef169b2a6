/** Rule 8: where a field only flows from the provider, its value there wins. Whoever edits it here is told. */
import { mayPush } from '../sync/direction.ts';
import type { Caller } from './caller.ts';
import type { ContactWarning } from './contract/contact.ts';
import type { ApiDeps } from './deps.ts';
import { findOneWay } from './one-way-fields.ts';

export async function warnOfOneWay(
  deps: ApiDeps,
  caller: Caller,
  contactId: string,
  written: { fields: readonly string[]; archived: boolean },
): Promise<ContactWarning[]> {
  const warnings: ContactWarning[] = [];
  for (const { integration, fields, direction } of await findOneWay(deps.db, caller, contactId)) {
    const provider =
      deps.catalogue.adapters.find(({ id }) => id === integration.provider)?.displayName ??
      integration.provider;
    if (written.archived && direction !== 'none' && !mayPush(direction)) {
      warnings.push({
        ...{ code: 'kept_in_harmony', integrationId: integration.id, fields: [] },
        title: `It stays in ${provider}, from where it is only read. A later edit there brings it back.`,
        remedy: `Delete it in ${provider}, too, or set up a two-way sync.`,
      });
    }
    const lost = [...fields].filter((field) => written.fields.includes(field));
    if (lost.length > 0) {
      warnings.push({
        ...{ code: 'provider_wins', integrationId: integration.id, fields: lost },
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
