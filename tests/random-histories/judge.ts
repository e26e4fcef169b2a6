/** Holds what the engine did in one history against the truth, after each pass and at rest. */
import { type ContactFields, canonicalize, type FieldName, sameValue } from '../../sync/contact-fields.ts';
import { combineDirections, mayPull } from '../../sync/direction.ts';
import { compileMapping } from '../../sync/map-contact.ts';
import { InvariantBroken, Oracle } from '../../sync/model-oracle.test-support.ts';
import { findTouched, spelledAlike } from '../../sync/model-untouched.test-support.ts';
import type { LocalContact } from '../../sync/operations.ts';
import { elementsOf, markersOf, type Person, type PersonWithName } from '../../sync/person.ts';
import type { GoogleListings, RemoteWrite } from './google-adapter.ts';
import { checkQuestions, checkValueQuestions } from './inbox.ts';
import type { Lists } from './lists.ts';
import type { Settings } from './settings.ts';
import type { Onlooker, View } from './view.ts';

export class Judge {
  readonly oracle = new Oracle();
  private readonly onlooker: Onlooker;
  private readonly listings: GoogleListings;
  private readonly lists: Lists;
  private readonly settings: Settings;
  /** Contacts as they were when the oracle last looked. */
  private known = new Map<string, LocalContact>();
  private seenWrites = 0;
  /** Contacts by the creates of connections that were deleted. */
  private readonly formerMakers = new Map<string, string>();
  /** Remote contacts that contacts were tied to when they were last looked at. */
  private formerNames = new Map<string, string>();
  /** Doubles that came in as contacts of their own, or stay at Google alone, since whom they were made for lay in the archive. */
  private readonly onTheirOwn = new Set<string>();

  constructor(of: { onlooker: Onlooker; listings: GoogleListings; lists: Lists; settings: Settings }) {
    this.onlooker = of.onlooker;
    this.listings = of.listings;
    this.lists = of.lists;
    this.settings = of.settings;
  }

  /** What is true now, after a step that was no pass. */
  async witness(): Promise<void> {
    this.oracle.witness(await this.onlooker.look());
  }

  /** Remote contacts whose contacts a person restored while a call about them was on its way. */
  readonly restoredMidway = new Set<string>();

  /** A person is about to replace fields of a contact. What a pass brought that is not over yet was there, too. */
  async beforeEdit(contactId: string, fields: readonly FieldName[]): Promise<void> {
    const view = this.onlooker.lenient(await this.onlooker.look());
    this.checkPulls(view);
    this.oracle.witness(view);
    const now = view.locals.get(contactId);
    for (const field of now === undefined ? [] : fields) this.noteLocalEdit(now as LocalContact, field);
  }

  /** A person replaces, or has just replaced, the value that the contact has here. */
  noteLocalEdit(contact: LocalContact, field: FieldName): void {
    this.oracle.noteLocalEdit(contact, field, compileMapping(this.settings.inForce.mappings));
  }

  /** A person is about to delete a contact. */
  async beforeDelete(contact: LocalContact): Promise<void> {
    this.oracle.noteLocalDelete(await this.onlooker.look(), contact);
  }

  /** What a person did is no work of the engine. */
  async afterEdit(contactId: string): Promise<void> {
    const now = (await this.onlooker.read()).locals.get(contactId);
    if (now !== undefined) this.known.set(contactId, now);
  }

  /** The integration is about to go: what it did until now, and whom it ties. */
  async beforeDisconnect(): Promise<ReadonlySet<string>> {
    await this.lists.look();
    const view = this.onlooker.lenient(await this.onlooker.look());
    this.checkPulls(view);
    this.checkPushes(view);
    this.oracle.witness(view);
    this.oracle.forgetDeletes();
    // Of one that was never acked nothing is left that could tell the next connection.
    for (const { id, contactId, state } of view.creates)
      if (state === 'acked') this.formerMakers.set(id, contactId);
    this.formerNames.clear();
    return new Set([...view.rows.values()].flatMap(({ link }) => link?.contactId ?? []));
  }

  /** Nothing of anybody has changed; where a person said so, those who were tied are gone. */
  async afterDisconnect(tied: ReadonlySet<string>, records: 'keep' | 'delete'): Promise<void> {
    const { locals } = await this.onlooker.read();
    for (const [id, before] of this.known) {
      const now = locals.get(id);
      const isGone = records === 'delete' && tied.has(id);
      if (isGone !== (now === undefined))
        throw new InvariantBroken(`Delete (${records}): ${id} is ${now === undefined ? 'gone' : 'there'}`);
      const isSame =
        now === undefined ||
        JSON.stringify([now.fields, now.archived]) === JSON.stringify([before.fields, before.archived]);
      if (!isSame) throw new InvariantBroken(`invariant 2: Delete changed ${id}`);
    }
    this.known = new Map(locals);
    await this.lists.lookAfterDelete();
  }

