/** What a person does with plans in one history: chooses, looks at what it would come to, and decides; and what must hold of it. */

import type { Plan, PlanDecision, PlanReview } from '../../api/contract/plan.ts';
import { changeIntegration } from '../../api/routes/integrations/change-integration.ts';
import { replaceFieldMappings } from '../../api/routes/integrations/mappings/field-mappings.ts';
import { applyPlan } from '../../api/routes/integrations/plans/apply-plan.ts';
import { createPlan } from '../../api/routes/integrations/plans/create-plan.ts';
import { getPlan } from '../../api/routes/integrations/plans/get-plan.ts';
import { rejectPlan } from '../../api/routes/integrations/plans/reject-plan.ts';
import { findMappingsInForce } from '../../db/queries/contact-mappings.ts';
import { findOpenPlan, findWaitingPlans, planFingerprint } from '../../db/queries/contact-plans.ts';
import { findIntegration } from '../../db/queries/integrations.ts';
import type { FieldMapping } from '../../sync/default-mappings.ts';
import { combineDirections, type Direction, directionOf, mayPush } from '../../sync/direction.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import type { Api } from './api.ts';
import type { GoogleListings } from './google-adapter.ts';
import type { Pass } from './history.ts';
import type { Judge } from './judge.ts';
import type { Lists } from './lists.ts';
import type { Harmony } from './local-side.ts';
import { Parked } from './parked.ts';
import { isCalm, type Passes } from './passes.ts';
import { judgeApproved, judgeDecisions, judgeEffects } from './plan-effects.ts';
import { isListMirrorTrue, judgeLists } from './plan-list-effects.ts';
import { calmPass, type MatchAnswer, type PlanStep } from './plan-steps.ts';
import { type Settings, syncDirections, type Wanted } from './settings.ts';
import type { Onlooker } from './view.ts';

/** A plan as it was when a person looked at it. */
interface Seen {
  readonly plan: Plan;
  /** What it was made from. */
  readonly source: string;
  /** Every row of both sides and between them. */
  readonly rows: string;
  /** A run made it that is parked. */
  readonly isOfRun?: boolean;
  /** What other accounts of the person had and were set to; undefined: they were about to do something. */
  readonly besides: string | undefined;
}

export class Plans {
  private readonly harmony: Harmony;
  private readonly listings: GoogleListings;
  private readonly onlooker: Onlooker;
  private readonly lists: Lists;
  private readonly settings: Settings;
  readonly parked: Parked;
  private readonly passes: Pick<Passes, 'take'>;
  private readonly api: Api;
  /** The newest last. */
  private readonly seen: Seen[] = [];
  /** Versions of the mappings that a person turned down. */
  private readonly rejected = new Set<number>();
  /** Where a person only ever looks at other directions. */
  private readonly keepsDirection: boolean;
  private readonly besides: () => Promise<string | undefined>;

  constructor(of: {
    harmony: Harmony;
    listings: GoogleListings;
    onlooker: Onlooker;
    lists: Lists;
    settings: Settings;
    judge: Pick<Judge, 'afterEdit'>;
    passes: Pick<Passes, 'take'>;
    api: Api;
    keepsDirection: boolean;
    /**
     * What other accounts of the person have and are set to: no plan is of that, and its run goes by it. Undefined while they
     * have something to carry over, which a plan takes for done.
     */
    besides?: () => Promise<string | undefined>;
  }) {
    this.harmony = of.harmony;
    this.listings = of.listings;
    this.onlooker = of.onlooker;
    this.lists = of.lists;
    this.settings = of.settings;
    this.parked = new Parked(of);
    this.passes = of.passes;
    this.api = of.api;
    this.keepsDirection = of.keepsDirection;
    this.besides = of.besides ?? (async () => '');
  }

  /** They were of an account that was deleted. */
  forget(): void {
    this.seen.length = 0;
    this.rejected.clear();
    this.parked.forget();
  }

