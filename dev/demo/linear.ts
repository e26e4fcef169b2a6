import { account, atProvider, inHarmony, pick, type Scenario, titled } from './scenario.ts';

const northwind = '/linear/northwind';
interface Issue {
  id: string;
  title: string;
  trashed: boolean | null;
  archivedAt: string | null;
}
const isOpen = (issue: Issue) => issue.trashed !== true && issue.archivedAt === null;

export const linear: Scenario = {
  provider: 'linear',
  name: 'Linear',
  account,
  pushes: true,
  async count(driver) {
    const issues = await atProvider<Issue>(driver, `${northwind}/issues`);
    const kept = new Set(issues.filter(({ trashed }) => trashed !== true).map(({ id }) => id));
    const comments = await atProvider<{ issue: { id: string } }>(driver, `${northwind}/comments`);
    return {
      collections: (await atProvider(driver, `${northwind}/teams`)).length,
      issues: kept.size,
      comments: comments.filter(({ issue }) => kept.has(issue.id)).length,
      members: (await atProvider(driver, `${northwind}/members`)).length,
    };
  },
  async edit(driver) {
    const { id } = pick(await atProvider<Issue>(driver, `${northwind}/issues`), isOpen);
    const title = 'Undo a calendar sync in one click';
    await driver.control('PATCH', `${northwind}/issues/${id}`, { title });
    return { remoteId: id, title };
  },
  async add(driver) {
    const title = 'Say which calendar a reminder came from';
    const { id } = await driver.control<Issue>('POST', `${northwind}/issues`, { title });
    return { remoteId: id, title };
  },
  async remove(driver) {
    const open = (await atProvider<Issue>(driver, `${northwind}/issues`)).filter(isOpen);
    const { id } = pick(open.slice(1), () => true);
    await driver.control('DELETE', `${northwind}/issues/${id}`);
    return { remoteId: id };
  },
  read: async (driver, id) => titled(await inHarmony(driver, '/v1/tasks', id)),
};
