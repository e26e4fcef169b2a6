// A small Google for the model tests: versions, etags, singletons, masks, a trash, and reads that lag and flicker.
import { elementsOf, markersOf, type Person, type PersonElement, type PersonWithName } from './person.ts';

const MERGED_LISTS = [
  'emailAddresses',
  'phoneNumbers',
  'addresses',
  'organizations',
  'urls',
  'relations',
  'userDefined',
  'clientData',
];

interface Version {
  atMs: number;
  /** null: deleted. */
  person: PersonWithName | null;
}

export class ModelGoogle {
  nowMs = Date.parse('2026-01-01T00:00:00Z');
  /** Present and former states by resource name, oldest first. */
  readonly versions = new Map<string, Version[]>();
  /** Whether values are trimmed and derived ones added, so that an answer differs from what was sent. */
  normalises = false;
  private etags = 0;
  /** Names of before a rename or a merge: nobody else ever gets them. */
  private readonly formerNames = new Set<string>();
  /** Markers of a contact that was merged into another one and shows as deleted, by its name. */
  private readonly mergedMarkers = new Map<string, readonly string[]>();
  /** Markers that stand with two contacts, since a person merged them and then brought the one that was deleted back. */
  readonly copiedMarkers = new Set<string>();

  get(name: string, lagMs = 0): PersonWithName | null | undefined {
    return this.versions.get(name)?.findLast(({ atMs }) => atMs <= this.nowMs - lagMs)?.person;
  }

  names(): string[] {
    return [...this.versions.keys()].sort();
  }

  live(): PersonWithName[] {
    return this.names().flatMap((name) => this.get(name) ?? []);
  }

  /** Who a former name belongs to now: a get of it answers that contact. */
  successorOf(name: string): PersonWithName | undefined {
    return this.live().find(({ metadata }) => metadata?.previousResourceNames?.includes(name));
  }

  /** Named after its origin, so that a history reads the same whatever the order of its creates. */
  create(body: Person, origin = `c${this.versions.size}`): PersonWithName {
    let name = `people/${origin}`;
    while (this.versions.has(name) || this.formerNames.has(name)) name += "'";
    return this.store(name, body);
  }

  /** People API updateContact: 400 without or with another etag, masked lists replaced whole. */
  update(
    name: string,
    mask: readonly string[],
    body: Person,
  ): PersonWithName | 'failed_precondition' | 'not_found' {
    const present = this.get(name);
    if (!present) return 'not_found';
    const etag = body.metadata?.sources?.find(({ type }) => type === 'CONTACT')?.etag;
    if (etag === undefined) throw new Error('an update was sent without the etag of the contact source');
    if (etag !== present.etag) return 'failed_precondition';
    if (mask.includes('photos')) throw new Error('400: photos can not be updated so');
    const lists = Object.fromEntries(mask.map((list) => [list, elementsOf(body, list)]));
    return this.store(name, { ...present, ...lists });
  }

  /** As a person edits on Google's own page. */
  edit(name: string, lists: Record<string, readonly PersonElement[]>): void {
    const present = this.get(name);
    if (present) this.store(name, { ...present, ...lists });
  }

  delete(name: string): void {
    if (this.get(name)) this.push(name, null);
  }

  /** As an incremental listing shows a deleted contact. */
  tombstone(name: string, lagMs = 0): PersonWithName {
    const { previousResourceNames } = this.lastLive(name, lagMs)?.metadata ?? {};
    const renamed = previousResourceNames && { previousResourceNames };
    return { resourceName: name, metadata: { deleted: true, ...renamed } };
  }

  private lastLive(name: string, lagMs = 0): PersonWithName | null | undefined {
    const untilMs = this.nowMs - lagMs;
    return this.versions.get(name)?.findLast(({ person, atMs }) => person !== null && atMs <= untilMs)
      ?.person;
  }

  restore(name: string): void {
    const last = this.lastLive(name);
    if (!last || this.get(name) !== null) return;
    this.store(name, last);
    for (const marker of this.mergedMarkers.get(name) ?? []) this.copiedMarkers.add(marker);
  }

  rename(name: string): void {
    const present = this.get(name);
    if (!present) return;
    const next = `${name}r`;
    const { previousResourceNames = [] } = present.metadata ?? {};
    this.leave(name);
    this.store(next, { ...present, metadata: { previousResourceNames: [...previousResourceNames, name] } });
  }

  /** Two contacts become one in Google's own page: the other shows as deleted, or as a former name of the one that stays. */
  merge(name: string, other: string, as: 'deletion' | 'former_name'): void {
    const [kept, gone] = [this.get(name), this.get(other)];
    if (!kept || !gone || name === other) return;
    const lists = Object.fromEntries(
      MERGED_LISTS.map((list) => {
        const own = elementsOf(kept, list);
        const seen = new Set(own.map((element) => JSON.stringify(element)));
        return [
          list,
          [...own, ...elementsOf(gone, list).filter((element) => !seen.has(JSON.stringify(element)))],
        ];
      }),
    );
    const { previousResourceNames = [] } = kept.metadata ?? {};
    if (as === 'deletion') {
      this.store(name, { ...kept, ...lists });
      this.push(other, null);
      this.mergedMarkers.set(other, markersOf(gone));
      return;
    }
    this.leave(other);
    const former = [...previousResourceNames, ...(gone.metadata?.previousResourceNames ?? []), other];
    this.store(name, { ...kept, ...lists, metadata: { previousResourceNames: former } });
  }

  private leave(name: string): void {
    this.versions.delete(name);
    this.formerNames.add(name);
  }

  private store(resourceName: string, content: Person): PersonWithName {
    for (const list of ['names', 'biographies', 'birthdays', 'genders']) {
      if (elementsOf(content, list).length > 1) throw new Error(`400: more than one element in ${list}`);
    }
    const etag = `e${++this.etags}`;
    const updateTime = new Date(this.nowMs).toISOString();
    const { previousResourceNames } = content.metadata ?? {};
    const metadata = {
      sources: [{ type: 'CONTACT', id: resourceName, etag, updateTime }],
      ...(previousResourceNames && { previousResourceNames }),
    };
    const kept = this.normalises ? normalise(content) : content;
    const person = { ...kept, resourceName, etag, metadata };
    this.push(resourceName, person);
    return person;
  }

  private push(name: string, person: PersonWithName | null): void {
    const versions = this.versions.get(name) ?? [];
    versions.push({ atMs: this.nowMs, person });
    this.versions.set(name, versions);
  }
}

function normalise(content: Person): Person {
  return Object.fromEntries(
    Object.entries(content).map(([list, value]) => [
      list,
      Array.isArray(value) ? value.map((element: PersonElement) => normaliseElement(list, element)) : value,
    ]),
  );
}

function normaliseElement(list: string, element: PersonElement): PersonElement {
  const trimmed = Object.fromEntries(
    Object.entries(element).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll('\r\n', '\n').trim() : value,
    ]),
  );
  if (list === 'names') {
    const { givenName = '', familyName = '' } = trimmed;
    trimmed.displayName = `${givenName} ${familyName}`.trim();
  }
  const digits = String(trimmed.value).replace(/[^\d+]/g, '');
  if (list === 'phoneNumbers' && /^\+\d{7,15}$/.test(digits)) trimmed.canonicalForm = digits;
  return trimmed;
}