  async take(step: PlanStep): Promise<void> {
    this.onlooker.forget();
    switch (step.kind) {
      case 'choose_direction':
        await this.chooseDirection(step.direction);
        break;
      case 'choose_mappings':
        await this.chooseMappings(step.mappings);
        break;
      case 'make_plan':
        await this.make(step.direction);
        break;
      case 'find_plan':
        await this.find();
        break;
      case 'decide_plan': {
        const seen = this.seen.at(-1 - step.back) ?? this.seen.at(-1);
        if (seen === undefined) return;
        const isOther = directionOf(seen.plan.syncDirection) !== this.settings.inForce.direction;
        if (step.how === 'reject' || (this.keepsDirection && isOther)) await this.reject(seen);
        else await this.apply(seen, step);
      }
    }
    await this.checkInForce();
  }

  /** Holds at once where nothing more is written to Google than before. */
  private async chooseDirection(direction: Direction): Promise<void> {
    const { inForce } = this.settings;
    const answer = await this.api.call(changeIntegration, {
      body: { syncDirection: syncDirections[direction] },
    });
    if ('problem' in answer) throw answer.problem;
    this.settings.chosen = direction;
    const isMore = mayPush(direction) && direction !== inForce.direction;
    if (!isMore) this.settings.inForce = { ...inForce, direction };
  }

  private async chooseMappings(wished: readonly FieldMapping[]): Promise<void> {
    const { inForce, chosen, versions } = this.settings;
    // The API refuses what could never flow.
    const mappings = wished.map((mapping): FieldMapping => {
      const flows = combineDirections(chosen, mapping.direction) !== 'none';
      return flows ? mapping : { ...mapping, direction: 'both' };
    });
    const before = await this.everything();
    const answer = await this.api.call<{ version: number; takesEffect: 'now' | 'with_plan' }>(
      replaceFieldMappings,
      { body: { data: mappings } },
    );
    if ('problem' in answer) {
      if ((await this.everything()) !== before)
        throw new InvariantBroken('plans: mappings that were refused changed something');
      return;
    }
    if (versions.push(mappings) !== answer.body.version)
      throw new InvariantBroken(`plans: the version ${answer.body.version} is not the next one`);
    const known = sentBy(inForce);
    const isMore = sentBy({ ...inForce, mappings }).some((pair) => !known.includes(pair));
    if (isMore !== (answer.body.takesEffect === 'with_plan'))
      throw new InvariantBroken(`plans: ${answer.body.takesEffect} for mappings that send more: ${isMore}`);
    if (!isMore) this.settings.inForce = { ...inForce, mappings };
  }

  /** Nothing is done by looking. */
  private async make(direction: Direction | undefined): Promise<void> {
    const before = await this.everything();
    const body = direction === undefined ? {} : { syncDirection: syncDirections[direction] };
    const made = await this.api.call<Plan>(createPlan, { body });
    if ('problem' in made) throw made.problem;
    const plan = await this.read(made.body.id);
    const newest = this.settings.versions.findLastIndex((_, index) => !this.rejected.has(index + 1)) + 1;
    if (plan.mappingVersion !== newest)
      throw new InvariantBroken(`plans: one of the mappings ${plan.mappingVersion}, not ${newest}`);
    if ((await this.everything()) !== before)
      throw new InvariantBroken('plans: looking at one changed something');
    await this.see(plan);
  }

  private async find(): Promise<void> {
    const { db, integrationId } = this.harmony;
    const open = await findOpenPlan(db, integrationId);
    if (open?.reason !== 'parked_run' || open.status !== 'ready') return;
    if (open.fingerprint !== (await planFingerprint(db, this.harmony))) return;
    const plan = await this.read(open.id);
    if (plan.lists === undefined) await this.see(plan, { isOfRun: true });
  }

  private async see(plan: Plan, more: Pick<Seen, 'isOfRun'> = {}): Promise<void> {
    const { fingerprint: rows } = await this.onlooker.read();
    const besides = await this.besides();
    this.seen.push({ ...more, plan, rows, source: await this.source(), besides });
  }

