/** Seeded schedules: the same seed and length give the same steps, on any machine. */
import fc from 'fast-check';
import { processNames } from '../running-file.ts';
import { type Act, type Fault, providers, type Step, standIns } from './step.ts';

const provider = fc.constantFrom(...providers);
const standIn = fc.constantFrom(...standIns);
const pick = fc.nat(9_999);
const always = <const T extends string>(name: T) => fc.constant(name);

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: always('status'), status: fc.constantFrom(500, 503, 403, 404) }),
  fc.constant({ kind: 'status' as const, status: 429, headers: { 'retry-after': '2' } }),
  fc.record({ kind: always('delay'), ms: fc.integer({ min: 100, max: 3_000 }) }),
  fc.record({ kind: always('stale-read'), ms: fc.integer({ min: 200, max: 5_000 }) }),
  fc.record({ kind: fc.constantFrom('lose-request' as const, 'lose-answer' as const, 'cut-body' as const) }),
  fc.record({ kind: always('truncate-list'), keep: fc.constantFrom(0.3, 0.7, 1) }),
);

/** How often each comes, beside the others. */
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constantFrom('add' as const, 'edit' as const, 'remove' as const),
      provider,
      pick,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: always('sync'),
      provider,
      mode: fc.constantFrom('incremental' as const, 'incremental' as const, 'full' as const),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: always('kill'), process: fc.constantFrom(...processNames) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: always('pause'),
      process: fc.constantFrom(...processNames),
      ms: fc.integer({ min: 200, max: 4_000 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: always('fault'),
      standIn,
      times: fc.integer({ min: 1, max: 6 }),
      after: fc.nat(3),
      fault,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('create-task' as const, 'change-task' as const), pick }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('test' as const, 'connect' as const), provider }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('reauthenticate' as const, 'delete' as const), provider }),
  },
  { weight: 2, arbitrary: fc.record({ do: always('tick'), provider, pick, subscribed: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: always('settings'), provider, autoSync: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: always('refresh-collections'), provider }) },
  { weight: 1, arbitrary: fc.record({ do: always('sync-users') }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('connect-by-key' as const, 'replace-key' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: always('two-way') }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom(
        ...(['contact-add', 'contact-edit', 'contact-edit', 'contact-edit', 'contact-archive'] as const),
      ),
      pick,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: always('expire-access'), standIn }) },
  { weight: 1, arbitrary: fc.record({ do: always('revoke'), standIn }) },
  { weight: 1, arbitrary: fc.record({ do: always('expire-sync-tokens') }) },
  { weight: 1, arbitrary: fc.record({ do: always('forge-push'), provider }) },
  { weight: 1, arbitrary: fc.record({ do: always('lag'), standIn, ms: fc.integer({ min: 0, max: 2_000 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: always('pushes'),
      mode: fc.constantFrom(...(['deliver', 'duplicate', 'reorder', 'hold', 'drop'] as const)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: always('clear-faults') }) },
);

/** How many of four schedules let the first syncs end before anything else happens. */
const calmStarts = 3;

/**
 * Begins by connecting all four, Linear by an API key in every third schedule, with contacts both ways in every second;
 * `length` counts the steps after that.
 */
export function makeSchedule(seed: number, length: number): Step[] {
  const connects = providers.map((id): Step => {
    const byKey = id === 'linear' && seed % 3 === 0;
    return { afterMs: 100, act: byKey ? { do: 'connect-by-key' } : { do: 'connect', provider: id } };
  });
  const step = fc.record({ afterMs: fc.integer({ min: 0, max: 600 }), act });
  const steps = fc.array(step, { minLength: length, maxLength: length, size: 'max' });
  const [drawn = []] = fc.sample(fc.noBias(steps), { seed, numRuns: 1 });
  const calm: Step[] = seed % 4 < calmStarts ? [{ afterMs: 0, act: { do: 'await-connected' } }] : [];
  const bothWays: Step[] = seed % 2 === 0 ? [{ afterMs: 0, act: { do: 'two-way' } }] : [];
  return [...connects, ...calm, ...bothWays, ...drawn];
}

/** Reads `0,3,5-9`: the steps of a schedule that are to be played. */
export function readStepNumbers(text: string): ReadonlySet<number> {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const found = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (found === null) throw new Error(`--only takes numbers and ranges like 0,3,5-9, not "${part}".`);
    const first = Number(found[1]);
    for (let number = first; number <= Number(found[2] ?? first); number += 1) numbers.add(number);
  }
  return numbers;
}

/** The shortest text that `readStepNumbers` reads back. */
export function writeStepNumbers(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < numbers.length; at += 1) {
    const first = numbers[at] as number;
    while (numbers[at + 1] === (numbers[at] as number) + 1) at += 1;
    const last = numbers[at] as number;
    parts.push(first === last ? `${first}` : `${first}-${last}`);
  }
  return parts.join(',');
}
