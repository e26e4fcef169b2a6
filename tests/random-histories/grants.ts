/** Google's side of a person's sign-ins: the grant that they are one of, and that ends for all of them at once. */
import { type OAuthClient, ProviderError, type Tokens } from '../../providers/contract/index.ts';

export class Grants {
  private readonly live = new Set<string>();
  private count = 0;

  get isLive(): boolean {
    return this.live.size > 0;
  }

  /** A person lets Harmony in. */
  consent(): Tokens {
    const accessToken = `token${++this.count}`;
    this.live.add(accessToken);
    return { accessToken, refreshToken: accessToken, expiresAt: '2099-01-01T00:00:00Z' };
  }

  /** Ends every sign-in there was. */
  revoke(): void {
    this.live.clear();
  }

  /** As a call with a token that is no longer one is answered. */
  require(accessToken: string): void {
    if (!this.live.has(accessToken)) throw refusal('token_rejected', 401, 'Invalid credentials.');
  }

  client(): OAuthClient {
    return {
      scopes: [],
      authorizationUrl: () => 'https://accounts.example/consent',
      exchange: async () => this.consent(),
      refresh: async (tokens) => {
        if (!this.live.has(tokens.accessToken)) throw refusal('auth_revoked', 400, 'invalid_grant');
        return tokens;
      },
      revoke: async () => this.revoke(),
    };
  }
}

const refusal = (kind: ProviderError['kind'], httpStatus: number, message: string): ProviderError =>
  new ProviderError({ kind, message, httpStatus });
