/** What is there on both sides of a history and between them, as the tables have it and as the oracle judges it. */
import { changedFields, forgetBases } from '../../sync/change-mapping.ts';
import type { FieldName } from '../../sync/contact-fields.ts';
import { DEFAULT_FIELD_MAPPINGS } from '../../sync/default-mappings.ts';
import type { Direction } from '../../sync/direction.ts';
import { type CompiledMapping, compileMapping, type FieldBases } from '../../sync/map-contact.ts';
import { type PlanSettings, withBesides } from '../../sync/merge-fields.ts';
import type { ModelGoogle } from '../../sync/model-google.test-support.ts';
import type { Row } from '../../sync/model-mirror.test-support.ts';
import type { ConflictEntry, LocalContact, Operation } from '../../sync/operations.ts';
import type { PersonWithName } from '../../sync/person.ts';
import type { Harmony } from './local-side.ts';
import type { Settings } from './settings.ts';
import {
  type Conflict,
  type Create,
  type Link,
  readCounts,
  readTables,
  type StreamCount,
  type Tables,
} from './tables.ts';

/** What of the engine is compared with the truth. */
export interface View {
  readonly settings: PlanSettings;
  readonly mapping: PlanSettings['mapping'];
  readonly google: ModelGoogle;
  readonly locals: Map<string, LocalContact>;
  readonly rows: Map<string, Row>;
  readonly parked: Operation[];
  /** Values that gave way, the newest first. */
  readonly log: readonly ConflictEntry[];
  readonly creates: readonly Create[];
  readonly givenUpDeletes: readonly string[];
  /** Remote contacts of which a person is told that they took a double in. */
  readonly tookDoubles: readonly (string | null)[];
  /** Settings that changed during a pass: all that it may have gone by. */
  readonly inForce?: readonly PlanSettings[];
}

export class Onlooker {
  /** While a pass is under way, what was read is old at once. */
  isPassing = false;
  private readonly harmony: Harmony;
  private readonly google: ModelGoogle;
  private readonly settings: Settings;
  /** As they were read last. */
  private tables: Tables | undefined;

  constructor(harmony: Harmony, google: ModelGoogle, settings: Settings) {
    this.harmony = harmony;
    this.google = google;
    this.settings = settings;
  }

  /** Somebody may have written. */
  forget(): void {
    this.tables = undefined;
  }

  /** Read once, until somebody may have written; nobody but a pass and a person does. */
  async read(): Promise<Tables> {
    if (this.isPassing) return readTables(this.harmony);
    this.tables ??= await readTables(this.harmony);
    return this.tables;
  }

  counts(): Promise<readonly StreamCount[]> {
    return readCounts(this.harmony);
  }

  async contacts(): Promise<LocalContact[]> {
    return [...(await this.read()).locals.values()];
  }

  async look(): Promise<View> {
    const { mappings, policy } = this.settings.inForce;
    // The oracle knows what to make of contacts that flow nowhere, which nobody plans.
    const direction = this.settings.contacts as Direction;
    const mapping = compileMapping(mappings);
    const { locals, kept, links, conflicts, creates, givenUpDeletes } = await this.read();
    const tied = new Set(links.map(({ contactId }) => contactId));
    // What a person left as it is stays so.
    const told = conflicts.filter(
      ({ kind, resolvedAt, resolution }) =>
        kind !== 'value' && (resolvedAt === null || resolution === 'dismissed'),
    );
    // The one that took a double in goes on as before.
    const open = told.filter(({ kind }) => kind !== 'double_merged');
    return {
      settings: { mapping, direction, policy },
      mapping,
      google: this.google,
      locals,
      rows: new Map(links.map((link) => [link.remoteId, this.rowOf(link)])),
      parked: [
        ...links.flatMap(parkedBy),
        ...open.map(parkedFor),
        ...kept.filter((id) => !tied.has(id)).map(keptHere),
      ],
      log: conflicts.filter(({ kind }) => kind === 'value').map(toLogEntry),
      creates,
      givenUpDeletes,
      tookDoubles: told.flatMap(({ kind, remoteId }) => (kind === 'double_merged' ? remoteId : [])),
    };
  }

