/** Signing in as a browser would, where a test decides as whom, and sees what the browser sees. */
import type { SyncWorld } from './sync-world.ts';

export interface SignInEnd {
  /** The text of our callback page. */
  readonly page: string;
  readonly code: string;
}

/** Follows the link over our hop and the consent (answered at once) to our callback. `as` changes who signs in. */
export async function signIn(authorizationUrl: string, as?: string): Promise<SignInEnd> {
  const hop = await fetch(authorizationUrl, { redirect: 'manual' });
  const cookie = hop.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const consent = new URL(hop.headers.get('location') ?? '');
  if (as !== undefined) consent.searchParams.set('login_hint', as);
  const callback = new URL((await fetch(consent, { redirect: 'manual' })).headers.get('location') ?? '');
  const answer = await fetch(callback, { headers: { cookie } });
  return { page: await answer.text(), code: callback.searchParams.get('code') ?? '' };
}

export async function reauthenticate(world: SyncWorld, id: string, as?: string): Promise<SignInEnd> {
  const path = `/v1/integrations/${id}/reauthenticate`;
  const { authorizationUrl } = await world.driver.api<{ authorizationUrl: string }>('POST', path);
  return signIn(authorizationUrl, as);
}
