/** Sets an integration's mappings: checked, versioned, and in force at once or with a plan. */
import { newId } from '../db/ids.ts';
import { recordAudit } from '../db/queries/audit.ts';
import { isWritingContacts } from '../db/queries/contact-makers.ts';
import { findNewestMappings, insertMappings, nextMappingVersion } from '../db/queries/contact-mappings.ts';
import { lockContactSettings } from '../db/queries/contact-sync-settings.ts';
import { noteAllLinks, noteListFlow } from '../db/queries/contact-work.ts';
import { grantedScopes } from '../db/queries/credentials.ts';
import { tellAttention } from '../db/queries/integrations.ts';
import type { IntegrationRow } from '../db/queries/integrations-read.ts';
import type { StoredFieldMapping, StoredObjectMapping } from '../db/schema/index.ts';
import { transact } from '../db/transact.ts';
import { sendsMore } from '../sync/change-mapping.ts';
import { checkMappings } from '../sync/check-mappings.ts';
import {
  type FieldMapping as CoreFieldMapping,
  enabledObjects,
  mappingsOfOtherContacts,
} from '../sync/default-mappings.ts';
import { combineDirections, type Direction, directionOf, mayPull, mayPush } from '../sync/direction.ts';
import type { Caller } from './caller.ts';
import type { FieldMapping, MappingChange, ObjectMapping } from './contract/mapping.ts';
import { type ApiDeps, requireProvider } from './deps.ts';
import { missingPermission } from './missing-permission.ts';
import { notFound, ProblemError } from './problem.ts';
import { defaultMappings, type Mappings, presentMappings, readMappings } from './read-mappings.ts';
import { requestSync } from './request-sync.ts';
import { tellPlanners } from './tell-planners.ts';

export interface MappingsToSet {
  readonly objects?: readonly ObjectMapping[] | undefined;
  readonly fields?: readonly FieldMapping[] | undefined;
  /** The newest version that the caller knows. */
  readonly version?: number | undefined;
  /** What the request calls the two lists, for the paths of errors. */
  readonly names?: MappingNames | undefined;
}

interface MappingNames {
  readonly objects: string;
  readonly fields: string;
}

/** What is not named stays as in the newest version. Throws 422 with an entry per mapping that can't work, 409 for another version. */
export async function changeMappings(
  deps: ApiDeps,
  caller: Caller,
  input: { integration: IntegrationRow; set: MappingsToSet },
): Promise<MappingChange> {
  const { set } = input;
  const { integration, ...change } = await transact(deps.db, async (tx) => {
    const integration = await lockContactSettings(tx, input.integration.id);
    if (integration === undefined) throw notFound('integration');
    const newest: Mappings = (await findNewestMappings(tx, integration.id)) ?? defaultMappings;
    if (set.version !== undefined && set.version !== newest.version) throw otherVersion(newest.version);
    const next = toStored(set, newest);
    requireValid(integration, next, { present: newest, names: set.names });
    const version = await nextMappingVersion(tx, integration.id);
    const inForce = await readMappings(tx, integration.id);
    const takesEffect = effectOf(integration, inForce, next);
    const approved = takesEffect === 'now';
    const wrote = approved && (await isWritingContacts(tx, integration.id));
    await insertMappings(tx, {
      ...{ integrationId: integration.id, version, ...next, createdBy: caller.actor, approved },
    });
    const noted = approved ? await noteAllLinks(tx, { integrationId: integration.id, wrote }) : [];
    if (approved && set.objects !== undefined) await noteListFlow(tx, integration.id);
    await tellAttention(tx, integration.id);
    await recordAudit(tx, {
      ...{ workspaceId: caller.workspaceId, actor: caller.actor, action: 'integration.map' },
      ...{ target: integration.id, details: { version, takesEffect } },
    });
    return { version, takesEffect, ...next, before: inForce, integration, noted };
  });
  const { before, noted, ...present } = change;
  if (change.takesEffect === 'now') tellPlanners(deps, integration, [...new Set([integration.id, ...noted])]);
  const objects = enabledObjects(change.objects);
  const attention = missingPermission(requireProvider(deps.catalogue, integration.provider), {
    objects,
    granted: await grantedScopes(deps.db, integration.id),
  });
  const known = enabledObjects(before.objects);
  const isMore = objects.some((object) => !known.includes(object));
  if (isMore && change.takesEffect === 'now' && attention === undefined) readAtOnce(deps, integration);
  return {
    ...present,
    ...presentMappings(change),
    ...(attention === undefined ? {} : { attention: { ...attention } }),
  };
}

/** What was switched on is read now; whatever is in the way of that, the next check does it. */
function readAtOnce(deps: ApiDeps, integration: IntegrationRow): void {
  if (integration.phase !== 'active') return;
  requestSync(deps, integration, { mode: 'incremental', trigger: 'subscription', newId }).catch((err) =>
    deps.logger.warn(
      { err, integrationId: integration.id },
      'what was switched on is read with the next check',
    ),
  );
}

export function toStored(
  set: MappingsToSet,
  present: Mappings,
): { objects: readonly StoredObjectMapping[]; fields: readonly StoredFieldMapping[] } {
  const fields = set.fields?.map(({ conflictPolicy, ...mapping }) =>
    conflictPolicy === undefined ? mapping : { ...mapping, conflictPolicy },
  );
  return { objects: set.objects ?? present.objects, fields: fields ?? present.fields };
}

