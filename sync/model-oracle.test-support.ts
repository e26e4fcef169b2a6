// Knows the truth of both sides in the model tests, and throws where a write breaks an invariant of two-way-sync.md.
import {
  type ContactFields,
  canonicalize,
  type FieldName,
  type FieldValue,
  isBlank,
  kindOf,
  sameValue,
} from './contact-fields.ts';
import { combineDirections, mayPull, mayPush } from './direction.ts';
import { getSubfield, isStorable } from './lens.ts';
import type { CompiledMapping, MappedField } from './map-contact.ts';
import type { PlanSettings } from './merge-fields.ts';
import type { ModelGoogle } from './model-google.test-support.ts';
import type { Row } from './model-mirror.test-support.ts';
import { findTouched } from './model-untouched.test-support.ts';
import type { ConflictEntry, LocalContact, Operation } from './operations.ts';
import { elementsOf, MARKER_KEY, markersOf, type Person } from './person.ts';

/** What of the engine is compared with the truth. */
interface EngineView {
  settings: PlanSettings;
  mapping: CompiledMapping;
  google: ModelGoogle;
  locals: ReadonlyMap<string, LocalContact>;
  rows: ReadonlyMap<string, Row>;
  parked: readonly Operation[];
  /** All that were in force during the pass, where they changed in the middle of it. */
  inForce?: readonly PlanSettings[];
}

export class InvariantBroken extends Error {}

export interface RemoteWriteSeen {
  kind: 'create' | 'update' | 'remove';
  name: string;
  before: Person | undefined;
  after: Person | undefined;
}

export interface RemoteEdit {
  name: string;
  field: FieldName;
  former: FieldValue;
  /** The contact as it was before. */
  before: Person;
  atMs: number;
}

export class Oracle {
  /** Values that the other side held too, or that a person replaced themselves: these may be overwritten. */
  private readonly agreed = new Set<string>();
  private readonly heldLocally = new Set<string>();
  private readonly heldRemotely = new Set<string>();
  /** Edited by a person since the last pass that ran. */
  private editedLocally = new Set<string>();
  private editedRemotely: RemoteEdit[] = [];
  /** Remote contacts of those that a person deleted while both sides agreed, as long as nothing speaks against it. */
  private readonly unwanted = new Map<string, string>();
  /** Nobody has changed settings since the last pass that ran: until then a value without a base counts as an edit. */
  private isPlanned = true;

  editLocal(local: LocalContact, field: FieldName, value: FieldValue, mapping: CompiledMapping): void {
    this.noteLocalEdit(local, field, mapping);
    local.fields = { ...local.fields, [field]: value };
    local.version++;
  }

  /** A person is about to replace the field of a contact. */
  noteLocalEdit({ id, fields }: LocalContact, field: FieldName, mapping: CompiledMapping): void {
    const former = fields[field];
    const kind = kindOf(field) ?? mapping.byName.get(field)?.kind ?? 'text';
    if (former !== undefined) this.agreed.add(key(id, field, canonicalize(kind, former)));
    this.editedLocally.add(id);
  }

  editRemote(google: ModelGoogle, name: string, list: string, value: string): void {
    google.edit(name, { [list]: [{ value }] });
  }

  /** Only the first edit of a field since the last pass counts: `former` is what it began from. */
  noteRemoteEdit(edit: RemoteEdit): void {
    const isKnown = this.editedRemotely.some(({ name, field }) => name === edit.name && field === edit.field);
    if (!isKnown) this.editedRemotely.push(edit);
  }

