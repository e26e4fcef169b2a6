/** For tests: a sandbox in-process, a client that has signed in, and the control surface. */
import { createHash, randomBytes } from 'node:crypto';
import { type RunningSandbox, startSandbox } from '../server.ts';

const CLIENT = { client_id: 'sandbox-google-client', client_secret: 'sandbox-google-secret' };
const REDIRECT_URI = 'http://127.0.0.1:9/oauth/callback';
const prefix = 'https://www.googleapis.com/auth/';

export const allScopes = [
  'openid',
  `${prefix}userinfo.email`,
  `${prefix}calendar`,
  `${prefix}contacts`,
  `${prefix}contacts.other.readonly`,
];

export interface Tokens {
  access_token: string;
  refresh_token?: string;
  expires_in: number;
  scope: string;
  id_token?: string;
}

/** A call to the control surface; throws where it does not answer 2xx. */
export async function control<T = Record<string, unknown>>(
  sandbox: RunningSandbox,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${sandbox.url}/_control${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** A sandbox whose consent is answered at once, with a small world. */
export async function startTestSandbox(
  options: { stateDir?: string; settings?: Record<string, unknown>; port?: number } = {},
): Promise<RunningSandbox> {
  return startSandbox({
    port: options.port ?? 0,
    consent: { mode: 'allow' },
    ...(options.stateDir && { stateDir: options.stateDir }),
    settings: { google: options.settings ?? {} },
  });
}

export interface SignIn {
  scopes?: string[];
  loginHint?: string;
  more?: Record<string, string>;
}

/** The authorization request of a sign-in and its verifier. */
export function authorizationRequest(sandbox: RunningSandbox, signIn: SignIn = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL('/o/oauth2/v2/auth', sandbox.url);
  url.search = new URLSearchParams({
    client_id: CLIENT.client_id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: (signIn.scopes ?? allScopes).join(' '),
    state: 'a state',
    access_type: 'offline',
    prompt: 'consent',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(signIn.loginHint && { login_hint: signIn.loginHint }),
    ...signIn.more,
  }).toString();
  return { url, verifier };
}

/** A form post to the token endpoint, with the client's id and secret unless `fields` says otherwise. */
export async function postToken(sandbox: RunningSandbox, fields: Record<string, string>) {
  const response = await fetch(`${sandbox.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...CLIENT, redirect_uri: REDIRECT_URI, ...fields }),
  });
  return { status: response.status, body: (await response.json()) as Tokens & { error?: string } };
}

/** Signs in through the whole flow, consent answered at once. */
export async function signIn(sandbox: RunningSandbox, how: SignIn = {}): Promise<Tokens> {
  const { url, verifier } = authorizationRequest(sandbox, how);
  const answer = await fetch(url, { redirect: 'manual' });
  const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
  const { body } = await postToken(sandbox, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
  });
  return body;
}