  private async reject(seen: Seen): Promise<void> {
    const { plan } = seen;
    const { id } = plan;
    const { status } = await this.read(id);
    const { source, before } = await this.whatIs();
    const tables = await this.onlooker.read();
    const isDue = status !== 'rejected' && (await this.parked.isDecidedBy(plan));
    const answer = await this.api.call<Plan>(rejectPlan, { params: { planId: id } });
    const after = await this.everything();
    if (isDue && !('problem' in answer))
      await this.parked.keep(plan, {
        before: tables,
        isTrue: status === 'ready' && source === seen.source,
      });
    else if (after !== before) throw new InvariantBroken('plans: one that was rejected changed something');
    if ('problem' in answer) {
      if (!['applying', 'applied'].includes(status)) throw answer.problem;
      return;
    }
    if (status !== 'rejected') await this.withdraw(plan);
    const again = await this.api.call(applyPlan, { params: { planId: id }, body: { decisions: [] } });
    if (!('problem' in again)) throw new InvariantBroken('plans: one that was rejected was applied');
  }

  /** What another plan shows stays chosen. */
  private async withdraw({ syncDirection, mappingVersion }: Plan): Promise<void> {
    const others = await findWaitingPlans(this.harmony.db, this.harmony.integrationId);
    const { settings } = this;
    const direction = directionOf(syncDirection);
    if (settings.chosen === direction && !others.some((other) => other.syncDirection === syncDirection))
      settings.chosen = settings.inForce.direction;
    if (others.some((other) => other.mappingVersion >= mappingVersion)) return;
    const { version = 0 } = await this.inForce();
    for (let pending = version + 1; pending <= mappingVersion; pending += 1) this.rejected.add(pending);
  }

  private async apply(seen: Seen, { matches, pass }: { matches: MatchAnswer; pass: Pass }): Promise<void> {
    const { plan } = seen;
    const { rows, source, before } = await this.whatIs();
    const { status } = await this.read(plan.id);
    const isAlone = seen.besides !== undefined && (await this.besides()) === seen.besides;
    const decisions = (plan.review ?? []).flatMap((group) => answersTo(group, matches));
    const params = { planId: plan.id };
    const answer = await this.api.call(applyPlan, { params, body: { decisions } });
    const isTrue = status === 'ready' && source === seen.source;
    if ('problem' in answer) {
      if (answer.problem.status !== 409) throw answer.problem;
      if (isTrue && isAlone && rows === seen.rows)
        throw new InvariantBroken('plans: one that is still true was refused');
      if ((await this.everything()) !== before)
        throw new InvariantBroken('plans: one that was refused changed something');
      return;
    }
    if (!isTrue) throw new InvariantBroken(`plans: one that is ${status} and no longer true was applied`);
    const direction = directionOf(plan.syncDirection);
    if (plan.reason !== 'parked_run') this.settings.chosen = direction;
    this.settings.inForce = {
      ...this.settings.inForce,
      direction,
      mappings: this.settings.versions[plan.mappingVersion - 1] ?? this.settings.inForce.mappings,
    };
    this.onlooker.forget();
    await this.carryOut(seen, { decisions, pass, isAlone });
  }

  /** The run of its own that an applied plan gets. */
  private async carryOut(
    { plan, isOfRun = false }: Seen,
    { decisions, pass, isAlone }: { decisions: PlanDecision[]; pass: Pass; isAlone: boolean },
  ): Promise<void> {
    const { asked } = this.api;
    if (asked === undefined) throw new InvariantBroken('plans: no run carries out what was applied');
    const isJudged =
      isAlone &&
      isCalm(pass) &&
      this.listings.grants.isLive &&
      !(await this.onlooker.read()).hasOpenWrites &&
      (await this.onlooker.isMirrorTrue());
    const before = await this.onlooker.look();
    const lists = await this.lists.ofBoth();
    const { groups } = this.listings;
    const [known, knownOfGroups] = [this.listings.writes.length, groups.writes.length];
    const succeeded = await this.passes.take(pass, asked);
    if (!isJudged) return;
    const after = await this.onlooker.look();
    const applied = { plan, decisions, before, after, writes: this.listings.writes.slice(known) };
    if (plan.reason === 'parked_run') judgeApproved(applied);
    if (isOfRun) return;
    judgeEffects(applied);
    if (!succeeded) return;
    judgeDecisions(applied);
    if (decisions.length > 0 || !isListMirrorTrue(lists)) return;
    const writes = groups.writes.slice(knownOfGroups);
    judgeLists({ plan, before: lists, after: await this.lists.ofBoth(), writes });
  }

