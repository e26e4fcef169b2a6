import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import type { ProviderEnvironment, RemoteAccount } from '../contract/index.ts';
import { classifyGoogleError } from './classify.ts';
import { originOf } from './environment.ts';
import { GoogleHttpFailure } from './failure-facts.ts';
import { drift } from './listing.ts';
import { identityScopes } from './scopes.ts';
import { timeoutMs } from './transport.ts';

const userinfo = z.object({
  id: z.string().min(1),
  name: z.string().optional(),
  email: z.string().optional(),
});

/** The account behind a token; `id` is Google's stable subject, the e-mail may change. */
export async function askWhoAmI(request: {
  readonly accessToken: string;
  readonly environment: ProviderEnvironment;
  readonly signal: AbortSignal;
}): Promise<RemoteAccount> {
  const answer = userinfo.safeParse(await fetchUserinfo(request));
  if (!answer.success) throw drift('an account without its id');
  const { id, name, email } = answer.data;
  return { id, name: name ?? email ?? id, ...(email === undefined ? {} : { email }) };
}

async function fetchUserinfo({
  accessToken,
  environment,
  signal,
}: Parameters<typeof askWhoAmI>[0]): Promise<unknown> {
  const scope = identityScopes[0]?.scope;
  try {
    const url = new URL('/oauth2/v2/userinfo', originOf(environment, 'www'));
    const response = await oauth.protectedResourceRequest(accessToken, 'GET', url, new Headers(), null, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      [oauth.allowInsecureRequests]: !environment.live,
    });
    if (response.ok) return await response.json();
    throw new GoogleHttpFailure(response, await response.json().catch(() => null));
  } catch (error) {
    throw classifyGoogleError(error, scope === undefined ? {} : { scope });
  }
}
