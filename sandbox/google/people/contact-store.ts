/** One account's contacts: the seeded ones, and over them what was changed, created and deleted. */
import { randomInt } from 'node:crypto';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { type SeededSnapshot, SeededTable } from '../../core/seeded-table.ts';
import type { Version, VersionedTable } from '../../core/versioned-table.ts';
import type { GoogleSettings } from '../settings.ts';
import { type ContactSeed, sourceId } from './contact-seed.ts';
import { personEtag, sourceEtag } from './etag.ts';
import { finishFields, type PersonFields } from './normalise-person.ts';
import { type PersonField, readableFields } from './person-fields.ts';

/** What is kept of a contact that is no longer as it was seeded. */
export interface ContactRecord {
  /** Index of the seeded contact that fills the fields which are not set here. */
  index?: number;
  /** Counts its writes; the etag follows it. */
  revision: number;
  updateTime: string;
  fields: PersonFields;
  /** Names it had before. */
  previousNames?: string[];
  /** It lives on under this name; nothing else of it counts. */
  renamedTo?: string;
}

export interface ContactChange {
  name: string;
  version: Version<ContactRecord>;
}

export class ContactStore {
  readonly seed: ContactSeed;
  readonly #table: VersionedTable<ContactRecord>;
  readonly #core: SandboxCore<GoogleSettings>;
  readonly #listing: SeededTable<ContactRecord>;

  constructor(core: SandboxCore<GoogleSettings>, email: string, seed: ContactSeed) {
    this.#core = core;
    this.#table = core.state.versioned(`google.world.contacts.${email}`);
    this.seed = seed;
    this.#listing = new SeededTable(this.#table, seed, (record) => record.renamedTo === undefined);
  }

