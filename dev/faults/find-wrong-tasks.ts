/** Tasks that were made in Harmony are at the provider once; never twice, and not missing where the API said "made". */
import { listRemote, northwind } from './provider-edits.ts';
import type { FaultWorld } from './world.ts';

interface Issue {
  readonly id: string;
  readonly title: string;
}

export async function findWrongTasks(world: FaultWorld): Promise<string[]> {
  const issues = await listRemote<Issue>(world, `${northwind}/issues`);
  return [...world.ledger.createdTasks].flatMap(([title, promisedId]) => {
    const count = issues.filter((issue) => issue.title === title).length;
    if (count > 1) return [`"${title}" is at Linear ${count} times`];
    // It may be renamed or in the trash by now, but there it is.
    const isLost = promisedId !== undefined && !issues.some(({ id }) => id === promisedId);
    return isLost ? [`"${title}" was said to be made and is not at Linear`] : [];
  });
}
