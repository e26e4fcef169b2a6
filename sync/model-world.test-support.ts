// Random histories of both sides and the engine between them: how they are generated, played and brought to rest.
import fc from 'fast-check';
import {
  ANY_FIELD_NAMES,
  anyDirection,
  anyMappings,
  anyPerson,
  anyValue,
  CUSTOM_MAPPINGS,
} from './arbitraries.test-support.ts';
import { changedFields } from './change-mapping.ts';
import { type ContactFields, type FieldName, type FieldValue, isBlank, sameValue } from './contact-fields.ts';
import { DEFAULT_FIELD_MAPPINGS, type FieldMapping } from './default-mappings.ts';
import { type Direction, mayPull } from './direction.ts';
import { getSubfield } from './lens.ts';
import { type CompiledMapping, compileMapping, type MappedField } from './map-contact.ts';
import { ModelEngine } from './model-engine.test-support.ts';
import { ModelGoogle } from './model-google.test-support.ts';
import { type Fault, GRACE_MS, type PassOptions } from './model-mirror.test-support.ts';
import { InvariantBroken, Oracle } from './model-oracle.test-support.ts';
import { anySibling, editSibling, type Sibling } from './model-siblings.test-support.ts';
import type { LocalContact } from './operations.ts';
import { elementsOf, type Person } from './person.ts';
import type { ConflictPolicy } from './plan-field.ts';

export interface RandomPass {
  kind: 'pass';
  full: boolean;
  truncated: boolean;
  shuffled: boolean;
  lagsMin: number[];
  getLagMin: number;
  faults: Fault[];
}
export type RemoteStep =
  | { kind: 'remote_create'; person: Person }
  | { kind: 'remote_edit'; at: number; field: FieldName; value: FieldValue }
  | { kind: 'remote_delete' | 'remote_restore' | 'remote_rename' | 'remote_touch'; at: number }
  | { kind: 'remote_sibling'; at: number; what: Sibling };
export type RemoteDeed = Exclude<RemoteStep, { kind: 'remote_create' }>;
type LocalStep =
  | { kind: 'local_create'; fields: ContactFields }
  | { kind: 'local_edit'; at: number; field: FieldName; value: FieldValue }
  | { kind: 'local_delete'; at: number };
/** What people do on either side, and to the integration. */
export type PersonStep =
  | LocalStep
  | RemoteStep
  | { kind: 'settings'; direction: Direction; mappings: FieldMapping[] };
export type Step = PersonStep | RandomPass;

export interface Scenario {
  direction: Direction;
  mappings: FieldMapping[];
  policy: ConflictPolicy;
  steps: Step[];
}

const at = fc.nat(7);
const faults: Fault[] = ['none', 'none', 'lost_request', 'lost_answer', 'local_edit', 'remote_edit'];
export const anyEdit = fc
  .constantFrom(...ANY_FIELD_NAMES)
  .chain((field) => fc.record({ field: fc.constant<FieldName>(field), value: anyValue(field), at }));
export const anyLocal = fc
  .array(anyEdit, { maxLength: 5 })
  .map((edits): ContactFields => Object.fromEntries(edits.map(({ field, value }) => [field, value])));
/** Fewer elements than the lens tests use, and all contact-sourced, as a listing with sources=CONTACT gives them. */
export const anyRemote = anyPerson.map(
  (person): Person =>
    Object.fromEntries(
      Object.entries(person).map(([list, elements]) => [
        list,
        (elements as { metadata?: { source?: { type?: string } } }[]).filter(
          ({ metadata }) => metadata?.source?.type !== 'PROFILE',
        ),
      ]),
    ),
);

const anyFaultyPass = fc.record({
  kind: fc.constant('pass' as const),
  full: fc.boolean(),
  truncated: fc.constantFrom(false, false, false, true),
  shuffled: fc.boolean(),
  lagsMin: fc.array(fc.constantFrom(0, 0, 2, 14), { minLength: 1, maxLength: 4 }),
  getLagMin: fc.constantFrom(0, 0, 0, 5),
  faults: fc.array(fc.constantFrom(...faults), { minLength: 1, maxLength: 4 }),
});
const anyCleanPass = fc.constant<RandomPass>({
  kind: 'pass',
  full: false,
  truncated: false,
  shuffled: false,
  lagsMin: [0],
  getLagMin: 0,
  faults: ['none'],
});