  /** A person is about to delete the contact. */
  noteLocalDelete(engine: EngineView, { id, version, fields }: LocalContact): void {
    const rows = [...engine.rows.values()].filter(({ link }) => link?.contactId === id);
    const [row] = rows;
    if (!this.isPlanned || rows.length !== 1 || !row?.link || waitingFor(engine).has(id)) return;
    const { resourceName, localVersion, tombstoned = false } = row.link;
    const isAsSeen = engine.google.get(resourceName)?.etag === row.person.etag;
    const values = engine.mapping.readPerson(row.person, row.link.bases);
    // What was seen and not carried over yet, or can't be, was never agreed on.
    const agrees = engine.mapping.fields.every(({ field, kind }) => {
      const isBeside = !row.link?.bases[field] && !mayCome(engine, field);
      return isBeside || sameValue(kind, fields[field], values[field]);
    });
    if (isAsSeen && agrees && localVersion === version && !tombstoned) this.unwanted.set(id, resourceName);
  }

  /** Somebody is at work on the remote contact. */
  noteRemoteStep(name: string): void {
    for (const [id, unwanted] of this.unwanted) if (unwanted === name) this.unwanted.delete(id);
  }

  /** Settings change, or a person decided otherwise: what was deleted before may come back. */
  forgetDeletes(): void {
    this.unwanted.clear();
    this.isPlanned = false;
  }

  /** Records what is true now; called after every step of the world. */
  witness(engine: EngineView): void {
    for (const local of engine.locals.values()) {
      for (const { field, kind } of engine.mapping.fields) {
        this.heldLocally.add(key(local.id, field, canonicalize(kind, local.fields[field])));
      }
    }
    for (const [name, { link, person: shadow }] of engine.rows) {
      if (!link) continue;
      const local = engine.locals.get(link.contactId);
      for (const mapped of engine.mapping.fields) {
        const { field, kind } = mapped;
        // The shadow too: it was observed, and a rename takes the former name's history with it.
        const versions = engine.google.versions.get(name) ?? [];
        const persons = [shadow, ...versions.map(({ person }) => person ?? {})];
        const held = persons.flatMap((person) => valuesIn(person, mapped));
        for (const value of [...held, '']) this.heldRemotely.add(key(link.contactId, field, value));
        const mine = canonicalize(kind, local?.fields[field]);
        if (held.includes(mine)) this.agreed.add(key(link.contactId, field, mine));
      }
    }
  }

  /** Invariant 10, after a pass. */
  checkBases(engine: EngineView): void {
    for (const { link } of engine.rows.values()) {
      for (const { field, kind } of link ? engine.mapping.fields : []) {
        const base = link?.bases[field];
        if (!link || !base) continue;
        const [local, remote] = [base.local, base.remote].map((value) =>
          key(link.contactId, field, canonicalize(kind, value)),
        );
        if (!this.heldLocally.has(local as string))
          throw broken(10, `base of a value that Harmony never held: ${local}`);
        if (!this.heldRemotely.has(remote as string))
          throw broken(10, `base of a value that Google never held: ${remote}`);
      }
    }
  }

  /** `sinceMs`: when it began. What was edited at Google in the middle of it is left to the next. */
  endPass(sinceMs = Number.POSITIVE_INFINITY): void {
    this.isPlanned = true;
    this.editedLocally = new Set();
    this.editedRemotely = this.editedRemotely.filter(({ atMs }) => atMs >= sinceMs);
  }

  checkPull(
    engine: EngineView,
    local: LocalContact | null,
    fields: ContactFields,
    log: readonly ConflictEntry[],
  ): void {
    for (const { field, kind, direction } of engine.mapping.fields) {
      if (fields[field] === undefined) continue;
      if (!mayPull(combineDirections(engine.settings.direction, direction)))
        throw broken(4, `pulled ${field}`);
      if (!local) continue;
      this.heldLocally.add(key(local.id, field, canonicalize(kind, fields[field])));
      const former = canonicalize(kind, local.fields[field]);
      const isLogged = log.some(
        (entry) => entry.field === field && canonicalize(kind, entry.local) === former,
      );
      if (former === '' || former === canonicalize(kind, fields[field]) || isLogged) continue;
      if (!this.agreed.has(key(local.id, field, former)))
        throw broken(2, `lost ${field} ${former} of Harmony`);
    }
  }

