import { describe, expect, it } from 'vitest';
import { makeSchedule, readStepNumbers, writeStepNumbers } from './schedule.ts';
import { providers } from './step.ts';

describe('a schedule', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(makeSchedule(7, 60)).toEqual(makeSchedule(7, 60));
    expect(makeSchedule(7, 60)).not.toEqual(makeSchedule(8, 60));
  });

  it('connects every provider first, mostly waits for that, and has as many steps after that as were asked for', () => {
    const steps = makeSchedule(7, 25);
    expect(steps).toHaveLength(29);
    expect(makeSchedule(5, 25)).toHaveLength(30);
    expect(steps.slice(0, 4).map(({ act }) => act)).toEqual(
      providers.map((provider) => ({ do: 'connect', provider })),
    );
  });

  it('connects Linear by a key in every third, and lets contacts flow both ways in every second', () => {
    const acts = (seed: number) => makeSchedule(seed, 25).map(({ act }) => act);
    expect(acts(6)[2]).toEqual({ do: 'connect-by-key' });
    expect(acts(4)[5]).toEqual({ do: 'two-way' });
    expect(acts(5)[5]).not.toEqual({ do: 'two-way' });
  });

  it('has every kind of act within a few hundred steps', () => {
    const kinds = new Set(makeSchedule(4, 600).map(({ act }) => act.do));
    expect([...kinds].sort()).toEqual([
      ...[
        'add',
        'await-connected',
        'change-task',
        'clear-faults',
        'connect',
        'connect-by-key',
        'contact-add',
        'contact-archive',
        'contact-edit',
        'create-task',
        'delete',
        'edit',
        'expire-access',
      ],
      ...['expire-sync-tokens', 'fault', 'forge-push', 'kill', 'lag', 'pause', 'pushes', 'reauthenticate'],
      ...[
        'refresh-collections',
        'remove',
        'replace-key',
        'revoke',
        'settings',
        'sync',
        'sync-users',
        'test',
        'tick',
        'two-way',
      ],
    ]);
  });
});

describe('step numbers', () => {
  it('are read and written with ranges', () => {
    expect([...readStepNumbers('0,3,5-7')]).toEqual([0, 3, 5, 6, 7]);
    expect(writeStepNumbers([0, 3, 5, 6, 7])).toBe('0,3,5-7');
    expect(() => readStepNumbers('a')).toThrow('--only');
  });
});
