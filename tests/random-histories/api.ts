/** A person's requests to the API in one history: the handlers of its routes, without HTTP, sessions and Temporal around them. */
import { eq } from 'drizzle-orm';
import type { ArbiterClient } from '../../api/arbiter-client.ts';
import type { Route } from '../../api/define-route.ts';
import { ProblemError } from '../../api/problem.ts';
import { newId } from '../../db/ids.ts';
import { integrations } from '../../db/schema/index.ts';
import { createLogger } from '../../platform/logger.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import type { Harmony } from './local-side.ts';
import type { Asked } from './passes.ts';

const logger = createLogger('histories', 'silent');
const environment = { live: false, origins: {}, clientId: 'client', clientSecret: 'secret' };

/** What a route answers: its body, or the problem that it refuses with. */
type Answer<Body> = { readonly body: Body } | { readonly problem: ProblemError };

export class Api {
  private readonly harmony: Harmony;
  private readonly deps: object;
  /** The sync that the request asked for last. */
  asked: Asked | undefined;

  constructor(harmony: Harmony, computePlan: (planId: string) => Promise<void>) {
    this.harmony = harmony;
    const arbiter: Partial<ArbiterClient> = {
      announceSettings: async () => {},
      announceEdits: async () => {},
      computePlan: (_ref, planId) => computePlan(planId),
      request: async (_ref, { operationId, ...operation }) => {
        if (operation.kind !== 'sync') throw new Error('no history asks for anything but a sync');
        this.asked = { runId: operation.runId, trigger: operation.trigger };
        return { operationId, disposition: 'started', runId: operation.runId };
      },
    };
    this.deps = {
      ...{ db: harmony.db, logger, arbiter },
      catalogue: { adapters: [googleContacts], environments: new Map([[googleContacts.id, environment]]) },
      config: { temporalUiUrl: 'http://localhost', temporalNamespace: 'default' },
    };
  }

  /** Who is told to sign in again does so and asks again. Anything but a problem that the API would answer is thrown. */
  async call<Body>(
    route: Route,
    { params = {}, body }: { params?: Record<string, string>; body?: unknown } = {},
  ): Promise<Answer<Body>> {
    const { workspaceId, userId, integrationId } = this.harmony;
    const caller = { workspaceId, userId, via: 'session_token', actor: `user:${userId}` };
    this.asked = undefined;
    const call = {
      ...{ deps: this.deps, caller, newId },
      params: { id: integrationId, ...params },
      body: route.body?.parse(body),
    };
    try {
      const reply = await route.handler(call as never);
      return { body: reply?.body as Body };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (error.code !== 'reauth_required') return { problem: error };
      await this.signInAgain();
      return this.call(route, { params, body });
    }
  }

  private async signInAgain(): Promise<void> {
    const { db, integrationId } = this.harmony;
    await db.update(integrations).set({ phase: 'active' }).where(eq(integrations.id, integrationId));
  }
}
