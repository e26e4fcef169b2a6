/** "Other contacts": people one has mailed with, in no group. Copying one to My Contacts takes it away. */
import { randomInt } from 'node:crypto';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { hashText, mixPair, pick } from '../../core/seeded-random.ts';
import type { Change, VersionedTable } from '../../core/versioned-table.ts';
import type { GoogleSettings } from '../settings.ts';
import { personEtag, sourceEtag } from './etag.ts';
import { nameLists } from './name-lists.ts';
import { type FieldEntry, finishFields, type PersonFields } from './normalise-person.ts';
import { type PersonField, readableFields } from './person-fields.ts';

export interface OtherContact {
  resourceName: string;
  updateTime: string;
  /** Counts its changes; the etag follows it. */
  revision: number;
  fields: PersonFields;
}

export class OtherContactStore {
  readonly #core: SandboxCore<GoogleSettings>;
  readonly #table: VersionedTable<OtherContact>;
  readonly #seeded = new Map<string, OtherContact>();

  constructor(core: SandboxCore<GoogleSettings>, world: { email: string; seed: number; count: number }) {
    this.#core = core;
    this.#table = core.state.versioned(`google.world.other-contacts.${world.email}`);
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
      const resourceName = `otherContacts/${id}`;
      this.#seeded.set(resourceName, { resourceName, updateTime, revision: 1, fields });
    }
  }

  list(seq: number): OtherContact[] {
    const names = new Set(this.#seeded.keys());
    for (const { key } of this.#table.entries(seq)) names.add(key);
    return [...names].flatMap((name) => this.find(name, seq) ?? []);
  }

  find(resourceName: string, seq?: number): OtherContact | undefined {
    const version = this.#table.get(resourceName, seq);
    return version === undefined ? this.#seeded.get(resourceName) : (version.value ?? undefined);
  }

  /** What changed after one moment and up to another; a version without a value is a removal. */
  changes(afterSeq: number, upToSeq: number): Change<OtherContact>[] {
    return this.#table.changes(afterSeq, upToSeq);
  }

  /** As when one has mailed with somebody new. */
  create(fields: PersonFields): OtherContact {
    const id = `c${randomInt(1, 9)}${String(randomInt(1e9)).padStart(9, '0')}${String(randomInt(1e6)).padStart(6, '0')}`;
    return this.#put(`otherContacts/${id}`, 1, fields);
  }

  /** Replaces the given fields whole. */
  update({ resourceName, revision, fields }: OtherContact, changes: PersonFields): OtherContact {
    return this.#put(resourceName, revision + 1, { ...fields, ...changes });
  }

  remove(resourceName: string): void {
    this.#table.put(resourceName, null);
  }

  #put(resourceName: string, revision: number, fields: PersonFields): OtherContact {
    const id = resourceName.slice('otherContacts/'.length);
    const finished = finishFields(withoutMetadata(fields), id, this.#core.settings().normaliseValues);
    for (const entries of Object.values(finished))
      for (const entry of entries)
        entry.metadata = { ...(entry.metadata as object), source: { type: 'OTHER_CONTACT', id } };
    const made = { resourceName, updateTime: this.#core.clock.iso(), revision, fields: finished };
    this.#table.put(resourceName, made);
    return made;
  }
}

/** The fields as a client would send them. */
export function withoutMetadata(fields: PersonFields): PersonFields {
  const strip = ({ metadata: _, ...rest }: FieldEntry): FieldEntry => rest;
  return Object.fromEntries(Object.entries(fields).map(([field, entries]) => [field, entries.map(strip)]));
}

/** An other contact as the API serves it; with `deleted` the tombstone of a sync answer. */
export function renderOtherContact(
  resourceName: string,
  mask: readonly PersonField[],
  content: OtherContact | 'deleted',
): object {
  const etag = sourceEtag(resourceName, content === 'deleted' ? 0 : content.revision);
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