  /** `write` is null on a create. */
  checkPush(
    engine: EngineView,
    local: LocalContact,
    sent: ContactFields,
    write: { resourceName: string; mask: readonly string[]; body: Person } | null,
    log: readonly ConflictEntry[],
  ): void {
    if (!mayPush(engine.settings.direction)) throw broken(4, 'wrote to the provider');
    const present = write && engine.google.get(write.resourceName);
    for (const mapped of engine.mapping.fields) {
      const { field, kind, direction, path } = mapped;
      if (sent[field] !== undefined && !mayPush(combineDirections(engine.settings.direction, direction))) {
        throw broken(4, `pushed ${field}`);
      }
      if (!write || !present || !write.mask.includes(path.list)) continue;
      if (write.body.metadata?.sources?.[0]?.etag !== present.etag) continue;
      // Two labels of one list share their elements, so a value may have been either field's.
      const sharing = engine.mapping.fields.filter(
        (other) =>
          other.path.list === path.list &&
          other.path.subfield === path.subfield &&
          sent[other.field] !== undefined,
      );
      const remaining = valuesIn(write.body, mapped);
      for (const former of valuesIn(present, mapped)) {
        const at = remaining.indexOf(former);
        if (at >= 0) remaining.splice(at, 1);
        if (at >= 0 || former === '') continue;
        if (sharing.length === 0) throw broken(3, `changed ${field}, which was not sent`);
        const isKnown = sharing.some(
          (other) =>
            this.agreed.has(key(local.id, other.field, former)) ||
            log.some((entry) => entry.field === other.field && canonicalize(kind, entry.remote) === former),
        );
        if (!isKnown) throw broken(2, `lost ${field} ${former} of Google`);
      }
    }
  }

  /** A write that was carried out at the provider, whatever the engine knew of it. */
  checkRemoteWrite(
    engine: EngineView,
    { kind, name, before, after }: RemoteWriteSeen,
    log: readonly ConflictEntry[],
  ): void {
    if (!mayPush(engine.settings.direction)) throw broken(4, `${kind} at the provider`);
    const pushed = engine.mapping.fields.filter(({ direction }) =>
      mayPush(combineDirections(engine.settings.direction, direction)),
    );
    // What is made anew has more than what is mapped: that is judged by itself.
    const touched = before && after && findTouched(pushed, before, after);
    if (touched !== undefined) throw broken(3, `changed ${touched} beyond what is mapped`);
    if (kind !== 'update' || !before || !after) return;
    const contactId = engine.rows.get(name)?.link?.contactId ?? '';
    for (const field of engine.mapping.fields) {
      const sharing = engine.mapping.fields.filter(
        ({ path, direction }) =>
          path.list === field.path.list &&
          path.subfield === field.path.subfield &&
          mayPush(combineDirections(engine.settings.direction, direction)),
      );
      const remaining = valuesIn(after, field);
      for (const former of valuesIn(before, field)) {
        const at = remaining.indexOf(former);
        if (at >= 0) remaining.splice(at, 1);
        if (at >= 0 || former === '') continue;
        if (sharing.length === 0) throw broken(4, `pushed ${field.field}`);
        const isKnown = sharing.some(
          (other) =>
            this.agreed.has(key(contactId, other.field, former)) ||
            log.some(
              (entry) => entry.field === other.field && canonicalize(other.kind, entry.remote) === former,
            ),
        );
        if (!isKnown) throw broken(2, `lost ${field.field} ${former} of Google`);
      }
    }
  }

  /**
   * Invariant 3 across a delete: of what a contact held, at most the mapped elements are others once it is made anew. Groups
   * and photos go by other calls.
   */
  checkMadeAnew({ mapping }: EngineView, former: Person, made: Person): void {
    for (const list of Object.keys(former)) {
      if (list === 'memberships' || list === 'photos') continue;
      const mapped = mapping.fields.filter(({ path }) => path.list === list);
      const slots = new Set(mapped.map(({ path }) => path.selector)).size;
      const remaining = ownElements(made, list);
      const lost = ownElements(former, list).filter((element) => {
        const at = remaining.indexOf(element);
        if (at >= 0) remaining.splice(at, 1);
        return at < 0;
      });
      if (lost.length > slots) throw broken(3, `made anew without the ${list} ${lost}`);
    }
  }

