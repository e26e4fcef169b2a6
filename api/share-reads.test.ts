import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shareReads } from './share-reads.ts';

it('gives everybody what was read after they asked, with one read at a time', async () => {
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 30 }),
    async (scheduler, questions) => {
      const share = shareReads<number>();
      const atWork = new Map<string, number>();
      let clock = 0;
      let reads = 0;
      const read = (question: string) => async () => {
        const begunAt = ++clock;
        reads += 1;
        atWork.set(question, (atWork.get(question) ?? 0) + 1);
        expect(atWork.get(question)).toBe(1);
        await scheduler.schedule(Promise.resolve());
        atWork.set(question, 0);
        return begunAt;
      };
      const answers = questions.map(async (question) => {
        await scheduler.schedule(Promise.resolve());
        const askedAt = ++clock;
        expect(await share(question, read(question))).toBeGreaterThan(askedAt);
      });
      await scheduler.waitFor(Promise.all(answers));
      expect(reads).toBeLessThanOrEqual(questions.length);
      // Nothing stays: the next question is read at once.
      expect(await share('a', async () => ++clock)).toBe(clock);
    },
  );
  await fc.assert(property);
});

it('reads twice for a crowd: for the first of it, and for all who came while that was under way', async () => {
  const share = shareReads<number>();
  const first = Promise.withResolvers<void>();
  let reads = 0;
  const read = async () => {
    reads += 1;
    const number = reads;
    await first.promise;
    return number;
  };
  const answers = Array.from({ length: 50 }, () => share('the list', read));
  first.resolve();
  expect(await Promise.all(answers)).toEqual([1, ...Array.from({ length: 49 }, () => 2)]);
});

it('fails for those who share the read, and not for who came later', async () => {
  const share = shareReads<string>();
  const lost = share('the list', () => Promise.reject(new Error('the database is gone')));
  const later = share('the list', async () => 'read');
  await expect(lost).rejects.toThrow('the database is gone');
  expect(await later).toBe('read');
});