  /** A person has to decide first (rule 19). */
  async expectNothingGone(): Promise<void> {
    const { locals } = await this.onlooker.look();
    const gone = [...this.known].filter(([id, { archived }]) => !archived && locals.get(id)?.archived);
    const written = this.listings.writes.slice(this.seenWrites);
    if (gone.length + written.length > 0)
      throw new InvariantBroken(
        `parked: its run archived ${gone.map(([id]) => id)}, and wrote ${written.map(({ name }) => name)}`,
      );
  }

  /** What a pass that began at `sinceMs`, by Google's clock, did on both sides. */
  async afterPass(succeeded: boolean, sinceMs: number): Promise<void> {
    const view = await this.onlooker.look();
    const lenient = this.onlooker.lenient(view);
    this.checkPulls(lenient);
    this.checkPushes(lenient);
    this.noteDoublesOnTheirOwn(view);
    this.noteNames(view);
    this.oracle.witness(lenient);
    this.oracle.checkBases(view);
    if (succeeded && this.settings.inForce.own) this.oracle.endPass(sinceMs);
    // A delete that was taken back is shown once more: where the contact is there again after that, it counts as restored (0010).
    for (const name of this.listings.shownDeleted)
      if (view.google.get(name)) this.oracle.noteRemoteStep(name);
    // Once a listing has shown a contact, what a read said before is no evidence any more.
    for (const unseen of [this.listings.hidden, this.listings.shownDeleted]) {
      for (const name of unseen) if (view.rows.get(name)?.isDeleted !== true) unseen.delete(name);
    }
    await this.noteAgreed(view);
    if (this.settings.earlier === undefined) await this.lists.check(this.settings.lists);
    else await this.lists.look();
  }

  /** After each run, of which a pass may have several: what one has agreed on is no edit to the next one. */
  async noteAgreed(view?: View): Promise<void> {
    const { rows, locals } = view ?? (await this.onlooker.look());
    for (const { link } of rows.values()) {
      if (link && locals.get(link.contactId)?.version === link.localVersion)
        this.oracle.settle(link.contactId);
    }
  }

  async atRest(): Promise<void> {
    const { lists } = this.settings;
    // What anybody does waits until contacts are mapped again.
    if (!this.settings.inForce.own) return this.lists.checkRest(lists, { withMembers: false });
    const view = await this.onlooker.look();
    this.oracle.checkRest(view);
    this.oracle.checkComplete(view);
    this.checkDoubles(view);
    this.checkMadeOnce(view);
    const tables = await this.onlooker.read();
    checkQuestions(tables);
    checkValueQuestions(tables);
    await this.lists.checkRest(lists);
    for (const { stream, counted, living } of await this.onlooker.counts())
      if (counted !== living) throw new InvariantBroken(`${counted} ${stream} are counted, of ${living}`);
  }

  /** Invariant 6 beyond one marker: a create that came through late has a double with a marker of its own. */
  private checkDoubles({ parked, rows, creates, google, tookDoubles }: View): void {
    for (const { id, contactId, state } of creates) {
      const made = google.live().find((person) => markersOf(person).includes(id))?.resourceName;
      if (state !== 'dropped' || made === undefined || tookDoubles.includes(made)) continue;
      if (isAskedAbout(parked, made)) continue;
      if (this.onTheirOwn.has(made)) continue;
      const isTied = (name: string) => rows.get(name)?.link?.contactId === contactId;
      const others = [...rows.keys()].filter((name) => name !== made && google.get(name));
      if (!isTied(made) && others.some(isTied)) throw new InvariantBroken(`invariant 6: ${made} is a double`);
    }
  }

  /** Invariant 6 over a Delete: what one connection has made, the next one does not make again. */
  private checkMadeOnce({ google, creates }: View): void {
    if (this.formerMakers.size === 0) return;
    const live = google.live();
    for (const { id, contactId } of creates) {
      // What is made anew was gone in between.
      if (creates.some((other) => other.id !== id && other.contactId === contactId)) continue;
      const made = live.find((person) => markersOf(person).includes(id));
      const former = live.find((person) => {
        const [marker, ...others] = markersOf(person);
        return others.length === 0 && this.formerMakers.get(marker ?? '') === contactId;
      });
      if (made !== undefined && former !== undefined && made !== former)
        throw new InvariantBroken(
          `invariant 6: ${contactId} is ${former.resourceName} and ${made.resourceName}`,
        );
    }
  }