  /** `isShownDeleted`: by a listing that lags behind a restore. */
  checkArchive(
    { google }: EngineView,
    local: LocalContact,
    resourceName: string,
    isShownDeleted = false,
  ): void {
    if (google.get(resourceName) && !isShownDeleted)
      throw broken(7, 'archived although the remote contact lives');
    if (this.editedLocally.has(local.id)) throw broken(13, 'archived an edited contact');
  }

  /** Both sides have agreed on the contact as it is: a person's earlier edits are carried over. */
  settle(contactId: string): void {
    this.editedLocally.delete(contactId);
  }

  /** `readableMs`: what came after that even the read before the delete could not show, and is beyond anybody's reach. */
  checkRemoteDelete(
    engine: EngineView,
    local: LocalContact,
    resourceName: string,
    readableMs: number,
    present: Person = engine.google.get(resourceName) ?? {},
  ): void {
    const { settings, mapping } = engine;
    if (!mayPush(settings.direction)) throw broken(4, 'deleted at the provider');
    if (!local.archived) throw broken(7, 'deleted although the Harmony contact lives');
    const isEdited = this.editedRemotely.some(({ name, field, former, before, atMs }) => {
      const mapped = mapping.byName.get(field);
      if (name !== resourceName || !mapped || atMs > readableMs) return false;
      const held = valuesIn(present, mapped).filter((value) => value !== '');
      const began = canonicalize(mapped.kind, former);
      const base = engine.rows.get(resourceName)?.link?.bases[field];
      // Without a base a blank may have stood there all along, and it leaves nothing that a delete could lose. Nor is
      // there an agreement that an edit of what never comes to Harmony could depart from.
      if (!base && (held.length === 0 || !mayCome(engine, field))) return false;
      // What began from another value than the agreed one was an edit of a sibling, which is not mapped.
      if (base && canonicalize(mapped.kind, base.remote) !== began) return false;
      // Edited and set back is no edit, and what stood in a sibling all along did not come with it.
      const heldBefore = valuesIn(before, mapped);
      return began === '' ? held.some((value) => !heldBefore.includes(value)) : !held.includes(began);
    });
    if (isEdited) throw broken(13, 'deleted an edited contact');
  }

  allowDeletes(deletes: number, links: number): void {
    if (deletes > Math.max(10, links * 0.05))
      throw broken(7, `${deletes} deletes of ${links} links in one run`);
  }

  /** Invariant 1 for whole contacts: nobody is missing on the other side, unless a person has to decide. */
  checkComplete(engine: EngineView): void {
    const { settings, google, locals, rows, mapping } = engine;
    const waiting = waitingFor(engine);
    const linked = new Set([...rows.values()].flatMap(({ link }) => (link ? [link.contactId] : [])));
    for (const { resourceName } of mayPull(settings.direction) ? google.live() : []) {
      if (rows.get(resourceName)?.link || waiting.has(resourceName)) continue;
      throw broken(1, `${resourceName} is not in Harmony`);
    }
    for (const { id, archived, fields } of mayPush(settings.direction) ? locals.values() : []) {
      if (archived || linked.has(id) || waiting.has(id)) continue;
      const hasContent = mapping.fields.some(
        ({ field, path, direction }) =>
          mayPush(combineDirections(settings.direction, direction)) &&
          !isBlank(fields[field]) &&
          isStorable(path.kind, fields[field] ?? null),
      );
      if (hasContent) throw broken(1, `${id} is not at Google`);
    }
  }

