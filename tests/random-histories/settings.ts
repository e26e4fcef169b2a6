/** The settings of one history's integration: what is in force, what a person chose, and every version of the mappings. */
import { eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { isWritingContacts } from '../../db/queries/contact-makers.ts';
import { insertMappings } from '../../db/queries/contact-mappings.ts';
import { lockContactSettings } from '../../db/queries/contact-sync-settings.ts';
import { noteAllLinks, noteLinksAndUntied, noteListFlow } from '../../db/queries/contact-work.ts';
import { integrations } from '../../db/schema/index.ts';
import { changedFields } from '../../sync/change-mapping.ts';
import type { FieldName } from '../../sync/contact-fields.ts';
import type { FieldMapping } from '../../sync/default-mappings.ts';
import { combineDirections, type Direction, type EffectiveDirection, mayPush } from '../../sync/direction.ts';
import type { History, ObjectsStep } from './history.ts';
import type { Harmony } from './local-side.ts';

export type Wanted = Pick<History, 'direction' | 'mappings'> &
  Partial<Pick<History, 'lists'> & Pick<ObjectsStep, 'own'>>;

/** Their names in the tables and in the API. */
export const syncDirections = {
  both: 'bidirectional',
  from_provider: 'from_provider',
  to_provider: 'to_provider',
} as const;

export class Settings {
  /** What runs go by. */
  inForce: Pick<History, 'direction' | 'mappings' | 'policy' | 'lists'> & Pick<ObjectsStep, 'own'>;
  /** What a person chose; it holds when its plan is applied. */
  chosen: Direction;
  /** All versions of the mappings, the first at index 0; those that wait for a plan among them. */
  readonly versions: (readonly FieldMapping[])[] = [];
  /** As they were before a fault changed them in the middle of a pass. */
  earlier: Wanted | undefined;
  /** Not between Delete and the next connection. */
  isConnected = true;
  /** In no other direction, ever. */
  readonly keepsDirection: boolean;
  private readonly harmony: Harmony;

  constructor(
    harmony: Harmony,
    history: Pick<History, 'direction' | 'mappings' | 'policy' | 'lists' | 'keepsDirection'>,
  ) {
    this.harmony = harmony;
    this.keepsDirection = history.keepsDirection === true;
    const { direction, mappings, policy, lists } = history;
    this.inForce = { direction, mappings, policy, lists, own: true };
    this.chosen = history.direction;
  }

  /** Which way contacts flow, where they do. */
  get contacts(): EffectiveDirection {
    return this.inForce.own ? this.inForce.direction : 'none';
  }

  /** Which way lists and memberships flow. */
  get lists(): EffectiveDirection {
    const { direction, lists } = this.inForce;
    return lists === 'none' ? 'none' : combineDirections(direction, lists);
  }

  /** As when a plan that a person has seen is applied, without the plan: everything is looked at again. */
  async change(
    { direction, mappings, own = this.inForce.own, lists = this.inForce.lists }: Wanted,
    { isMidway = false } = {},
  ): Promise<void> {
    const after = { direction, mappings, own, lists };
    const before = this.inForce;
    const isSame = direction === before.direction && own === before.own && lists === before.lists;
    const changesFields = changedFields(before, after).length > 0;
    if (isSame && !changesFields) return;
    if (isMidway) this.earlier = before;
    this.inForce = { ...this.inForce, ...after };
    this.chosen = direction;
    const { db, integrationId, userId } = this.harmony;
    const syncDirection = syncDirections[direction];
    await db.transaction(async (tx) => {
      await lockContactSettings(tx, integrationId);
      const wrote = await isWritingContacts(tx, integrationId);
      await this.storeMappings(tx);
      await tx
        .update(integrations)
        .set({ syncDirection, approvedDirection: syncDirection })
        .where(eq(integrations.id, integrationId));
      const isMore = (own && !before.own) || (mayPush(lists) && !mayPush(before.lists));
      // As the API notes it where objects alone are narrowed, which needs no plan.
      if (changesFields || direction !== before.direction || isMore)
        await noteLinksAndUntied(tx, { integrationId, userId, wrote });
      else await noteAllLinks(tx, { integrationId, wrote });
      await noteListFlow(tx, integrationId);
    });
  }

  /** Those of an account that was connected just now, which only reads; the mappings and the policy that held are put in force at once. */
  async beginAnew(): Promise<void> {
    this.isConnected = true;
    this.versions.length = 0;
    this.inForce = { ...this.inForce, direction: 'from_provider' };
    this.chosen = 'from_provider';
    const { db, integrationId } = this.harmony;
    await db.transaction(async (tx) => {
      const conflictPolicy = this.inForce.policy;
      await tx.update(integrations).set({ conflictPolicy }).where(eq(integrations.id, integrationId));
      await this.storeMappings(tx);
    });
  }

  /** As the API stores it where every later conflict of a field is decided the same way. */
  prefer(field: FieldName, conflictPolicy: 'harmony' | 'provider'): void {
    const mappings = this.inForce.mappings.map((mapping) =>
      mapping.field === field ? { ...mapping, conflictPolicy } : mapping,
    );
    this.versions.push(mappings);
    this.inForce = { ...this.inForce, mappings };
  }

  /** Those in force, as a new version. */
  async storeMappings(tx: Transaction): Promise<void> {
    const { mappings, lists, own } = this.inForce;
    await insertMappings(tx, {
      integrationId: this.harmony.integrationId,
      version: this.versions.push(mappings),
      objects: [
        { harmonyObject: 'contact', providerObject: 'person', direction: 'both', enabled: own },
        {
          ...{ harmonyObject: 'list', providerObject: 'contactGroup', enabled: lists !== 'none' },
          direction: lists === 'none' ? 'both' : lists,
        },
      ],
      fields: mappings,
      createdBy: 'user:test',
      approved: true,
    });
  }
}