  private checkPulls(view: View): void {
    this.oracle.witness({ ...view, locals: this.known });
    for (const contact of view.locals.values()) {
      const before = this.known.get(contact.id);
      checkUntouched(view, before, contact);
      if (contact.archived && before && !before.archived) this.checkArchive(view, before);
      const changed = Object.fromEntries(
        view.mapping.fields.flatMap(({ field, kind }) =>
          before && !sameValue(kind, before.fields[field], contact.fields[field])
            ? [[field, contact.fields[field] ?? null]]
            : [],
        ),
      ) as ContactFields;
      if (before && Object.keys(changed).length > 0) this.oracle.checkPull(view, before, changed, view.log);
    }
    for (const id of this.known.keys()) {
      if (!view.locals.has(id)) throw new InvariantBroken(`invariant 2: the contact ${id} is gone`);
    }
    this.known = view.locals;
  }

  private checkArchive(view: View, before: LocalContact): void {
    const { google } = view;
    if (this.settings.contacts === 'none' && this.settings.earlier === undefined)
      throw new InvariantBroken(`invariant 14: archived ${before.id}`);
    const names = [...view.rows].flatMap(([name, { link }]) => (link?.contactId === before.id ? [name] : []));
    const name = names.find((one) => !google.get(one)) ?? names[0];
    if (name === undefined) throw new InvariantBroken('invariant 7: archived a contact without a link');
    // Where nothing is ever written, a listing and a get that both lag are all the evidence there is (rule 15); the
    // next listing brings the contact back. A run that is parked leaves it to a later one, to which it still counts.
    const { visibility, hidden } = this.listings;
    const wasHidden = hidden.has(name) && view.rows.get(name)?.isDeleted === true;
    const isUnseen = wasHidden || !google.get(name, visibility.getLagMs);
    const isLagging = this.settings.inForce.direction === 'from_provider' && isUnseen;
    // A delete that somebody has taken back meanwhile is in a listing that lags, as evidence like any other (rule 15).
    if (!isLagging) this.oracle.checkArchive(view, before, name, this.listings.shownDeleted.has(name));
  }

  private checkPushes(view: View): void {
    const fresh = this.listings.writes.slice(this.seenWrites);
    this.seenWrites = this.listings.writes.length;
    for (const [index, write] of fresh.entries()) {
      this.oracle.checkRemoteWrite(view, write, view.log);
      if (write.kind === 'create') this.checkMadeAnew(view, write);
      if (write.kind !== 'remove') continue;
      // There when this one went, as far as a read right before it could tell, whatever became of them later in the pass.
      const later = fresh.slice(index + 1).filter(({ kind }) => kind === 'remove');
      const there = [...view.google.live(), ...later.flatMap(({ before }) => before ?? []), ...write.shown];
      this.checkRemoval(view, write, there);
    }
  }

  /** A contact whose remote one is gone is made there from what that held, unless Google took that in no form. */
  private checkMadeAnew(view: View, { after }: RemoteWrite): void {
    const made = view.creates.find(({ id }) => after !== undefined && markersOf(after).includes(id));
    const tied = view.rows.get(this.formerNames.get(made?.contactId ?? '') ?? '');
    // Gone meanwhile, it lived on in the same pass as another one with its address (rule 17), which is gone by now as well.
    const replaced = view.rows.get(made?.replaces ?? '');
    const email = canonicalize('email', view.locals.get(made?.contactId ?? '')?.fields.email ?? null);
    const livedOn = email !== '' && replaced && addressesOf(replaced.person).includes(email);
    const former = livedOn ? replaced : tied;
    if (after === undefined || !former?.isDeleted || this.listings.refused.length > 0) return;
    this.oracle.checkMadeAnew(view, former.person, after);
  }

  /** Whoever restores the archived contact has both (0010, "Taken for merged, and there again"; 0020). */
  private noteDoublesOnTheirOwn({ creates, google, rows, locals, parked }: View): void {
    for (const { id, contactId, state } of creates) {
      if (state !== 'dropped' || locals.get(contactId)?.archived !== true) continue;
      const made = google.live().find((person) => markersOf(person).includes(id))?.resourceName;
      const tiedTo = made && rows.get(made)?.link?.contactId;
      if (tiedTo && tiedTo !== contactId && !this.formerNames.has(tiedTo)) this.onTheirOwn.add(made);
      // One way to Google nobody comes in: nobody is asked about it any more, once the other one is gone.
      const keeper = this.formerNames.get(contactId);
      const isAlone = keeper !== undefined && keeper !== made && !google.get(keeper);
      if (!made || tiedTo || !isAlone || mayPull(this.settings.inForce.direction)) continue;
      if (!isAskedAbout(parked, made)) this.onTheirOwn.add(made);
    }
  }