  /** What a person decides once nothing more happens. False: no run is parked. */
  async decideAtLast(how: 'apply' | 'reject'): Promise<boolean> {
    if (!(await this.parked.isWaiting())) return false;
    this.parked.forget();
    await this.take({ kind: 'make_plan' });
    const seen = this.seen.at(-1);
    const isOfRun = seen?.plan.reason === 'parked_run';
    // Another choice waits, which has to be taken back first.
    await this.take({
      kind: 'decide_plan',
      back: 0,
      how: isOfRun ? how : 'reject',
      matches: 'later',
      pass: calmPass,
    });
    return true;
  }

  private async read(planId: string): Promise<Plan> {
    const answer = await this.api.call<Plan>(getPlan, { params: { planId } });
    if ('problem' in answer) throw answer.problem;
    return answer.body;
  }

  private async whatIs(): Promise<{ rows: string; source: string; before: string }> {
    const before = await this.everything();
    return { before, rows: (await this.onlooker.read()).fingerprint, source: await this.source() };
  }

  /** Changes with every write of a row, every write at Google, and every change of what is in force. */
  private async everything(): Promise<string> {
    this.onlooker.forget();
    const { fingerprint } = await this.onlooker.read();
    const { writes, groups } = this.listings;
    return JSON.stringify([fingerprint, writes.length, groups.writes.length, await this.inForce()]);
  }

  /** All that a plan is made from: it is true as long as this is the same. */
  private async source(): Promise<string> {
    const { locals, rows } = await this.onlooker.look();
    return JSON.stringify([
      [...locals.values()].map(({ id, version, fields, archived }) => [id, version, fields, archived]),
      [...rows].map(([name, { person, link, isDeleted }]) => [name, person, link?.contactId, isDeleted]),
      await this.lists.source(),
      ...[this.settings.inForce, this.settings.chosen, this.settings.versions.length],
    ]);
  }

  private async inForce(): Promise<{ direction: unknown; version: number | undefined }> {
    const { db, integrationId } = this.harmony;
    const row = await findIntegration(db, integrationId);
    const version = (await findMappingsInForce(db, integrationId))?.version;
    return { direction: row?.approvedDirection, version };
  }

  /** Until a plan is applied, runs keep to what held before (decision 0010). */
  private async checkInForce(): Promise<void> {
    const { direction, version = 0 } = await this.inForce();
    const { inForce, versions } = this.settings;
    const chosen = (await findIntegration(this.harmony.db, this.harmony.integrationId))?.syncDirection;
    if (chosen !== syncDirections[this.settings.chosen])
      throw new InvariantBroken(`plans: ${chosen} is chosen, not ${this.settings.chosen}`);
    if (direction !== syncDirections[inForce.direction])
      throw new InvariantBroken(`plans: ${direction} holds, not ${inForce.direction}`);
    if (JSON.stringify(versions[version - 1]) !== JSON.stringify(inForce.mappings))
      throw new InvariantBroken(`plans: the mappings ${version} hold, which they should not`);
  }
}

/** Which fields are written to Google, and where. */
const sentBy = ({ direction, mappings }: Wanted): string[] =>
  mappings
    .filter((mapping) => mayPush(combineDirections(direction, mapping.direction)))
    .map(({ field, path }) => `${field} ${path}`);

/** What a person says of a group that could be the same people in more than one way. */
function answersTo({ contacts, remotes }: PlanReview, matches: MatchAnswer): PlanDecision[] {
  const contactIds = contacts.map(({ id }) => id);
  const remoteIds = remotes.map(({ id }) => id);
  const alone = [
    ...contactIds.map((contactId) => ({ contactId, remoteId: null })),
    ...remoteIds.map((remoteId) => ({ contactId: null, remoteId })),
  ];
  const pair = { contactId: contactIds.at(0) ?? null, remoteId: remoteIds.at(-1) ?? null };
  const isPaired = ({ contactId, remoteId }: PlanDecision) =>
    contactId === pair.contactId || remoteId === pair.remoteId;
  switch (matches) {
    case 'later':
      return [];
    case 'one_pair':
      return [pair];
    case 'apart':
      return alone;
    case 'pair_and_rest_apart':
      return [pair, ...alone.filter((decision) => !isPaired(decision))];
    case 'one_apart':
      return alone.slice(0, 1);
  }
}
