import { expect, it } from 'vitest';
import type { ContactCalls } from '../../providers/contract/index.ts';
import { type Call, inTime } from './in-time.ts';

const minuteMs = 60_000;

/** Calls whose writes are counted, by a clock that waits of a call move on. */
function startClock() {
  const time = { nowMs: 1_000_000, sent: 0 };
  const contacts = {
    remove: () => {
      time.sent += 1;
      return Promise.resolve();
    },
  } as unknown as ContactCalls;
  const { signal } = new AbortController();
  const waitingFor =
    (...waitsMs: number[]): Call =>
    async (use) => {
      let failure: unknown;
      for (const waitMs of waitsMs) {
        time.nowMs += waitMs;
        try {
          return await use(contacts, signal);
        } catch (error) {
          failure = error;
        }
      }
      throw failure;
    };
  return { time, waitingFor, deps: { clock: () => time.nowMs } };
}

const remove: Parameters<Call>[0] = (contacts, signal) => contacts.remove('people/c1', signal);
const isTransient = { kind: 'transient', outcomeUnknown: false };

it('sends what was prepared a minute ago', async () => {
  const { time, waitingFor, deps } = startClock();
  await inTime(deps, waitingFor(minuteMs), time.nowMs)(remove);
  expect(time.sent).toBe(1);
});

it('sends nothing that waited longer inside the call, and says that nothing went out', async () => {
  const { time, waitingFor, deps } = startClock();
  const late = inTime(deps, waitingFor(minuteMs + 1), time.nowMs)(remove);
  await expect(late).rejects.toMatchObject(isTransient);
  expect(time.sent).toBe(0);
});

it('looks again at the second attempt of a call, after a new token', async () => {
  const { time, waitingFor, deps } = startClock();
  const refused: Parameters<Call>[0] = (contacts, signal) =>
    contacts.remove('people/c1', signal).then(() => Promise.reject(new Error('401')));
  const late = inTime(deps, waitingFor(0, minuteMs + 1), time.nowMs)(refused);
  await expect(late).rejects.toMatchObject(isTransient);
  expect(time.sent).toBe(1);
});

it('goes by the time at which this very write was prepared', async () => {
  const { time, waitingFor, deps } = startClock();
  time.nowMs += 10 * minuteMs;
  await inTime(deps, waitingFor(0), time.nowMs)(remove);
  expect(time.sent).toBe(1);
});