  private noteNames({ rows }: View): void {
    for (const [name, { link }] of rows) if (link) this.formerNames.set(link.contactId, name);
  }

  /**
   * A double goes only as it was made (rule 13), as far as is read, however it is spelled, and whichever lists it is on. One
   * that a person merged others into has their markers, too.
   */
  private checkDouble(known: Person): void {
    const markers = markersOf(known);
    const made = this.listings.writes.filter(
      ({ kind, after }) => kind === 'create' && markersOf(after ?? {}).some((one) => markers.includes(one)),
    );
    const read = (person: Person | undefined) => spelledAlike({ ...person, memberships: [], photos: [] });
    const touched = made.map(({ after }) => findTouched([], read(after), read(known)));
    if (!touched.includes(undefined))
      throw new InvariantBroken(
        `invariant 2: a double went with its ${touched[0]}, which somebody had edited`,
      );
  }

  /**
   * Of an archived contact, or of a double: another one that the same create made, or that its contact was tied to
   * while the create was taken for lost, is still there (rule 13).
   */
  private checkRemoval(
    view: View,
    { name, before = { resourceName: name }, shown, readableMs = view.google.nowMs }: RemoteWrite,
    live: readonly PersonWithName[],
  ): void {
    const makers = new Map(view.creates.map(({ id, contactId }) => [id, contactId]));
    const makersOf = (person: Person) => markersOf(person).map((marker) => makers.get(marker) ?? marker);
    const own = makersOf(before);
    const contactsOf = (person: PersonWithName) => [
      ...makersOf(person),
      view.rows.get(person.resourceName)?.link?.contactId,
    ];
    // What somebody edits between the last read and the call goes along, for a delete has no version that would refuse it.
    // Nor is a rename known yet that came then.
    const names = [name, ...(before.metadata?.previousResourceNames ?? [])];
    const known = shown.findLast(({ resourceName }) => names.includes(resourceName)) ?? before;
    const others = live.filter(({ resourceName }) => resourceName !== name);
    const tied = names.find((one) => view.rows.get(one)?.link) ?? name;
    const link = view.rows.get(tied)?.link;
    const local = link ? view.locals.get(link.contactId) : undefined;
    const isOwn = (id: string | undefined) => id !== undefined && own.includes(id);
    // The one that an archived contact is tied to goes with it, though a double that a person decides on stays.
    if (local?.archived !== true && others.some((person) => contactsOf(person).some(isOwn))) {
      this.checkDouble(known);
      return;
    }
    // It came through after it was given up, which nothing at the provider prevents: `atRest` wants a contact that is not
    // archived there again.
    if (local?.archived !== true && names.some((one) => view.givenUpDeletes.includes(one))) return;
    if (names.some((one) => this.restoredMidway.has(one))) return;
    if (local === undefined)
      throw new InvariantBroken(`invariant 7: deleted ${name}, which nothing is tied to`);
    this.oracle.checkRemoteDelete(view, local, tied, readableMs, known);
  }
}

const addressesOf = (person: Person): string[] =>
  elementsOf(person, 'emailAddresses').map(({ value }) =>
    canonicalize('email', typeof value === 'string' ? value : null),
  );

/** A person has to decide what becomes of it. */
const isAskedAbout = (parked: View['parked'], name: string): boolean =>
  parked.some((park) => 'resourceName' in park && park.resourceName === name);

/**
 * Of Harmony a sync changes only what flows there, to the byte. One way to Google that is nothing at all: no contact is
 * made, archived or brought back, since who is deleted there is made there again or untied (rule 16).
 */
export function checkUntouched(
  { settings, inForce = [settings] }: Pick<View, 'settings' | 'inForce'>,
  before: LocalContact | undefined,
  now: LocalContact,
): void {
  const pulls = inForce.filter(({ direction }) => mayPull(direction));
  if (pulls.length === 0 && (before === undefined || before.archived !== now.archived))
    throw new InvariantBroken(
      `invariant 4: ${now.id} came, went or came back, though contacts only go to Google`,
    );
  const comes = (field: FieldName) =>
    pulls.some(({ mapping, direction }) => {
      const mapped = mapping.byName.get(field);
      return mapped !== undefined && mayPull(combineDirections(direction, mapped.direction));
    });
  for (const field of Object.keys({ ...before?.fields, ...now.fields }) as FieldName[]) {
    if ((before?.fields[field] ?? null) !== (now.fields[field] ?? null) && !comes(field))
      throw new InvariantBroken(`invariant 4: ${field} of ${now.id} was changed, which does not flow there`);
  }
}
