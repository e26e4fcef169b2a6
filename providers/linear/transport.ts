/** How every query goes out: the SDK's own transport with small documents, a deadline, errors classified. */
import { LinearGraphQLClient } from '@linear/sdk';
import { type AuthKind, abortError, type ProviderEnvironment, throwIfAborted } from '../contract/index.ts';
import { classifyLinearError } from './classify.ts';
import { originOf } from './environment.ts';

export const timeoutMs = 30_000;

export interface LinearAccess {
  readonly accessToken: string;
  readonly authKind: AuthKind;
}

/** Runs one document and returns its data. Throws ProviderError only. */
export type AskLinear = <Data>(
  document: string,
  variables: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<Data>;

export function createAsk(access: LinearAccess, environment: ProviderEnvironment): AskLinear {
  const url = `${originOf(environment, 'api')}/graphql`;
  // Keys go bare: https://linear.app/developers/graphql#personal-api-keys
  const authorization = access.authKind === 'api_key' ? access.accessToken : `Bearer ${access.accessToken}`;
  return async <Data>(
    document: string,
    variables: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ) => {
    const isWrite = document.trimStart().startsWith('mutation');
    try {
      throwIfAborted(signal);
      const client = new LinearGraphQLClient(url, {
        headers: { authorization },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      const { data } = await client.rawRequest<Data, Record<string, unknown>>(document, { ...variables });
      return data as Data;
    } catch (error) {
      throw classifyLinearError(error === signal.reason ? abortError() : error, { isWrite });
    }
  };
}
