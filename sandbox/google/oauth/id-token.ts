/** Id tokens, signed with a key that is made when it is first needed and kept. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { Grant } from '../../core/grants.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import { findAccount } from '../accounts.ts';
import { emailScope, profileScope } from '../scopes.ts';
import type { GoogleSettings } from '../settings.ts';

export class IdTokens {
  readonly #core: SandboxCore<GoogleSettings>;
  readonly #keys;

  constructor(core: SandboxCore<GoogleSettings>) {
    this.#core = core;
    this.#keys = core.state.table<{ kid: string; pem: string }>('google.signing-key');
  }

  issue(grant: Grant, scopes: readonly string[], nonce: unknown): string {
    const account = findAccount(grant.account);
    const { kid, pem } = this.#key();
    const issuedAt = Math.floor(this.#core.clock.now() / 1000);
    const claims = {
      iss: this.#core.settings().issuer,
      azp: grant.clientId,
      aud: grant.clientId,
      sub: account?.sub,
      ...(scopes.includes(emailScope) && { email: account?.email, email_verified: true }),
      ...(scopes.includes(profileScope) && {
        name: account?.name,
        given_name: account?.givenName,
        family_name: account?.familyName,
      }),
      ...(typeof nonce === 'string' && { nonce }),
      iat: issuedAt,
      exp: issuedAt + 3600,
    };
    const text = `${encode({ alg: 'RS256', kid, typ: 'JWT' })}.${encode(claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), createPrivateKey(pem)).toString('base64url')}`;
  }

  /** The public key, as `/oauth2/v3/certs` serves it. */
  jwks(): { keys: object[] } {
    const { kid, pem } = this.#key();
    const key = createPublicKey(pem).export({ format: 'jwk' });
    return { keys: [{ ...key, kid, alg: 'RS256', use: 'sig' }] };
  }

  #key(): { kid: string; pem: string } {
    const known = this.#keys.get('current');
    if (known !== undefined) return known;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const made = {
      kid: randomUUID().replaceAll('-', ''),
      pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
    this.#keys.set('current', made);
    return made;
  }
}

function encode(content: object): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}
