/** Histories that pass have been played. */
import { expect, it } from 'vitest';
import { playMany } from './play-many.ts';
import type { Stage } from './stage.ts';

const nowhere: Pick<Stage, 'workspaceId'> = {
  get workspaceId(): string {
    throw new Error('it was entered');
  },
};

it.each([
  ['without a judge', {}],
  ['with one', { judge: () => {} }],
])('a history %s is played', async (_what, judge) => {
  const played = playMany(nowhere as Stage, { direction: 'both', count: 1, ...judge });
  await expect(played).rejects.toThrow('Property failed');
});
