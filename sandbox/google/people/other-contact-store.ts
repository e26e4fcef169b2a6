/** "Other contacts": people one has mailed with, in no group. Seeded; copying one to My Contacts takes it away. */
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { hashText, mixPair, pick } from '../../core/seeded-random.ts';
import type { VersionedTable } from '../../core/versioned-table.ts';
import type { GoogleSettings } from '../settings.ts';
import { personEtag, sourceEtag } from './etag.ts';
import { nameLists } from './name-lists.ts';
import type { PersonFields } from './normalise-person.ts';
import { type PersonField, readableFields } from './person-fields.ts';

export interface OtherContact {
  resourceName: string;
  updateTime: string;
  fields: PersonFields;
}

export class OtherContactStore {
  readonly #gone: VersionedTable<true>;
  readonly #seeded: OtherContact[] = [];

  constructor(core: SandboxCore<GoogleSettings>, world: { email: string; seed: number; count: number }) {
    this.#gone = core.state.versioned(`google.world.other-contacts.${world.email}`);
    const seed = mixPair(world.seed, hashText(`other ${world.email}`));
    const updateTime = new Date(Date.parse(core.settings().worldDate) - 30 * 86_400_000).toISOString();
    for (let index = 0; index < world.count; index++) {
      const hash = mixPair(seed, index);
      const list = pick(nameLists, hash);
      const id = `c${String(mixPair(hash, 1)).padStart(10, '1')}${String(index).padStart(6, '0')}`;
      const metadata = { primary: true, source: { type: 'OTHER_CONTACT', id } };
      const [given, givenAscii] = pick(list.given, mixPair(hash, 2));
      const fields: PersonFields = {
        emailAddresses: [{ metadata, value: `${givenAscii}${index}@newsletter.example` }],
        ...(hash % 3 > 0 && {
          names: [{ metadata, displayName: given, givenName: given, unstructuredName: given }],
        }),
      };
      this.#seeded.push({ resourceName: `otherContacts/${id}`, updateTime, fields });
    }
  }

  list(seq: number): OtherContact[] {
    return this.#seeded.filter(({ resourceName }) => this.#gone.get(resourceName, seq) === undefined);
  }

  find(resourceName: string, seq: number): OtherContact | undefined {
    return this.list(seq).find((one) => one.resourceName === resourceName);
  }

  /** Names of those that went after one moment and up to another. */
  removed(afterSeq: number, upToSeq: number): string[] {
    return this.#gone.changes(afterSeq, upToSeq).map(({ key }) => key);
  }

  remove(resourceName: string): void {
    this.#gone.put(resourceName, true);
  }
}

/** An other contact as the API serves it; with `deleted` the tombstone of a sync answer. */
export function renderOtherContact(
  resourceName: string,
  mask: readonly PersonField[],
  content: OtherContact | 'deleted',
): object {
  const etag = sourceEtag(resourceName, 1);
  const id = resourceName.slice('otherContacts/'.length);
  const source = { type: 'OTHER_CONTACT', id, etag };
  const person: Record<string, unknown> = { resourceName, etag: personEtag(etag) };
  if (content === 'deleted') {
    person.metadata = { sources: [source], deleted: true, objectType: 'PERSON' };
    return person;
  }
  for (const field of readableFields) {
    if (!mask.includes(field)) continue;
    if (field === 'metadata')
      person.metadata = { sources: [{ ...source, updateTime: content.updateTime }], objectType: 'PERSON' };
    else if (content.fields[field] !== undefined) person[field] = content.fields[field];
  }
  return person;
}
