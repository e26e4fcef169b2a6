/** Tries an API key at the provider before it is stored. */
import { ProviderError, type RemoteAccount, type Tokens } from '../providers/contract/index.ts';
import type { OfferedProvider } from './deps.ts';
import { ProblemError } from './problem.ts';

const checkTimeoutMs = 10_000;

export interface CheckedKey {
  readonly tokens: Tokens;
  readonly grantKey: string;
  readonly account: RemoteAccount;
}

/** Throws 400 without a key, 422 when the provider refuses it, 503 when the provider does not answer. */
export async function checkApiKey(
  { adapter, environment }: OfferedProvider,
  apiKey: string | undefined,
): Promise<CheckedKey> {
  if (apiKey === undefined) {
    throw new ProblemError('api_key_required', {
      detail: 'auth: api_key needs apiKey.',
      errors: [{ path: 'apiKey', message: 'missing' }],
    });
  }
  const session = adapter.openSession({ accessToken: apiKey, authKind: 'api_key' }, environment);
  try {
    const account = await session.whoAmI(AbortSignal.timeout(checkTimeoutMs));
    if (account === undefined)
      throw new ProviderError({ kind: 'schema_drift', message: 'it does not say whose key it is.' });
    const grantKey = `${adapter.grantFamily}:${account.grantId ?? account.id}`;
    return { tokens: { accessToken: apiKey }, grantKey, account };
  } catch (cause) {
    throw toProblem(adapter.displayName, cause instanceof ProviderError ? cause : adapter.classify(cause));
  }
}

function toProblem(name: string, error: ProviderError): ProblemError {
  if (['transient', 'rate_limited', 'schema_drift'].includes(error.kind)) {
    const seconds = Math.ceil((error.retryAfterMs ?? 5_000) / 1000);
    return new ProblemError('upstream_unavailable', {
      detail: `${name} could not check the key: ${error.message}`,
      remedy: 'Nothing was changed. Try again in a moment.',
      headers: { 'Retry-After': String(seconds) },
      cause: error,
    });
  }
  return new ProblemError('api_key_refused', {
    detail: `${name} refused the key${error.kind === 'token_rejected' ? '.' : `: ${error.message}`}`,
    remedy: `Make a new key at ${name} and enter it whole.`,
    errors: [{ path: 'apiKey', message: 'refused by the provider' }],
    cause: error,
  });
}
