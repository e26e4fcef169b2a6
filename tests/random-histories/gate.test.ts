/** The way out of a worker, where two things pass it at once: a page that is read ahead while the last one is committed. */
import { expect, it } from 'vitest';
import { Gate, Schedule } from './gate.ts';
import { withCrew, workflowShim } from './workflow-runtime.ts';

const untilFreed = () => {
  let free = () => {};
  const held = new Promise<void>((resolve) => {
    free = resolve;
  });
  return { held, free: () => free() };
};

it('a worker has something under way until what it asked for ahead has ended, also where nobody waits for that', async () => {
  const { held, free } = untilFreed();
  const gate = new Gate(new Schedule([{ at: 0, kind: 'overtaken' }]), { meddle: () => held });
  const ended: string[] = [];
  const ahead = gate.toProvider({ call: 'list' }, () => ended.push('the page'));
  const rest = gate.allPassed().then(() => ended.push('the worker'));
  await gate.toPostgres(async () => ended.push('a commit'));
  await new Promise(setImmediate);
  expect(ended).toEqual(['a commit']);
  free();
  await Promise.all([ahead, rest]);
  expect(ended).toEqual(['a commit', 'the page', 'the worker']);
});

it('what a run does once the one that it overtook has ended, its own workers do', async () => {
  const { held, free } = untilFreed();
  const asked: string[] = [];
  const crewOf = (workflowId: string) => ({
    workflowId,
    activity: (name: string) => async () => asked.push(`${workflowId} ${name}`),
    wait: async () => {},
  });
  const calls = workflowShim.proxyActivities({}) as Record<string, () => Promise<unknown>>;
  let second: Promise<unknown> = Promise.resolve();
  await withCrew(crewOf('first'), async () => {
    second = withCrew(crewOf('second'), async () => {
      await calls.beginRun?.();
      await held;
      await calls.finishRun?.();
    });
    await calls.finishRun?.();
  });
  free();
  await withCrew(crewOf('third'), () => second);
  expect(asked).toEqual(['second beginRun', 'first finishRun', 'second finishRun']);
});

it('an attempt that was taken for dead goes on beside the next one, a few passages each in turn', async () => {
  const schedule = new Schedule([{ at: 1, kind: 'stalled_after', turns: [2, 2] }]);
  const world = { meddle: async () => {} };
  const passed: string[] = [];
  const attempt = async (gate: Gate, name: string) => {
    for (const passage of [1, 2, 3, 4]) await gate.toPostgres(async () => passed.push(`${name}${passage}`));
  };
  const stalling = new Gate(schedule, world);
  const first = attempt(stalling, 'first ').then(() => schedule.turns?.endFirst());
  await stalling.stalled;
  await attempt(new Gate(schedule, world), 'next ');
  expect(passed).toEqual([...['first 1', 'first 2', 'next 1', 'next 2', 'first 3'], ...['next 3', 'next 4']]);
  schedule.turns?.leaveToFirst();
  await first;
  expect(passed.slice(7)).toEqual(['first 4']);
});

it('an attempt whose call failed before it could stall goes on by itself', async () => {
  const gate = new Gate(new Schedule([{ at: 0, kind: 'stalled_after', turns: [0] }]), {
    meddle: async () => {},
  });
  const refuse = () => {
    throw new Error('refused');
  };
  await expect(gate.toProvider({ call: 'write' }, refuse)).rejects.toThrow('refused');
  expect(await gate.toPostgres(async () => 'passed')).toBe('passed');
  expect(gate.isStalled).toBe(false);
});
