import { afterAll, beforeAll, it } from 'vitest';
import { InvariantBroken } from '../../sync/model-oracle.test-support.ts';
import { playAll, timeout } from './play-many.ts';
import { SeveralAccounts } from './several-accounts.ts';
import { anySeveralAccountsHistory, type SeveralAccountsHistory } from './several-accounts-history.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

async function play(history: SeveralAccountsHistory): Promise<void> {
  const world = await SeveralAccounts.open(stage, history);
  try {
    await world.play(history.steps);
    await world.rest();
    await world.prove(history.deeds);
  } catch (error) {
    if (error instanceof InvariantBroken) error.message += `\n${await world.picture()}`;
    throw error;
  }
}

it(
  'several accounts of one person: all of them come to rest, and what is done anywhere is everywhere',
  { timeout },
  () => playAll(stage, { histories: anySeveralAccountsHistory, count: 100, play }),
);
