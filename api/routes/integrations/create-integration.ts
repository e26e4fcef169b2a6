import { recordAudit } from '../../../db/queries/audit.ts';
import { storeCredential } from '../../../db/queries/credentials.ts';
import { insertIntegration } from '../../../db/queries/integration-settings.ts';
import type { ProviderAdapter } from '../../../providers/contract/index.ts';
import { beginAuthorization, prepareAuthorization } from '../../begin-authorization.ts';
import { checkApiKey } from '../../check-api-key.ts';
import { createdIntegration, createIntegration as requestBody } from '../../contract/integration.ts';
import type { AuthKind } from '../../contract/provider.ts';
import { defineRoute } from '../../define-route.ts';
import { findProvider } from '../../deps.ts';
import { ProblemError } from '../../problem.ts';
import { describeIntegration, toRef } from '../../require-integration.ts';
import { requireUser } from '../../require-user.ts';

/** Providers that can be written to start by reading only, until a person has seen the plan of a two-way sync. */
const firstDirection = (adapter: ProviderAdapter) =>
  adapter.capabilities.includes('write') ? ('from_provider' as const) : null;

export const createIntegration = defineRoute({
  method: 'post',
  path: '/v1/integrations',
  summary: 'Connect an account',
  description:
    'With OAuth the answer carries authorizationUrl: open it in the browser of the person who signs in. It works in one browser, once, for 10 minutes.',
  tag: 'Integrations',
  auth: 'caller',
  body: requestBody,
  responses: { 201: { description: 'In phase connecting', schema: createdIntegration } },
  problems: [409, 422],
  handler: async ({ deps, caller, body, newId }) => {
    const userId = requireUser(caller);
    const offered = findProvider(deps.catalogue, body.provider);
    if (offered === undefined) throw unknownProvider(deps.catalogue.adapters);
    const { adapter } = offered;
    const authKind = chooseAuthKind(adapter, body);
    const key = authKind === 'api_key' ? await checkApiKey(offered, body.apiKey) : undefined;
    const authorization =
      key === undefined ? prepareAuthorization(offered, deps.config.publicUrl) : undefined;

    const row = await deps.db.transaction(async (tx) => {
      const inserted = await insertIntegration(tx, {
        id: newId('int'),
        workspaceId: caller.workspaceId,
        userId,
        provider: adapter.id,
        authKind,
        syncDirection: firstDirection(adapter),
        account: key?.account ?? null,
      });
      if (inserted === undefined) throw accountInUse(adapter.displayName);
      if (key !== undefined) await storeCredential(tx, deps.sealer, { integrationId: inserted.id, ...key });
      if (authorization !== undefined) {
        await beginAuthorization(tx, deps.sealer, {
          authorization,
          integrationId: inserted.id,
          purpose: 'connect',
          caller,
        });
      }
      await recordAudit(tx, {
        workspaceId: caller.workspaceId,
        actor: caller.actor,
        action: 'integration.create',
        target: inserted.id,
        details: { provider: adapter.id, auth: authKind },
      });
      return inserted;
    });

    const ref = toRef(row);
    // With a key the workflow connects at once. Where this fails, the callback or the reconcile schedule starts it.
    deps.arbiter
      .announceSettings(ref)
      .catch((err) => deps.logger.warn({ err, integrationId: row.id }, 'workflow not started yet'));
    return {
      status: 201,
      headers: { Location: `/v1/integrations/${row.id}` },
      body: {
        integration: await describeIntegration(deps, caller, row.id),
        ...(authorization === undefined ? {} : { authorizationUrl: authorization.url }),
      },
    };
  },
});

function accountInUse(name: string): ProblemError {
  return new ProblemError('account_in_use', {
    detail: `The key belongs to a ${name} account that this user has connected already.`,
    remedy: 'Use the integration that is there, or delete it first.',
  });
}

function unknownProvider(adapters: readonly ProviderAdapter[]): ProblemError {
  const known = adapters.map((adapter) => adapter.id).join(', ');
  return new ProblemError('invalid_request', {
    detail: 'The catalogue has no such provider.',
    remedy: `Use one of: ${known}.`,
    errors: [{ path: 'provider', message: `expected one of: ${known}` }],
  });
}

function chooseAuthKind(
  adapter: ProviderAdapter,
  body: { auth?: AuthKind | undefined; apiKey?: string | undefined },
): AuthKind {
  const wanted = body.auth ?? (body.apiKey === undefined ? adapter.authKinds[0] : 'api_key');
  if (wanted === undefined || !adapter.authKinds.includes(wanted)) {
    throw new ProblemError('auth_kind_unsupported', {
      detail: `${adapter.displayName} can't be connected with ${wanted === 'api_key' ? 'an API key' : 'OAuth'}.`,
      remedy: `Use auth: ${adapter.authKinds.join(' or ')}.`,
      errors: [
        { path: body.auth === undefined ? 'apiKey' : 'auth', message: 'not offered by this provider' },
      ],
    });
  }
  if (wanted === 'oauth' && body.apiKey !== undefined) {
    throw new ProblemError('invalid_request', {
      detail: 'An API key is not used with OAuth.',
      errors: [{ path: 'apiKey', message: 'only with auth: api_key' }],
    });
  }
  return wanted;
}