export function anyStep<Pass>(pass: fc.Arbitrary<Pass>): fc.Arbitrary<PersonStep | Pass> {
  return fc.oneof(
    { weight: 6, arbitrary: pass as fc.Arbitrary<PersonStep | Pass> },
    { weight: 1, arbitrary: anyLocal.map((fields): PersonStep => ({ kind: 'local_create', fields })) },
    { weight: 1, arbitrary: anyRemote.map((person): PersonStep => ({ kind: 'remote_create', person })) },
    { weight: 4, arbitrary: anyEdit.map((edit): PersonStep => ({ kind: 'local_edit', ...edit })) },
    { weight: 4, arbitrary: anyEdit.map((edit): PersonStep => ({ kind: 'remote_edit', ...edit })) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          'local_delete' as const,
          'remote_delete' as const,
          'remote_restore' as const,
          'remote_rename' as const,
          'remote_touch' as const,
        ),
        at,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('remote_sibling' as const), at, what: anySibling }),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({ direction: anyDirection, mappings: anyMappings })
        .map((settings): PersonStep => ({ kind: 'settings', ...settings })),
    },
  );
}

function anyScenarioOf(pass: fc.Arbitrary<RandomPass>): fc.Arbitrary<Scenario> {
  return fc.record({
    direction: fc.oneof(fc.constant<Direction>('both'), anyDirection),
    mappings: fc.oneof(fc.constant<FieldMapping[]>([...DEFAULT_FIELD_MAPPINGS]), anyMappings),
    policy: fc.constantFrom<ConflictPolicy>('newest', 'harmony', 'provider'),
    steps: fc.array(anyStep(pass), { minLength: 2, maxLength: 14 }),
  });
}

export const anyScenario = anyScenarioOf(anyFaultyPass);
/** Without lag and faults, so that what is seen doesn't depend on how it was listed. */
export const anyCalmScenario = anyScenarioOf(anyCleanPass);

export const MINUTE_MS = 60_000;
export const ANCHOR = 'anchor';

export class World {
  readonly google = new ModelGoogle();
  readonly locals = new Map<string, LocalContact>();
  readonly oracle = new Oracle();
  readonly engine: ModelEngine;
  private created = 0;
  private readonly overrides: Partial<PassOptions>;
  private settings: { mappings: FieldMapping[]; direction: Direction };

  private readonly stepMs: number;

  /**
   * `overrides` hold for every pass, e.g. to compare full with incremental listings; with steps longer than D, a
   * full listing proves absence as soon as an incremental one shows the tombstone.
   */
  constructor(scenario: Scenario, overrides: Partial<PassOptions> = {}, stepMs = MINUTE_MS) {
    this.overrides = overrides;
    this.stepMs = stepMs;
    this.settings = scenario;
    const { mappings, direction, policy } = scenario;
    const settings = { mapping: compileMapping(mappings), direction, policy };
    this.engine = new ModelEngine({
      settings,
      google: this.google,
      locals: this.locals,
      oracle: this.oracle,
    });
    // Never deleted, so that the remote is never empty, which would park the run (rule 19).
    this.google.create({ names: [{ givenName: 'Anchor' }] }, ANCHOR);
  }

  play(steps: readonly Step[]): void {
    for (const step of steps) {
      this.google.nowMs += this.stepMs;
      this.take(step);
      this.oracle.witness(this.engine);
    }
  }

  /** Lets everything settle, then checks what must hold at rest, and that another pass writes nothing. */
  rest(): void {
    for (let pass = 0; pass < 8; pass++) {
      this.google.nowMs += 4 * GRACE_MS;
      this.run({ kind: 'full' });
      if (this.engine.writes === 0 && this.engine.openCreates.size === 0) {
        this.oracle.checkRest(this.engine);
        this.checkNoWrites({ kind: 'full', isShuffled: true });
        this.checkNoWrites({ kind: 'incremental' });
        return;
      }
    }
    throw new InvariantBroken('invariant 12: still writing after eight passes without a fault');
  }

  /** What a person sees on both sides, without ids and bookkeeping, in no particular order. */
  picture(): string[] {
    const seen = [...this.engine.rows].flatMap(([name, { link }]) => {
      const person = this.google.get(name);
      if (!person && !link) return [];
      const local = link ? this.locals.get(link.contactId) : undefined;
      const { etag: _, metadata: __, clientData: ___, resourceName: ____, ...lists } = person ?? {};
      return [JSON.stringify([local?.fields, Boolean(local?.archived), person && lists])];
    });
    return seen.sort();
  }

  private run(options: PassOptions): void {
    this.engine.pass({ ...options, ...this.overrides });
    this.oracle.witness(this.engine);
    this.oracle.checkBases(this.engine);
    if (!this.engine.isRunParked) this.oracle.endPass();
  }

  private checkNoWrites(options: PassOptions): void {
    this.run(options);
    if (this.engine.writes > 0) throw new InvariantBroken('invariant 5: a second pass wrote');
  }

