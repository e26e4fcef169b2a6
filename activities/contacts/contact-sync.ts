/** The settings of one integration's contacts, compiled for the planner: those in force, and former mappings for old links. */
import type { Executor } from '../../db/client.ts';
import {
  type ContactSyncRow,
  loadContactSyncRow,
  type MappingVersionRow,
  mappingsInForce,
  stampOf,
} from '../../db/queries/contact-sync-settings.ts';
import { type LinkBases, onlyReadStreams, type SyncDirection } from '../../db/schema/index.ts';
import { changedFields, forgetBases } from '../../sync/change-mapping.ts';
import type { FieldName } from '../../sync/contact-fields.ts';
import {
  DEFAULT_FIELD_MAPPINGS,
  DEFAULT_OBJECT_MAPPINGS,
  enabledObjects,
  type FieldMapping,
  mappingsOfOtherContacts,
} from '../../sync/default-mappings.ts';
import {
  combineDirections,
  type Direction,
  directionOf,
  type EffectiveDirection,
  mayPush,
} from '../../sync/direction.ts';
import { impliedBases } from '../../sync/implied-bases.ts';
import { listDirection } from '../../sync/list-flow.ts';
import { type CompiledMapping, compileMapping, type FieldBases } from '../../sync/map-contact.ts';
import { fieldPoliciesOf, type PlanSettings } from '../../sync/merge-fields.ts';
import type { Person } from '../../sync/person.ts';

/** The version of the mappings that nobody stored. */
export const defaultVersion = 1;

export interface AgreedLink {
  readonly base: LinkBases | null;
  readonly mappingVersion: number;
}

export interface ContactSync {
  readonly integrationId: string;
  /** Tells whether all this still holds; see holdContactSettings. */
  readonly stamp: string;
  readonly workspaceId: string;
  readonly userId: string;
  /** Of the account's own contacts; where those are switched off, of the ones that are only read. */
  readonly settings: PlanSettings;
  /** Whether the account's own contacts are mapped. */
  readonly mapsOwn: boolean;
  /** Of the contacts that a stream brings; undefined where they are switched off, and then nothing of them is planned. */
  settingsOf(stream: string): PlanSettings | undefined;
  readonly direction: SyncDirection;
  /** Which way lists and memberships flow. */
  readonly lists: EffectiveDirection;
  readonly mappingVersion: number;
  /** Whether Harmony may write at the provider. */
  readonly writes: boolean;
  mappingOf(version: number): CompiledMapping;
  /** What both sides of a link agreed on, as far as the mappings in force leave it its meaning. */
  basesOf(link: AgreedLink, shadow: Person): FieldBases;
  /** All that they agreed on, with the mappings of that time; undefined where those still hold. */
  agreedBefore(
    link: AgreedLink & { readonly stream: string },
    shadow: Person,
  ): { readonly mapping: CompiledMapping; readonly bases: FieldBases } | undefined;
}

/** undefined where no contacts are mapped at all: then nothing of them is planned. */
export async function loadContactSync(
  db: Executor,
  integrationId: string,
  /** As a plan would have it, in place of what is in force. */
  change: { direction?: SyncDirection; mappingVersion?: number } = {},
): Promise<ContactSync | undefined> {
  const row = await loadContactSyncRow(db, integrationId);
  return row === undefined ? undefined : compileSync(row, change);
}

/**
 * undefined where no contacts are mapped at all. What it says of `writes`, `sendsObject` (db/queries/contact-sync-settings.ts)
 * says for statements about several accounts.
 */