  /** The record as of `seq`; undefined where there is no such contact, or none any more. Follows renames. */
  find(resourceName: string, seq?: number): { name: string; record: ContactRecord } | undefined {
    const version = this.#table.get(resourceName, seq);
    if (version !== undefined) {
      if (version.value?.renamedTo !== undefined) return this.find(version.value.renamedTo, seq);
      return version.value === null ? undefined : { name: resourceName, record: version.value };
    }
    const index = this.seed.indexOf(resourceName);
    return index === undefined ? undefined : { name: resourceName, record: this.#seeded(index) };
  }

  create(fields: PersonFields): { name: string; record: ContactRecord } {
    const name = `people/c${randomInt(1, 9)}${String(randomInt(1e9)).padStart(9, '0')}${String(randomInt(1e9)).padStart(9, '0')}`;
    const record = { revision: 1, updateTime: this.#core.clock.iso(), fields: this.#finish(name, fields) };
    this.#table.put(name, record);
    return { name, record };
  }

  /** Replaces the given fields whole. */
  update(name: string, record: ContactRecord, fields: PersonFields): ContactRecord {
    const next: ContactRecord = {
      ...record,
      revision: record.revision + 1,
      updateTime: this.#core.clock.iso(),
      fields: { ...record.fields, ...this.#finish(name, fields) },
    };
    this.#table.put(name, next);
    return next;
  }

  delete(name: string): void {
    this.#table.put(name, null);
  }

  /** Gives the contact a new resource name, as happens when it is linked to a profile. */
  rename(name: string, record: ContactRecord): { name: string; record: ContactRecord } {
    const full = { ...this.allFields(name, record) };
    const made = this.create(full);
    const next = { ...made.record, previousNames: [...(record.previousNames ?? []), name] };
    this.#table.put(made.name, next);
    this.#table.put(name, { ...record, renamedTo: made.name });
    return { name: made.name, record: next };
  }

  /** Lets the contact live on as another one, which gets its name as a former one. Answers the other, not yet written. */
  joinInto(name: string, kept: { name: string; record: ContactRecord }): ContactRecord {
    const found = this.find(name);
    if (found === undefined) return kept.record;
    const { previousNames = [] } = found.record;
    this.#table.put(found.name, { ...found.record, renamedTo: kept.name });
    const former = [...(kept.record.previousNames ?? []), ...previousNames, found.name];
    return { ...kept.record, previousNames: former };
  }

  /** Takes the contact out of the trash, as it was before; undefined where it is not in there. */
  restore(name: string): ContactRecord | undefined {
    const deletion = this.#table.get(name);
    if (deletion === undefined || deletion.value !== null) return undefined;
    const before = this.#table.get(name, deletion.seq - 1)?.value;
    const index = this.seed.indexOf(name);
    const record = before ?? (index === undefined ? undefined : this.#seeded(index));
    return record && this.update(name, { ...record, revision: record.revision + 1 }, {});
  }

  snapshot(seq: number): SeededSnapshot {
    return this.#listing.snapshot(seq);
  }

  /** The contacts at these positions of a listing, rendered as of its moment. */
  renderRange(snapshot: SeededSnapshot, from: number, to: number, mask: readonly PersonField[]): string[] {
    const items: string[] = [];
    for (const one of this.#listing.range(snapshot, from, to))
      items.push(
        typeof one === 'number' ? this.renderSeeded(one, mask) : this.renderAsOf(one, snapshot.seq, mask),
      );
    return items;
  }

  /** Changes after one moment and up to another, oldest first; a rename shows as its new name only. */
  changes(afterSeq: number, upToSeq: number): ContactChange[] {
    return this.#listing
      .changes(afterSeq, upToSeq)
      .filter(({ version }) => version.value?.renamedTo === undefined)
      .map(({ key, version }) => ({ name: key, version }));
  }

  /** Every contact that is no longer as seeded, as of now. */
  touched(): IterableIterator<{ key: string; version: Version<ContactRecord> }> {
    return this.#table.entries();
  }

  /** One field's JSON array, empty text where it has none. */
  fieldJson(record: ContactRecord, field: PersonField): string {
    const own = record.fields[field];
    if (own !== undefined) return own.length === 0 ? '' : JSON.stringify(own);
    return record.index === undefined ? '' : this.seed.field(record.index, field);
  }

  /** All fields as objects, without person metadata. */
  allFields(name: string, record: ContactRecord): PersonFields {
    const fields: PersonFields = {};
    for (const field of readableFields) {
      const json = this.fieldJson(record, field);
      if (json !== '') fields[field] = JSON.parse(json);
    }
    if (record.index === undefined && fields.photos === undefined)
      fields.photos = finishFields({ photos: [defaultPhoto] }, sourceId(name), false).photos ?? [];
    return fields;
  }

  /** The person as the API serves it. `incremental` adds what only sync answers carry. */
  render(name: string, record: ContactRecord, mask: readonly PersonField[], incremental = false): string {
    const etag = sourceEtag(name, record.revision);
    let json = `{"resourceName":"${name}","etag":"${personEtag(etag)}"`;
    const seeded = record.index;
    const draft = seeded === undefined ? undefined : this.seed.draft(seeded);
    for (const field of mask) {
      if (field === 'metadata') {
        const previous =
          incremental && record.previousNames
            ? `,"previousResourceNames":${JSON.stringify(record.previousNames)}`
            : '';
        json += `,"metadata":{"sources":[{"type":"CONTACT","id":"${sourceId(name)}","etag":"${etag}","updateTime":"${record.updateTime}"}]${previous},"objectType":"PERSON"}`;
        continue;
      }
      const own = record.fields[field];
      if (own !== undefined) {
        if (own.length > 0) json += `,"${field}":${JSON.stringify(own)}`;
        continue;
      }
      const text =
        seeded === undefined
          ? field === 'photos'
            ? JSON.stringify(finishFields({ photos: [defaultPhoto] }, sourceId(name), false).photos)
            : ''
          : this.seed.field(seeded, field, draft);
      if (text !== '') json += `,"${field}":${text}`;
    }
    return `${json}}`;
  }

  renderSeeded(index: number, mask: readonly PersonField[]): string {
    return this.render(this.seed.resourceName(index), this.#seeded(index), mask);
  }

  renderAsOf(name: string, seq: number, mask: readonly PersonField[]): string {
    const found = this.find(name, seq);
    return found === undefined ? this.renderTombstone(name) : this.render(found.name, found.record, mask);
  }

  /** A deleted contact in a sync answer. */
  renderTombstone(name: string): string {
    return `{"resourceName":"${name}","etag":"${personEtag(sourceEtag(name, 0))}","metadata":{"sources":[{"type":"CONTACT","id":"${sourceId(name)}"}],"deleted":true,"objectType":"PERSON"}}`;
  }

  #seeded(index: number): ContactRecord {
    return { index, revision: 0, updateTime: this.seed.updateTime(index), fields: noFields };
  }

  #finish(name: string, fields: PersonFields): PersonFields {
    return finishFields(fields, sourceId(name), this.#core.settings().normaliseValues);
  }
}

const noFields: PersonFields = Object.freeze({});
const defaultPhoto = { url: 'https://lh3.googleusercontent.com/cm/default-0=s100', default: true };