  private take(step: Step): void {
    switch (step.kind) {
      case 'local_create': {
        const id = `con_${++this.created}`;
        this.locals.set(id, { id, version: 1, fields: step.fields, editedAt: this.now() });
        return;
      }
      case 'local_edit': {
        const local = pick(this.sortedLocals(), step.at);
        if (!local || local.archived) return;
        this.oracle.editLocal(local, step.field, step.value, this.engine.mapping);
        local.editedAt = this.now();
        return;
      }
      case 'local_delete': {
        const local = pick(this.sortedLocals(), step.at);
        if (!local || local.archived || local.id === `con_people/${ANCHOR}`) return;
        this.oracle.noteLocalDelete(this.engine, local);
        local.archived = true;
        local.version++;
        return;
      }
      case 'remote_create':
        this.google.create(step.person, `r${++this.created}`);
        return;
      case 'remote_edit':
      case 'remote_delete':
      case 'remote_restore':
      case 'remote_rename':
      case 'remote_touch':
      case 'remote_sibling':
        takeRemoteStep(step, this.google, this.engine.mapping, this.oracle);
        return;
      case 'settings': {
        const after = { mappings: step.mappings, direction: step.direction };
        const changed = changedFields(this.settings, after);
        const { policy } = this.engine.settings;
        this.engine.changeMapping(
          { mapping: compileMapping(step.mappings), direction: step.direction, policy },
          changed,
        );
        this.settings = after;
        this.oracle.forgetDeletes();
        return;
      }
      case 'pass':
        this.run({
          kind: step.full ? 'full' : 'incremental',
          isTruncated: step.truncated,
          isShuffled: step.shuffled,
          lagMs: (index) => (step.lagsMin[index % step.lagsMin.length] ?? 0) * MINUTE_MS,
          getLagMs: step.getLagMin * MINUTE_MS,
          fault: (index) => step.faults[index % step.faults.length] ?? 'none',
        });
    }
  }

  private sortedLocals(): LocalContact[] {
    return [...this.locals.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  private now(): string {
    return new Date(this.google.nowMs).toISOString();
  }
}

/** A person at work in Google's own page; the anchor stays. */
export function takeRemoteStep(
  step: RemoteStep,
  google: ModelGoogle,
  mapping: CompiledMapping,
  oracle: Oracle,
): void {
  if (step.kind === 'remote_create') google.create(step.person);
  else doRemotely(pick(google.names(), step.at) ?? '', step, { google, mapping, oracle });
}

interface Page {
  google: ModelGoogle;
  mapping: CompiledMapping;
  oracle: Oracle;
}

/** The deed of a step, done to that contact whichever the step itself would have picked. */
export function doRemotely(name: string, deed: RemoteDeed, { google, mapping, oracle }: Page): void {
  const isAnchor = name === `people/${ANCHOR}`;
  oracle.noteRemoteStep(name);
  switch (deed.kind) {
    case 'remote_edit':
      editRemotely(name, deed, { google, mapping, oracle });
      return;
    case 'remote_delete':
      if (!isAnchor) google.delete(name);
      return;
    case 'remote_restore':
      google.restore(name);
      return;
    case 'remote_rename':
      if (!isAnchor) google.rename(name);
      return;
    case 'remote_touch':
      google.edit(name, {});
      return;
    case 'remote_sibling':
      editSibling(google, name, deed.what);
  }
}

function editRemotely(
  name: string,
  { field, value }: { field: FieldName; value: FieldValue },
  { google, mapping, oracle }: Page,
): void {
  const person = google.get(name);
  if (!person || value === 'not a date') return;
  const page = field.startsWith('custom.') ? CUSTOM_PAGE : GOOGLE_PAGE;
  const { mask, lists } = page.writePerson(person, { [field]: value });
  if (mask.length === 0) return;
  google.edit(name, lists);
  const mapped = mapping.byName.get(field);
  const former = page.readPerson(person)[field] ?? null;
  // Clearing a value that Harmony was never to see leaves nothing that a delete could lose.
  const isSeen = mapped && (mayPull(mapped.direction) || !isBlank(value));
  // What a blank element gets that a sibling holds already is not told from that.
  if (mapped && isBlank(former) && isHeld(person, mapped, value)) return;
  if (isSeen && !sameValue(mapped.kind, former, value))
    oracle.noteRemoteEdit({ name, field, former, before: person, atMs: google.nowMs });
}

function isHeld(person: Person, { path, kind }: MappedField, value: FieldValue): boolean {
  const held = elementsOf(person, path.list).map((element) => getSubfield(element, path));
  return held.some((other) => !isBlank(other) && sameValue(kind, other, value));
}

/** A person who edits on Google's page changes the primary elements. */
const GOOGLE_PAGE = compileMapping(DEFAULT_FIELD_MAPPINGS);
/** And what stands under a key or label of its own. */
const CUSTOM_PAGE = compileMapping(CUSTOM_MAPPINGS);

export function pick<T>(items: readonly T[], at: number): T | undefined {
  return items[at % Math.max(1, items.length)];
}
