import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import type { ProviderEnvironment } from '../contract/index.ts';
import { classifyGoogleError } from './classify.ts';
import { originOf } from './environment.ts';
import { GoogleHttpFailure } from './failure-facts.ts';
import { drift } from './listing.ts';
import { timeoutMs } from './transport.ts';

const tokeninfo = z.object({ scope: z.string() });

/**
 * What a token allows by now, which the answer that brought it can't tell: a person may take permissions back. The token goes
 * in a header, as Google's own client sends it, so that no address has it.
 */
export async function askGrantedScopes({
  accessToken,
  environment,
  signal,
}: {
  readonly accessToken: string;
  readonly environment: ProviderEnvironment;
  readonly signal: AbortSignal;
}): Promise<readonly string[]> {
  try {
    const url = new URL('/tokeninfo', originOf(environment, 'oauth'));
    const response = await oauth.protectedResourceRequest(accessToken, 'POST', url, new Headers(), null, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      [oauth.allowInsecureRequests]: !environment.live,
    });
    if (!response.ok) throw new GoogleHttpFailure(response, await response.json().catch(() => null));
    const answer = tokeninfo.safeParse(await response.json());
    if (!answer.success) throw drift('a token without its scopes');
    return answer.data.scope.split(' ').filter(Boolean);
  } catch (error) {
    throw classifyGoogleError(error);
  }
}
