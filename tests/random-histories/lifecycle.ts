/** What becomes of the connection in one history: its access is ended at Google, it is deleted, the account is connected anew. */
import { matchContacts } from '../../sync/match-contacts.ts';
import { GRACE_MS } from '../../sync/model-mirror.test-support.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import type { Api } from './api.ts';
import { Connection, type Records } from './connection.ts';
import type { GoogleListings } from './google-adapter.ts';
import type { LifecycleStep, Pass } from './history.ts';
import type { Judge } from './judge.ts';
import type { Harmony } from './local-side.ts';
import { isCalm, type Passes } from './passes.ts';
import { calmPass } from './plan-steps.ts';
import type { Plans } from './plans.ts';
import type { Settings } from './settings.ts';
import type { Onlooker } from './view.ts';

export class Lifecycle {
  private readonly listings: GoogleListings;
  private readonly onlooker: Onlooker;
  private readonly settings: Settings;
  private readonly judge: Judge;
  private readonly passes: Passes;
  private readonly api: Api;
  private readonly plans: Plans;
  private readonly connection: Connection;
  /** Hidden, and its workflow has not begun. */
  private isHidden = false;
  /** How much was written at Google until then. */
  private written = 0;

  constructor(of: {
    harmony: Harmony;
    listings: GoogleListings;
    onlooker: Onlooker;
    settings: Settings;
    judge: Judge;
    passes: Passes;
    api: Api;
    plans: Plans;
  }) {
    this.listings = of.listings;
    this.onlooker = of.onlooker;
    this.settings = of.settings;
    this.judge = of.judge;
    this.passes = of.passes;
    this.api = of.api;
    this.plans = of.plans;
    const { harmony, api, passes } = of;
    this.connection = new Connection({ harmony, api, work: (id, run) => passes.work(id, run) });
  }

  async take(step: LifecycleStep): Promise<void> {
    switch (step.kind) {
      case 'grant_revoked':
        return this.listings.grants.revoke();
      case 'sign_in_again':
        if (this.settings.isConnected) await this.signInAgain();
        return;
      case 'delete':
        if (this.settings.isConnected) await this.delete(step.records);
        return;
      case 'connect_again':
        if (!this.settings.isConnected) await this.connectAgain(step);
    }
  }

  /** Everything that a sync needs is there again. */
  async mend(): Promise<void> {
    if (!this.settings.isConnected) await this.connectAgain({ readsFirst: false, pass: calmPass });
    else if (!this.listings.grants.isLive || (await this.connection.phase()) === 'needs_reauth')
      await this.signInAgain();
  }

  signInAgain(): Promise<void> {
    return this.connection.signInAgain();
  }

  /** From now on the integration is hidden; what becomes of it, `finishDelete` does. */
  async hide(records: Records): Promise<void> {
    if (this.isHidden) return;
    this.isHidden = true;
    await this.connection.hide(records);
  }

  async delete(records: Records): Promise<void> {
    await this.hide(records);
    await this.finishDelete();
  }

  /** Takes away the integration and, where a person said so, the contacts that it ties; writes nothing at Google (rule 18). */
  async finishDelete(): Promise<void> {
    if (!this.isHidden) return;
    this.isHidden = false;
    const before = await this.judge.beforeDisconnect();
    const known = this.writes();
    await this.connection.finishDelete();
    this.settings.isConnected = false;
    this.onlooker.forget();
    if (this.listings.grants.isLive) throw new InvariantBroken('Delete left the grant as it was');
    this.written = known;
    await this.judge.afterDisconnect(before, this.api.deleting.records);
  }

  private async connectAgain({ readsFirst, pass }: { readsFirst: boolean; pass: Pass }): Promise<void> {
    const { settings } = this;
    if (this.writes() !== this.written) throw new InvariantBroken('invariant 14: written after Delete');
    this.plans.forget();
    // Later than listings lag: what a former connection made, and none shows yet, nothing could tell from what is missing.
    await this.passes.advance(2 * GRACE_MS);
    const wanted = settings.inForce;
    await this.connection.connectAgain(() => settings.beginAnew());
    this.onlooker.forget();
    // What only flows to Google is never read first.
    if (!readsFirst || settings.keepsDirection) await settings.change(wanted);
    await this.syncFirst(pass);
    await settings.change(wanted);
    this.onlooker.forget();
  }

  /** Whoever can be told to be somebody at Google by their addresses is that one from now on, and no second one. */
  private async syncFirst(pass: Pass): Promise<void> {
    const { locals } = await this.onlooker.look();
    const { links } = matchContacts({
      locals: [...locals.values()].filter(({ archived }) => !archived),
      persons: this.listings.google.live(),
    });
    const there = new Set(this.listings.google.live().map(({ resourceName }) => resourceName));
    const known = this.listings.writes.length;
    const succeeded = await this.passes.take(pass);
    // A double of what this connection made is its own.
    const removed = this.listings.writes
      .slice(known)
      .find(({ kind, name }) => kind === 'remove' && there.has(name));
    if (removed !== undefined)
      throw new InvariantBroken(`invariant 14: ${removed.name} went as its account was connected anew`);
    if (!succeeded || !isCalm(pass) || !this.settings.inForce.own) return;
    const { rows } = await this.onlooker.look();
    for (const { contactId, resourceName } of links) {
      const tied = rows.get(resourceName)?.link?.contactId;
      if (tied !== contactId)
        throw new InvariantBroken(`matches: ${resourceName} is ${tied}, and ${contactId} is left over`);
    }
  }

  private writes(): number {
    return this.listings.writes.length + this.listings.groups.writes.length;
  }
}