  /** Invariants 1 and 6, once nothing more is written. */
  checkRest(engine: EngineView): void {
    const { copiedMarkers } = engine.google;
    const markers = engine.google
      .live()
      .flatMap(markersOf)
      .filter((marker) => !copiedMarkers.has(marker));
    if (new Set(markers).size !== markers.length) throw broken(6, 'two live contacts of one create');
    for (const [id, name] of mayPush(engine.settings.direction) ? this.unwanted : []) {
      const isGone = engine.locals.get(id)?.archived && !engine.google.get(name);
      if (!isGone) throw broken(1, `${id} was deleted, and ${name} is there`);
    }
    const contactIds = [...engine.rows.values()].flatMap(({ link }) =>
      link && !link.tombstoned ? link.contactId : [],
    );
    if (new Set(contactIds).size !== contactIds.length) throw broken(6, 'two links of one contact');
    for (const [name, { link }] of engine.rows) {
      const local = link && engine.locals.get(link.contactId);
      const person = engine.google.get(name);
      if (!link || !local) continue;
      const isWaiting = [name, local.id].some((id) => waitingFor(engine).has(id));
      if (person && link.tombstoned && !isWaiting) throw broken(1, `${name} lives and counts as gone`);
      if (local.archived || !person) {
        const isKeptDeleted = local.archived && !mayPush(engine.settings.direction);
        if (Boolean(local.archived) !== !person && !isKeptDeleted && !isWaiting)
          throw broken(1, 'one side is deleted');
        continue;
      }
      const values = engine.mapping.readPerson(person, link.bases);
      for (const { field, kind, direction } of engine.mapping.fields) {
        const [mine, theirs] = [canonicalize(kind, local.fields[field]), canonicalize(kind, values[field])];
        const effective = combineDirections(engine.settings.direction, direction);
        const source = mayPush(effective) ? mine : theirs;
        const isBlankSource = effective !== 'both' && source === '' && link.bases[field] === undefined;
        const isParked = engine.parked.some(
          (park) => park.kind === 'park' && park.field === field && park.contactId === local.id,
        );
        if (mine === theirs || effective === 'none' || isBlankSource || isParked) continue;
        throw broken(1, `${field} at rest: Harmony "${mine}", Google "${theirs}" (${effective})`);
      }
    }
  }
}

/** What a person has to decide on: parked contacts of either side and their candidates. */
function waitingFor({ parked }: EngineView): Set<string | undefined> {
  return new Set(
    parked.flatMap((park) =>
      park.kind === 'park' && park.field == null
        ? [park.contactId, park.resourceName, ...(park.candidates ?? [])]
        : [],
    ),
  );
}

/** Whether values of the field come to Harmony. */
function mayCome({ settings, inForce = [settings] }: EngineView, field: FieldName): boolean {
  return inForce.every(({ mapping, direction }) => {
    const mapped = mapping.byName.get(field);
    return mapped !== undefined && mayPull(combineDirections(direction, mapped.direction));
  });
}

function valuesIn(person: Person, { path, kind }: MappedField): string[] {
  const label = path.selector?.toLowerCase();
  return elementsOf(person, path.list)
    .filter((element) => path.list !== 'userDefined' || String(element.key).toLowerCase() === label)
    .map((element) => canonicalize(kind, getSubfield(element, { subfield: path.subfield, kind: path.kind })));
}

/** As they can be written, each as JSON; our marker is none of the contact's. */
function ownElements(person: Person, list: string): string[] {
  return elementsOf(person, list)
    .filter(({ key: name }) => list !== 'clientData' || name !== MARKER_KEY)
    .map(({ metadata: _, canonicalForm: __, ...element }) => {
      const { displayName: ___, ...name } = element;
      return JSON.stringify(list === 'names' ? name : element);
    });
}

function key(contactId: string, field: FieldName, value: string): string {
  return `${contactId} ${field} ${value}`;
}

function broken(invariant: number, what: string): InvariantBroken {
  return new InvariantBroken(`invariant ${invariant}: ${what}`);
}
