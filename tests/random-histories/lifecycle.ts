/** What becomes of the connection in one history: its access is ended at Google, it is deleted, the account is connected anew. */
import { eq } from 'drizzle-orm';
import { createIntegration } from '../../api/routes/integrations/create-integration.ts';
import { deleteIntegration as deleteRoute } from '../../api/routes/integrations/delete-integration.ts';
import { reauthenticate as reauthenticateRoute } from '../../api/routes/integrations/reauthenticate.ts';
import { hashSecret } from '../../db/ids.ts';
import { findIntegration } from '../../db/queries/integrations.ts';
import { bindToBrowser, findAttemptByHop, spendAttempt } from '../../db/queries/oauth-attempts.ts';
import { integrations } from '../../db/schema/index.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import { matchContacts } from '../../sync/match-contacts.ts';
import { GRACE_MS } from '../../sync/model-mirror.test-support.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { connect } from '../../workflows/connect.ts';
import { deleteIntegration } from '../../workflows/delete-integration.ts';
import { reauthenticate } from '../../workflows/reauthenticate.ts';
import type { Api } from './api.ts';
import type { GoogleListings } from './google-adapter.ts';
import type { LifecycleStep, Pass } from './history.ts';
import type { Judge } from './judge.ts';
import type { Harmony } from './local-side.ts';
import { isCalm, type Passes } from './passes.ts';
import { calmPass } from './plan-steps.ts';
import type { Plans } from './plans.ts';
import type { Settings } from './settings.ts';
import type { Onlooker } from './view.ts';
import { sealer } from './workers.ts';

type Records = 'keep' | 'delete';

export class Lifecycle {
  private readonly harmony: Harmony;
  private readonly listings: GoogleListings;
  private readonly onlooker: Onlooker;
  private readonly settings: Settings;
  private readonly judge: Judge;
  private readonly passes: Passes;
  private readonly api: Api;
  private readonly plans: Plans;
  /** Of those that the account was connected to, one after another. */
  private readonly firstId: string;
  private connections = 1;
  private operations = 0;
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
    this.harmony = of.harmony;
    this.listings = of.listings;
    this.onlooker = of.onlooker;
    this.settings = of.settings;
    this.judge = of.judge;
    this.passes = of.passes;
    this.api = of.api;
    this.plans = of.plans;
    this.firstId = of.harmony.integrationId;
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
    else if (!this.listings.grants.isLive) await this.signInAgain();
  }

  /** With the same account. */
  async signInAgain(): Promise<void> {
    const answer = await this.api.call<{ authorizationUrl: string }>(reauthenticateRoute);
    if ('problem' in answer) throw answer.problem;
    await this.comeBack(answer.body.authorizationUrl, reauthenticate);
  }

  /** From now on the integration is hidden; what becomes of it, `finishDelete` does. */
  async hide(records: Records): Promise<void> {
    if (this.isHidden) return;
    this.isHidden = true;
    const answer = await this.api.call(deleteRoute, { query: { records } });
    if ('problem' in answer) throw answer.problem;
  }

  async delete(records: Records): Promise<void> {
    await this.hide(records);
    await this.finishDelete();
  }

  /** Takes away the integration and, where a person said so, the contacts that it ties; writes nothing at Google (rule 18). */
  async finishDelete(): Promise<void> {
    if (!this.isHidden) return;
    this.isHidden = false;
    const { workspaceId, integrationId } = this.harmony;
    const before = await this.judge.beforeDisconnect();
    const known = this.writes();
    const { records } = this.api.deleting;
    const operationId = `op_${integrationId}_${++this.operations}`;
    const input = { workspaceId, integrationId, provider: googleContacts.id, operationId, records };
    await this.passes.work(operationId, () => deleteIntegration(input));
    this.settings.isConnected = false;
    this.onlooker.forget();
    if (this.listings.grants.isLive) throw new InvariantBroken('Delete left the grant as it was');
    this.written = known;
    await this.judge.afterDisconnect(before, records);
  }

  private async connectAgain({ readsFirst, pass }: { readsFirst: boolean; pass: Pass }): Promise<void> {
    const { harmony, settings } = this;
    if (this.writes() !== this.written) throw new InvariantBroken('invariant 14: written after Delete');
    this.plans.forget();
    // Later than listings lag: what a former connection made, and none shows yet, nothing could tell from what is missing.
    await this.passes.advance(2 * GRACE_MS);
    harmony.integrationId = `${this.firstId}_${++this.connections}`;
    const wanted = settings.inForce;
    const answer = await this.api.call<{ authorizationUrl: string }>(createIntegration, {
      body: { provider: googleContacts.id },
      newId: () => harmony.integrationId,
    });
    if ('problem' in answer) throw answer.problem;
    await harmony.db
      .update(integrations)
      .set({ conflictPolicy: wanted.policy })
      .where(eq(integrations.id, harmony.integrationId));
    await settings.beginAnew();
    await this.comeBack(answer.body.authorizationUrl, connect);
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
    const known = this.listings.writes.length;
    const succeeded = await this.passes.take(pass);
    const removed = this.listings.writes.slice(known).find(({ kind }) => kind === 'remove');
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

  /** The browser comes back from Google's consent page, and the sign-in is finished. */
  private async comeBack(url: string, workflow: typeof reauthenticate | typeof connect): Promise<void> {
    const { db, workspaceId, integrationId } = this.harmony;
    const attempt = await findAttemptByHop(db, hashSecret(url.slice(url.lastIndexOf('/') + 1)));
    if (attempt === undefined) throw new Error('no sign-in was begun');
    const browserHash = hashSecret('browser');
    await bindToBrowser(db, attempt.id, browserHash);
    await spendAttempt(db, sealer, { ...attempt, browserHash }, { browserHash, code: 'code' });
    const operationId = `op_${integrationId}_${++this.operations}`;
    const input = { workspaceId, integrationId, provider: googleContacts.id, operationId };
    const outcome = await this.passes.work(operationId, () => workflow({ ...input, attemptId: attempt.id }));
    if (!outcome.ok) throw new InvariantBroken(`a sign-in was refused: ${outcome.title}`);
    const phase = (await findIntegration(db, integrationId))?.phase;
    if (phase !== 'active') throw new InvariantBroken(`signed in, and ${phase}`);
  }

  private writes(): number {
    return this.listings.writes.length + this.listings.groups.writes.length;
  }
}
