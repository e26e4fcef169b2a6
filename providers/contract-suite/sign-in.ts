import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { OAuthClient, Tokens } from '../contract/index.ts';
import { inTime } from './expectations.ts';
import type { ProviderWorld } from './world.ts';

export const newVerifier = () => randomBytes(32).toString('base64url');

/** Who signs in, and where the browser is sent back to. */
type Caller = Pick<ProviderWorld, 'account' | 'redirectUri'>;

/** Every object whose mapping needs a scope of its own, so that all streams can be read. */
const objectsOf = (oauth: OAuthClient) => oauth.scopes.flatMap(({ enabledBy }) => enabledBy ?? []);

/** Follows the authorization URL as a browser would, up to the redirect, which it does not follow. */
export async function authorize(
  oauth: OAuthClient,
  world: Caller,
): Promise<{ code: string | null; error: string | null; verifier: string }> {
  const verifier = newVerifier();
  const state = randomBytes(16).toString('hex');
  const url = oauth.authorizationUrl({
    redirectUri: world.redirectUri,
    state,
    codeChallenge: createHash('sha256').update(verifier).digest('base64url'),
    objects: objectsOf(oauth),
    ...(world.account.email === undefined ? {} : { loginHint: world.account.email }),
  });
  const response = await fetch(url, { redirect: 'manual' });
  const location = response.headers.get('location');
  if (location === null) throw new Error(`the consent answered ${response.status} without a redirect`);
  const answer = new URL(location);
  expect(answer.origin + answer.pathname).toBe(world.redirectUri);
  expect(answer.searchParams.get('state')).toBe(state);
  return { code: answer.searchParams.get('code'), error: answer.searchParams.get('error'), verifier };
}

export async function signIn(oauth: OAuthClient, world: Caller): Promise<Tokens> {
  const { code, error, verifier } = await authorize(oauth, world);
  if (code === null) throw new Error(`the consent was refused: ${error}`);
  return oauth.exchange({
    code,
    codeVerifier: verifier,
    redirectUri: world.redirectUri,
    signal: inTime(),
  });
}
