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
    return {
      issues: issues.filter(({ trashed }) => trashed !== true).length,
      comments: (await atProvider(driver, `${northwind}/comments`)).length,
      members: (await atProvider(driver, `${northwind}/members`)).length,
    };
  },
  async edit(driver) {
    const comments = await atProvider<{ issueId: string }>(driver, `${northwind}/comments`);
    const commented = new Set(comments.map(({ issueId }) => issueId));
    // A comment's address holds its issue's title, so that it would change with it.
    const { id } = pick(
      await atProvider<Issue>(driver, `${northwind}/issues`),
      (issue) => isOpen(issue) && !commented.has(issue.id),
    );
    const title = 'Undo a sync in one click';
    await driver.control('PATCH', `${northwind}/issues/${id}`, { title });
    return { remoteId: id, title };
  },
  async add(driver) {
    const title = 'Tell the calendar of a reminder';
    const { id } = await driver.control<Issue>('POST', `${northwind}/issues`, { title });
    return { remoteId: id, title };
  },
  async remove(driver) {
    const open = (await atProvider<Issue>(driver, `${northwind}/issues`)).filter(isOpen);
    const { id } = pick(open.slice(1), () => true);
    await driver.control('DELETE', `${northwind}/issues/${id}`);
    return { remoteId: id };
  },
  read: async (driver) => titled(await inHarmony(driver, '/v1/tasks')),
};
