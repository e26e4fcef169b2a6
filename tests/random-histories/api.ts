/** A person's requests to the API in one history: the handlers of its routes, without HTTP, sessions and Temporal around them. */
import type { ArbiterClient } from '../../api/arbiter-client.ts';
import type { Route } from '../../api/define-route.ts';
import { ProblemError } from '../../api/problem.ts';
import { newId } from '../../db/ids.ts';
import { createLogger } from '../../platform/logger.ts';
import { googleContacts } from '../../providers/google-contacts/index.ts';
import type { Harmony } from './local-side.ts';
import type { Asked } from './passes.ts';
import { sealer } from './workers.ts';

const logger = createLogger('histories', 'silent');
const publicUrl = 'http://localhost';
const environment = { live: false, origins: {}, clientId: 'client', clientSecret: 'secret' };

/** What a route answers: its body, or the problem that it refuses with. */
type Answer<Body> = { readonly body: Body } | { readonly problem: ProblemError };

export class Api {
  private readonly harmony: Harmony;
  private readonly deps: object;
  private readonly signInAgain: () => Promise<void>;
  /** The sync that the request asked for last. */
  asked: Asked | undefined;
  /** What Delete was asked for last. */
  deleting: { readonly records: 'keep' | 'delete' } = { records: 'keep' };

  constructor(
    harmony: Harmony,
    {
      computePlan,
      signInAgain,
    }: { computePlan(planId: string): Promise<void>; signInAgain(): Promise<void> },
  ) {
    this.harmony = harmony;
    this.signInAgain = signInAgain;
    const arbiter: Partial<ArbiterClient> = {
      announceSettings: async () => {},
      announceEdits: async () => {},
      computePlan: (_ref, planId) => computePlan(planId),
      request: async (_ref, { operationId, ...operation }) => {
        if (operation.kind === 'delete') {
          this.deleting = operation;
          return { operationId, disposition: 'started' };
        }
        if (operation.kind !== 'sync') throw new Error('no history asks for anything but a sync');
        this.asked = { runId: operation.runId, trigger: operation.trigger };
        return { operationId, disposition: 'started', runId: operation.runId };
      },
    };
    this.deps = {
      ...{ db: harmony.db, logger, arbiter, sealer },
      catalogue: { adapters: [googleContacts], environments: new Map([[googleContacts.id, environment]]) },
      config: { publicUrl, temporalUiUrl: 'http://localhost', temporalNamespace: 'default' },
    };
  }

  /** Who is told to sign in again does so and asks again. Anything but a problem that the API would answer is thrown. */
  async call<Body>(
    route: Route,
    request: {
      params?: Record<string, string>;
      body?: unknown;
      query?: unknown;
      newId?: (prefix: string) => string;
    } = {},
  ): Promise<Answer<Body>> {
    const { workspaceId, userId, integrationId } = this.harmony;
    const caller = { workspaceId, userId, via: 'session_token', actor: `user:${userId}` };
    const { params = {}, body, query = {} } = request;
    this.asked = undefined;
    const call = {
      ...{ deps: this.deps, caller, newId: request.newId ?? newId },
      params: { id: integrationId, ...params },
      body: route.body?.parse(body),
      query: route.query?.parse(query),
    };
    try {
      const reply = await route.handler(call as never);
      return { body: reply?.body as Body };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (error.code !== 'reauth_required') return { problem: error };
      await this.signInAgain();
      return this.call(route, request);
    }
  }
}