export function compileSync(
  row: ContactSyncRow,
  change: { direction?: SyncDirection; mappingVersion?: number } = {},
): ContactSync | undefined {
  const { integration, mappings } = row;
  const mappingVersion = change.mappingVersion ?? mappingsInForce(row)?.version ?? defaultVersion;
  const byVersion = new Map(mappings.map((row) => [row.version, row]));
  const object = contactMappingOf(byVersion.get(mappingVersion));
  const objects = enabledObjects(byVersion.get(mappingVersion)?.objects);
  const direction = change.direction ?? integration.approvedDirection ?? 'from_provider';
  const own = object === undefined ? 'none' : combineDirections(directionOf(direction), object);
  const isAnyRead = Object.values(onlyReadStreams).some((name) => objects.includes(name));
  const onlyRead = isAnyRead ? combineDirections(directionOf(direction), 'from_provider') : 'none';
  const combined = own === 'none' ? onlyRead : own;
  if (combined === 'none') return undefined;

  const fieldsOf = (version: number) => fieldsIn(byVersion.get(version));
  const mappingOf = mappingsOf(row);
  const changes = new Map<number, FieldName[]>();
  const changedSince = (version: number): FieldName[] => {
    if (version === mappingVersion) return [];
    // By what the mappings say themselves: which direction the integration had at the time is not known.
    const side = (of: number) => ({ mappings: fieldsOf(of), direction: 'both' as const });
    const changed =
      changes.get(version) ??
      pairsOf(heldBetween(row, version, mappingVersion)).flatMap(([before, after]) =>
        changedFields(side(before), side(after)),
      );
    changes.set(version, changed);
    return changed;
  };
  const settings: PlanSettings = {
    mapping: mappingOf(mappingVersion),
    direction: combined,
    policy: integration.conflictPolicy ?? 'newest',
    fieldPolicies: fieldPoliciesOf(fieldsOf(mappingVersion)),
  };
  const onlyReadByVersion = new Map<number, CompiledMapping>();
  const onlyReadMappingOf = (version: number): CompiledMapping => {
    const known =
      onlyReadByVersion.get(version) ?? compileMapping(mappingsOfOtherContacts(fieldsOf(version)));
    onlyReadByVersion.set(version, known);
    return known;
  };
  const settingsOf = (stream: string): PlanSettings | undefined => {
    const object = onlyReadStreams[stream];
    if (object === undefined) return own === 'none' ? undefined : settings;
    return onlyRead === 'none' || !objects.includes(object)
      ? undefined
      : { ...settings, mapping: onlyReadMappingOf(mappingVersion), direction: onlyRead };
  };
  const agreedOn = ({ base, mappingVersion: version }: AgreedLink, shadow: Person): FieldBases =>
    (base as FieldBases | null) ?? impliedBases(mappingOf(version), shadow);
  return {
    ...{ integrationId: integration.id, stamp: stampOf(row) },
    workspaceId: integration.workspaceId,
    userId: integration.userId,
    direction,
    lists: directionOfLists(row, change),
    mappingVersion,
    writes: mayPush(combined),
    ...{ settings, settingsOf, mapsOwn: own !== 'none' },
    mappingOf,
    basesOf: (link, shadow) => forgetBases(agreedOn(link, shadow), changedSince(link.mappingVersion)),
    agreedBefore: (link, shadow) => {
      if (link.mappingVersion === mappingVersion) return undefined;
      const isOnlyRead = onlyReadStreams[link.stream] !== undefined;
      const mapping = (isOnlyRead ? onlyReadMappingOf : mappingOf)(link.mappingVersion);
      return { mapping, bases: agreedOn(link, shadow) };
    },
  };
}

/** By their versions, also while contacts are not mapped: what a link agreed on is read by its own. */
export function mappingsOf({ mappings }: Pick<ContactSyncRow, 'mappings'>): ContactSync['mappingOf'] {
  const byVersion = new Map(mappings.map((row) => [row.version, row]));
  const compiled = new Map<number, CompiledMapping>();
  return (version) => {
    const known = compiled.get(version) ?? compileMapping(fieldsIn(byVersion.get(version)));
    compiled.set(version, known);
    return known;
  };
}

/**
 * Two versions, with those between them that were in force: a field that was not mapped for a while is another pair, though it
 * is mapped as before.
 */
const heldBetween = ({ mappings }: ContactSyncRow, one: number, other: number): readonly number[] => {
  const [first, last] = [Math.min(one, other), Math.max(one, other)];
  const between = mappings.filter(
    ({ version, approvedAt }) => version > first && version < last && approvedAt !== null,
  );
  return [first, ...between.map(({ version }) => version), last];
};

const pairsOf = <T>(items: readonly T[]): (readonly [T, T])[] =>
  items.slice(1).map((item, index) => [items[index] as T, item]);

const fieldsIn = (row: MappingVersionRow | undefined): readonly FieldMapping[] =>
  (row?.fields as readonly FieldMapping[] | undefined) ?? DEFAULT_FIELD_MAPPINGS;

/** Which way the account's own contacts flow; undefined where a person switched them off. */
function contactMappingOf(row: MappingVersionRow | undefined): Direction | undefined {
  if (row === undefined) return 'both';
  const object = row.objects.find(
    ({ harmonyObject, providerObject }) => harmonyObject === 'contact' && providerObject === 'person',
  );
  return object === undefined || !object.enabled ? undefined : object.direction;
}

/** Which way lists flow; `change`: as a plan would have it, in place of what is in force. */
export function directionOfLists(
  row: ContactSyncRow,
  change: { direction?: SyncDirection; mappingVersion?: number } = {},
): EffectiveDirection {
  const { mappingVersion, direction = row.integration.approvedDirection ?? 'from_provider' } = change;
  const mappings =
    mappingVersion === undefined
      ? mappingsInForce(row)
      : row.mappings.find(({ version }) => version === mappingVersion);
  return listDirection(mappings?.objects ?? DEFAULT_OBJECT_MAPPINGS, direction);
}
