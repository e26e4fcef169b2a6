import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn } from '../../providers/contract-suite/sign-in.ts';
import type { ProviderWorld } from '../../providers/contract-suite/world.ts';
import { linear } from '../../providers/linear/index.ts';
import { openLinearWorld } from './linear-world.ts';

let world: ProviderWorld;
let accessToken: string;

beforeAll(async () => {
  world = await openLinearWorld();
  const oauth = linear.oauth?.(world.environment);
  if (oauth === undefined) throw new Error('Linear has no OAuth');
  await world.consent({});
  ({ accessToken } = await signIn(oauth, world));
});
afterAll(() => world?.close());

/** What is left of the hour's complexity: the answer to a query that costs a point. */
async function remaining(): Promise<number> {
  const answer = await fetch(`${world.environment.origins.api}/graphql`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: '{ viewer { id } }' }),
  });
  return Number(answer.headers.get('x-ratelimit-complexity-remaining'));
}

it('looking for news in all streams of a team, every five minutes, leaves room for hundreds of teams', async () => {
  const session = linear.openSession({ accessToken, authKind: 'oauth' }, world.environment);
  const signal = AbortSignal.timeout(30_000);
  const streams = linear.streams.filter(({ perCollection }) => perCollection);
  const cursors = new Map<string, string>();
  for (const { name: stream } of streams) {
    const collection = world.records[stream]?.collection as string;
    for (let cursor: string | null = null; ; ) {
      const { next } = await session.fetchPage({ stream, collection, cursor, signal });
      cursor = next.cursor;
      if (next.kind === 'more') continue;
      cursors.set(stream, cursor as string);
      break;
    }
  }
  const before = await remaining();
  for (const [stream, cursor] of cursors) {
    const collection = world.records[stream]?.collection as string;
    const look = await session.fetchPage({ stream, collection, cursor, signal, peek: true });
    expect(look).toMatchObject({ upserts: [], deletions: [], next: { kind: 'done' } });
  }
  // The bucket refills while we ask.
  const spent = before - (await remaining());
  expect(spent).toBeLessThan(150);
  expect(2_000_000 / 12 / spent).toBeGreaterThan(500);
});