/** With a plan where more would be written to the provider than what somebody has seen; see decisions/0010. */
export function effectOf(
  integration: IntegrationRow,
  before: Pick<Mappings, 'objects' | 'fields'>,
  after: Pick<Mappings, 'objects' | 'fields'>,
): 'now' | 'with_plan' {
  const direction = directionOf(integration.approvedDirection ?? 'from_provider');
  const pushes = ({ objects }: Pick<Mappings, 'objects'>) =>
    objects
      .filter((mapping) => mapping.enabled && mayPush(combineDirections(direction, mapping.direction)))
      .map(({ providerObject }) => providerObject);
  const pushed = new Set(pushes(before));
  const isMore =
    pushes(after).some((object) => !pushed.has(object)) ||
    sendsMore(flowOf(before, direction), flowOf(after, direction));
  return isMore ? 'with_plan' : 'now';
}

/** The fields with the direction that integration and object leave them. */
export function flowOf(
  { objects, fields }: Pick<Mappings, 'objects' | 'fields'>,
  integrationDirection: Direction,
): { mappings: readonly CoreFieldMapping[]; direction: Direction } {
  const person = objects.find(({ providerObject }) => providerObject === 'person');
  const direction = combineDirections(integrationDirection, person?.direction ?? 'both');
  const isFlowing = person?.enabled !== false && direction !== 'none';
  return {
    mappings: isFlowing ? (fields as readonly CoreFieldMapping[]) : [],
    direction: direction === 'none' ? 'from_provider' : direction,
  };
}

/** The same of contacts that are only read; `none` where they are switched off. */
export function onlyReadFlowOf(
  { objects, fields }: Pick<Mappings, 'objects' | 'fields'>,
  integrationDirection: Direction,
): { mappings: readonly CoreFieldMapping[]; direction: 'from_provider' | 'none' } {
  const isRead = enabledObjects(objects).includes('otherContact') && mayPull(integrationDirection);
  return isRead
    ? {
        mappings: mappingsOfOtherContacts(fields as readonly CoreFieldMapping[]),
        direction: 'from_provider',
      }
    : { mappings: [], direction: 'none' };
}

/** Objects that exist, and which way each can flow at all. */
const objectPairs: Readonly<
  Record<ObjectMapping['providerObject'], [ObjectMapping['harmonyObject'], boolean]>
> = {
  person: ['contact', true],
  contactGroup: ['list', true],
  otherContact: ['contact', false],
};

/**
 * Throws the 422 problem with an entry per mapping that can't work. What was stored like that already, as the integration's
 * direction changed since, stands in the way of nothing where its list stays as it is.
 */
export function requireValid(
  integration: IntegrationRow,
  next: Pick<Mappings, 'objects' | 'fields'>,
  {
    present,
    names = { objects: 'objects', fields: 'fields' },
  }: { present: Pick<Mappings, 'objects' | 'fields'>; names?: MappingNames | undefined },
): void {
  const known = new Set(findErrors(integration, present, names).map((error) => JSON.stringify(error)));
  const kept = [
    ...(next.objects === present.objects ? [names.objects] : []),
    ...(next.fields === present.fields ? [names.fields] : []),
  ];
  const errors = findErrors(integration, next, names).filter(
    (error) => !known.has(JSON.stringify(error)) || !kept.some((name) => error.path.startsWith(`${name}.`)),
  );
  if (errors.length === 0) return;
  throw new ProblemError('mapping_invalid', {
    detail: `${errors.length} of the mappings can not work: ${errors[0]?.message}`,
    remedy: 'Change or remove those that `errors` names; the position in the list is in each path.',
    errors,
  });
}

function findErrors(
  integration: IntegrationRow,
  { objects, fields }: Pick<Mappings, 'objects' | 'fields'>,
  names: MappingNames,
): { path: string; message: string }[] {
  const direction = directionOf(integration.syncDirection ?? 'from_provider');
  const errors = objects.flatMap((mapping, index) => {
    const path = `${names.objects}.${index}`;
    const [harmonyObject, isWritable] =
      objectPairs[mapping.providerObject as ObjectMapping['providerObject']];
    const isTwice = objects.findIndex((other) => other.providerObject === mapping.providerObject) !== index;
    if (isTwice) return [{ path, message: `${mapping.providerObject} is mapped twice.` }];
    if (mapping.harmonyObject !== harmonyObject) {
      return [{ path, message: `${mapping.providerObject} goes with ${harmonyObject}.` }];
    }
    if (!isWritable && mapping.direction !== 'from_provider') {
      return [{ path, message: `${mapping.providerObject} can only be read: from_provider.` }];
    }
    if (mapping.enabled && combineDirections(direction, mapping.direction) === 'none') {
      return [
        { path, message: `${mapping.providerObject} flows against the integration, so it would never sync.` },
      ];
    }
    return [];
  });
  const flow = flowOf({ objects, fields }, direction);
  for (const { index, message } of checkMappings(fields as readonly CoreFieldMapping[], flow.direction)) {
    errors.push({ path: `${names.fields}.${index}`, message });
  }
  return errors;
}

function otherVersion(newest: number): ProblemError {
  return new ProblemError('conflict', {
    detail: `Somebody changed the mappings meanwhile: the newest version is ${newest}.`,
    remedy: 'Read them again and send the change with that version.',
    errors: [{ path: 'version', message: `the newest is ${newest}` }],
  });
}