  /** What may have held during the pass: settings that changed in the middle of it count as they were, too. */
  lenient(view: View): View {
    const { earlier } = this.settings;
    if (earlier === undefined) return view;
    const both = [...compileMapping(earlier.mappings).fields, ...view.mapping.fields].map(
      (field) => ({ ...field, direction: 'both' }) as const,
    );
    const mapping = { ...view.mapping, fields: both };
    const before = { ...view.settings, ...earlier, mapping: compileMapping(earlier.mappings) };
    const inForce = [before, view.settings];
    return { ...view, mapping, settings: { ...view.settings, mapping, direction: 'both' }, inForce };
  }

  /** Whether the mirror shows Google as it is now. */
  async isMirrorTrue(): Promise<boolean> {
    const { rows } = await this.look();
    const names = this.google.names();
    return (
      [...rows.keys()].every((name) => names.includes(name)) &&
      names.every((name) => {
        const [row, person] = [rows.get(name), this.google.get(name)];
        if (!person) return row === undefined || row.isDeleted;
        return row !== undefined && !row.isDeleted && row.person.etag === person.etag;
      })
    );
  }

  /** Whether a living contact counts as gone, and what shows it as an old version: for as long as a read may lag. */
  async takesForOld(): Promise<boolean> {
    const { rows } = await this.look();
    return [...rows].some(([name, { isDeleted, supersededEtags }]) => {
      const etag = this.google.get(name)?.etag;
      return isDeleted && etag !== undefined && supersededEtags.includes(etag);
    });
  }

  private rowOf(link: Link): Row {
    const { remoteId: resourceName, contactId, localVersion } = link;
    const person = link.shadow as PersonWithName;
    const isDeleted = link.tombstonedAt !== null;
    const bases = this.basesOf(link.base as FieldBases | null, link.mappingVersion, person);
    const tied =
      contactId === null ? null : { contactId, resourceName, localVersion, bases, tombstoned: isDeleted };
    return { person, link: tied, isDeleted, supersededEtags: link.supersededEtags ?? [], lastAliveAtMs: 0 };
  }

  /**
   * A base that is not written down is what the link's mapping version reads from the shadow, on both sides, with the
   * siblings of what is blank; what a later version maps in another way has no base.
   */
  private basesOf(base: FieldBases | null, version: number, person: PersonWithName): FieldBases {
    const mappings = this.settings.versions[version - 1] ?? DEFAULT_FIELD_MAPPINGS;
    const direction = 'both';
    const now = { mappings: this.settings.inForce.mappings, direction } as const;
    const changed = changedFields({ mappings, direction }, now);
    return forgetBases(base ?? baseOf(compileMapping(mappings), person), changed);
  }
}

/** What a person has to decide on of a remote contact. */
const parkedBy = ({ contactId, remoteId: resourceName, parked }: Link): Operation[] =>
  parked === null ? [] : [{ kind: 'park', contactId, resourceName, ...parked } as unknown as Operation];

/** What a person has to decide on by itself. */
const parkedFor = ({ kind, contactId, remoteId, field, candidates }: Conflict): Operation =>
  ({ kind: 'park', reason: kind, contactId, resourceName: remoteId, field, candidates }) as never;

/** It is nobody's to decide on, and goes to no account all the same. */
const keptHere = (contactId: string): Operation => ({ kind: 'park', reason: 'kept', contactId }) as never;

const toLogEntry = (row: Conflict): ConflictEntry =>
  ({
    contactId: row.contactId,
    resourceName: row.remoteId,
    field: row.field,
    winner: row.winner,
    local: row.localValue,
    remote: row.remoteValue,
    base: null,
    rule: row.rule,
    policy: row.policy,
  }) as ConflictEntry;

function baseOf(mapping: CompiledMapping, person: PersonWithName): FieldBases {
  return Object.fromEntries(
    Object.entries(mapping.toHarmony(person)).map(([name, value = null]) => {
      const field = name as FieldName;
      return [field, withBesides(mapping, field, person, { local: value, remote: value })];
    }),
  );
}
