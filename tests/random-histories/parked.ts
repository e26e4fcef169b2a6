/** A run that is parked in one history, and what must hold once a person has turned down what it would delete. */
import type { Plan } from '../../api/contract/plan.ts';
import { findPlan, isParkedAgain } from '../../db/queries/contact-plans.ts';
import { findIntegration } from '../../db/queries/integrations.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import type { GoogleListings } from './google-adapter.ts';
import type { Judge } from './judge.ts';
import type { Harmony } from './local-side.ts';
import { judgeTurnedDown } from './parked-effects.ts';
import type { Tables } from './tables.ts';
import type { Onlooker } from './view.ts';

/** Whom nothing may take away as long as nothing more happens. */
interface Kept {
  readonly contactIds: ReadonlySet<string>;
  /** Nothing else was to go either. */
  readonly isAll: boolean;
  readonly before: Tables['locals'];
  /** At Google, so far. */
  readonly writes: number;
}

export class Parked {
  private readonly harmony: Harmony;
  private readonly listings: GoogleListings;
  private readonly onlooker: Onlooker;
  private readonly judge: Pick<Judge, 'afterEdit'>;
  private kept: Kept | undefined;

  constructor(of: {
    harmony: Harmony;
    listings: GoogleListings;
    onlooker: Onlooker;
    judge: Pick<Judge, 'afterEdit'>;
  }) {
    this.harmony = of.harmony;
    this.listings = of.listings;
    this.onlooker = of.onlooker;
    this.judge = of.judge;
  }

  /** Whether turning it down decides on a run that is parked. */
  async isDecidedBy({ id, reason }: Plan): Promise<boolean> {
    if (reason !== 'parked_run' || !['parked', 'needs_reauth'].includes((await this.phase()) ?? ''))
      return false;
    const row = await findPlan(this.harmony.db, id);
    return row !== undefined && !(await isParkedAgain(this.harmony.db, row));
  }

  /** A person has turned it down. */
  async keep(plan: Plan, { before, ...seen }: { before: Tables; isTrue: boolean }): Promise<void> {
    const after = await this.onlooker.read();
    const contactIds = judgeTurnedDown({ plan, before, after, ...seen });
    for (const contactId of contactIds) await this.judge.afterEdit(contactId);
    if (await this.isWaiting()) throw new InvariantBroken('parked: turned down, and still parked');
    const isAll =
      seen.isTrue &&
      this.listings.grants.isLive &&
      !before.hasOpenWrites &&
      (await this.onlooker.isMirrorTrue());
    this.kept = { contactIds, isAll, before: after.locals, writes: this.listings.writes.length };
  }

  /** Somebody does something, so the engine may, too. */
  forget(): void {
    this.kept = undefined;
  }

  /** After a pass in which nothing else happened. */
  async check(): Promise<void> {
    if (this.kept === undefined) return;
    const { contactIds, isAll, before, writes } = this.kept;
    const { locals } = await this.onlooker.read();
    const gone = [...contactIds].filter((id) => locals.get(id)?.archived !== false);
    if (gone.length > 0) throw new InvariantBroken(`parked: ${gone} were kept, and are gone`);
    if (!isAll) return;
    if (await this.isWaiting()) throw new InvariantBroken('parked: asked once more about the same');
    const archived = [...before.values()].filter((one) => !one.archived && locals.get(one.id)?.archived);
    const removed = this.listings.writes.slice(writes).filter(({ kind }) => kind === 'remove');
    if (archived.length + removed.length > 0)
      throw new InvariantBroken(
        `parked: turned down, and ${archived.map(({ id }) => id)} and ${removed.map(({ name }) => name)} went`,
      );
  }

  async isWaiting(): Promise<boolean> {
    return (await this.phase()) === 'parked';
  }

  private async phase(): Promise<string | undefined> {
    return (await findIntegration(this.harmony.db, this.harmony.integrationId))?.phase;
  }
}
