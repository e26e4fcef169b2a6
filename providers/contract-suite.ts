/**
 * What every adapter must do, whatever its provider. It runs against a `ProviderWorld`; what an adapter does not offer is
 * left out by its own declaration.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type OAuthClient,
  type ProviderAdapter,
  ProviderError,
  type Session,
  type Tokens,
} from './contract/index.ts';
import { describeContactWriting } from './contract-suite/contact-writing.ts';
import { failing, inTime } from './contract-suite/expectations.ts';
import { authorize, newVerifier, signIn } from './contract-suite/sign-in.ts';
import { describeStream } from './contract-suite/stream.ts';
import type { ProviderWorld } from './contract-suite/world.ts';

export function describeAdapterContract(
  adapter: ProviderAdapter,
  openWorld: () => Promise<ProviderWorld>,
): void {
  describe(`${adapter.id} keeps the adapter contract`, () => {
    let world: ProviderWorld;
    let oauth: OAuthClient;
    let tokens: Tokens;
    let session: Session;

    const openWith = (accessToken: string) =>
      adapter.openSession({ accessToken, authKind: 'oauth' }, world.environment);

    beforeAll(async () => {
      world = await openWorld();
      if (adapter.oauth === undefined) throw new Error('the suite connects by OAuth');
      oauth = adapter.oauth(world.environment);
      await world.consent({});
      tokens = await signIn(oauth, world);
      session = openWith(tokens.accessToken);
    });
    afterAll(() => world?.close());

    test('sign-in answers with tokens that open the account, and a code works once', async () => {
      const { code, verifier } = await authorize(oauth, world);
      const exchange = {
        code: code as string,
        codeVerifier: verifier,
        redirectUri: world.redirectUri,
        signal: inTime(),
      };
      const fresh = await oauth.exchange(exchange);
      expect(fresh.refreshToken).toBeTruthy();
      const session = openWith(fresh.accessToken);
      const account = await session.whoAmI(inTime());
      expect(account).toMatchObject(world.account);
      if (fresh.account !== undefined) expect(fresh.account).toEqual(account);
      const granted = await session.grantedScopes?.(inTime());
      if (granted !== undefined) expect([...granted].sort()).toEqual([...(fresh.scopes ?? [])].sort());
      await expect(oauth.exchange({ ...exchange, signal: inTime() })).rejects.toBeInstanceOf(ProviderError);
    });

    test('a code is worth nothing without the verifier that began the sign-in', async (context) => {
      if (oauth.pkce === false) return context.skip();
      const { code } = await authorize(oauth, world);
      const exchange = { code: code as string, redirectUri: world.redirectUri, signal: inTime() };
      await expect(oauth.exchange({ ...exchange, codeVerifier: newVerifier() })).rejects.toBeInstanceOf(
        ProviderError,
      );
    });

    test('a refused consent comes back without a code, with the state', async () => {
      await world.consent({ deny: true });
      const answer = await authorize(oauth, world);
      expect(answer.code).toBeNull();
      expect(answer.error).toBe('access_denied');
      await world.consent({});
    });

    test('an expired access token is told from a lost grant, and a refresh mends it', async () => {
      await world.expireAccessTokens();
      await expect(session.whoAmI(inTime())).rejects.toThrow(failing('token_rejected'));
      tokens = await oauth.refresh(tokens, inTime());
      expect(tokens.refreshToken).toBeTruthy();
      session = openWith(tokens.accessToken);
      expect(await session.whoAmI(inTime())).toMatchObject(world.account);
    });

    for (const stream of adapter.streams) {
      describeStream(stream, () => ({ world, session }));
      if (stream.scope === undefined) continue;
      test(`listing ${stream.label} without its scope is forbidden and names it`, async () => {
        const need = oauth.scopes.find(({ scope }) => scope === stream.scope);
        if (need === undefined) expect.unreachable('a stream reads with a scope that sign-in asks for');
        await world.revokeGrant();
        await world.consent({ withheld: [need.scope, ...(need.satisfiedBy ?? [])] });
        const narrow = await signIn(oauth, world);
        expect(narrow.scopes).not.toContain(need.scope);
        const { collection } = world.records[stream.name] ?? {};
        const listing = openWith(narrow.accessToken).fetchPage({
          stream: stream.name,
          ...(collection === undefined ? {} : { collection }),
          cursor: null,
          signal: inTime(),
        });
        await expect(listing).rejects.toThrow(failing('forbidden', { missing: need.scope }));
        await world.consent({});
        tokens = await signIn(oauth, world);
        session = openWith(tokens.accessToken);
      });
    }

    if (adapter.capabilities.includes('write')) {
      describeContactWriting(() => ({ world, session }));
      test('writing without its scope is forbidden, names it, and changed nothing for sure', async () => {
        const { contactWriting } = world;
        if (contactWriting === undefined) expect.unreachable('an adapter that writes has a world for it');
        await world.revokeGrant();
        await world.consent({ withheld: [contactWriting.writeScope] });
        const { contacts } = openWith((await signIn(oauth, world)).accessToken);
        const missing = { missing: contactWriting.writeScope, outcomeUnknown: false };
        const refused = failing('forbidden', missing);
        await expect(contacts?.create(contactWriting.draft('Nobody'), inTime())).rejects.toThrow(refused);
        await world.consent({});
        tokens = await signIn(oauth, world);
        session = openWith(tokens.accessToken);
      });
    }

    if (adapter.collectionNoun !== undefined) {
      test(`the list of ${adapter.collectionNoun.many} is complete and something starts ticked`, async () => {
        const found = (await session.listCollections?.(inTime())) ?? [];
        const ids = found.map(({ remoteId }) => remoteId);
        for (const { collection } of Object.values(world.records)) {
          if (collection !== undefined) expect(ids).toContain(collection);
        }
        expect(new Set(ids).size).toBe(ids.length);
        expect(found.some(({ subscribedByDefault }) => subscribedByDefault)).toBe(true);
      });
    }

    if (adapter.push === 'watch') {
      test('a watch tells of a change, and stopping it twice is no error', async () => {
        const { pushes, records } = world;
        const watched = Object.values(records)[0];
        if (!pushes || !watched || !session.watches || !adapter.readPush) {
          expect.unreachable('an adapter with push has watches');
        }
        const channelId = `wch-${randomBytes(8).toString('hex')}`;
        const token = randomBytes(16).toString('hex');
        const watch = await session.watches.open({
          channelId,
          token,
          address: pushes.address,
          ...(watched.collection === undefined ? {} : { collection: watched.collection }),
          expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
          signal: inTime(),
        });
        expect(watch.channelId).toBe(channelId);
        expect(Date.parse(watch.expiresAt)).toBeGreaterThan(Date.now());
        const read = async () => adapter.readPush?.(await pushes.next(), world.environment);
        const greeting = await read();
        expect(greeting).toMatchObject({ kind: 'channel', channelId, channelToken: token, initial: true });
        await watched.create();
        const notice = await read();
        expect(notice).toMatchObject({ kind: 'channel', channelId, channelToken: token, initial: false });
        const stop = { channelId, resourceId: watch.resourceId, signal: inTime() };
        await session.watches.stop(stop);
        await session.watches.stop({ ...stop, signal: inTime() });
      });
    }

    test('a grant that the person removed ends in auth_revoked, and revoking it again counts as done', async () => {
      await world.revokeGrant();
      await expect(session.whoAmI(inTime())).rejects.toThrow(failing('token_rejected'));
      await expect(oauth.refresh(tokens, inTime())).rejects.toThrow(failing('auth_revoked'));
      await oauth.revoke(tokens, inTime());
    });

    test('revoking ends the grant', async () => {
      tokens = await signIn(oauth, world);
      await oauth.revoke(tokens, inTime());
      await expect(oauth.refresh(tokens, inTime())).rejects.toThrow(failing('auth_revoked'));
    });
  });
}
