/** A person's sign-ins of one account and its Delete: the API's routes, and the workflows that these start. */
import { createIntegration } from '../../api/routes/integrations/create-integration.ts';
import { deleteIntegration as deleteRoute } from '../../api/routes/integrations/delete-integration.ts';
import { reauthenticate as reauthenticateRoute } from '../../api/routes/integrations/reauthenticate.ts';
import { hashSecret } from '../../db/ids.ts';
import { findIntegration } from '../../db/queries/integrations.ts';
import { bindToBrowser, findAttemptByHop, spendAttempt } from '../../db/queries/oauth-attempts.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { connect } from '../../workflows/connect.ts';
import { deleteIntegration } from '../../workflows/delete-integration.ts';
import { reauthenticate } from '../../workflows/reauthenticate.ts';
import type { Api } from './api.ts';
import type { Harmony } from './local-side.ts';
import { sealer } from './workers.ts';

export type Records = 'keep' | 'delete';

export class Connection {
  private readonly harmony: Harmony;
  private readonly api: Api;
  private readonly work: <T>(workflowId: string, run: () => Promise<T>) => Promise<T>;
  /** Of those that the account was connected to, one after another. */
  private readonly firstId: string;
  private connections = 1;
  private operations = 0;

  constructor(of: {
    harmony: Harmony;
    api: Api;
    /** A workflow that is no sync. */
    work<T>(workflowId: string, run: () => Promise<T>): Promise<T>;
  }) {
    this.harmony = of.harmony;
    this.api = of.api;
    this.work = of.work;
    this.firstId = of.harmony.integrationId;
  }

  /** With the same account. */
  async signInAgain(): Promise<void> {
    const answer = await this.api.call<{ authorizationUrl: string }>(reauthenticateRoute);
    if ('problem' in answer) throw answer.problem;
    await this.comeBack(answer.body.authorizationUrl, reauthenticate);
  }

  /** From now on the integration is hidden; what becomes of it, `finishDelete` does. */
  async hide(records: Records): Promise<void> {
    const answer = await this.api.call(deleteRoute, { query: { records } });
    if ('problem' in answer) throw answer.problem;
  }

  async finishDelete(): Promise<void> {
    const { workspaceId, integrationId } = this.harmony;
    const operationId = this.nextOperation();
    const { records } = this.api.deleting;
    const input = { workspaceId, integrationId, provider: googleContacts.id, operationId, records };
    await this.work(operationId, () => deleteIntegration(input));
  }

  /** The account once more, as a new integration; `prepare` comes before the sign-in. */
  async connectAgain(prepare: () => Promise<void>): Promise<void> {
    const { harmony } = this;
    harmony.integrationId = `${this.firstId}_${++this.connections}`;
    const answer = await this.api.call<{ authorizationUrl: string }>(createIntegration, {
      body: { provider: googleContacts.id },
      newId: () => harmony.integrationId,
    });
    if ('problem' in answer) throw answer.problem;
    await prepare();
    await this.comeBack(answer.body.authorizationUrl, connect);
  }

  /** The browser comes back from Google's consent page, and the sign-in is finished. */
  private async comeBack(url: string, workflow: typeof reauthenticate | typeof connect): Promise<void> {
    const { db, workspaceId, integrationId } = this.harmony;
    const attempt = await findAttemptByHop(db, hashSecret(url.slice(url.lastIndexOf('/') + 1)));
    if (attempt === undefined) throw new Error('no sign-in was begun');
    const browserHash = hashSecret('browser');
    await bindToBrowser(db, attempt.id, browserHash);
    await spendAttempt(db, sealer, { ...attempt, browserHash }, { browserHash, code: 'code' });
    const operationId = this.nextOperation();
    const input = { workspaceId, integrationId, provider: googleContacts.id, operationId };
    const outcome = await this.work(operationId, () => workflow({ ...input, attemptId: attempt.id }));
    if (!outcome.ok) throw new InvariantBroken(`a sign-in was refused: ${outcome.title}`);
    const phase = await this.phase();
    if (phase !== 'active') throw new InvariantBroken(`signed in, and ${phase}`);
  }

  async phase(): Promise<string | undefined> {
    return (await findIntegration(this.harmony.db, this.harmony.integrationId))?.phase;
  }

  private nextOperation(): string {
    return `op_${this.harmony.integrationId}_${++this.operations}`;
  }
}
