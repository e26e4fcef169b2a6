import { account, atProvider, inHarmony, pick, type Scenario, titled } from './scenario.ts';

const pages = '/notion/lovelace-labs/pages';
interface NotionPage {
  id: string;
  parent: { type: string; data_source_id?: string };
}
const isRow = (page: NotionPage) => page.parent.data_source_id !== undefined;
/** Whatever a database calls its title, the id of that property is "title". */
const titleOf = (content: string) => ({ title: { title: [{ text: { content } }] } });

export const notion: Scenario = {
  provider: 'notion',
  name: 'Notion',
  account,
  pushes: true,
  count: async (driver) => ({ pages: (await atProvider(driver, pages)).length }),
  async edit(driver) {
    const { id } = pick(await atProvider<NotionPage>(driver, pages), (page) => !isRow(page));
    const title = 'Team handbook, second edition';
    await driver.control('PATCH', `${pages}/${id}`, { properties: titleOf(title) });
    return { remoteId: id, title };
  },
  async add(driver) {
    const title = 'Notes from the demo';
    const { parent } = pick(await atProvider<NotionPage>(driver, pages), isRow);
    const { id } = await driver.control<NotionPage>('POST', pages, {
      parent: { data_source_id: parent.data_source_id },
      properties: titleOf(title),
      markdown: 'Everything arrived.',
    });
    return { remoteId: id, title };
  },
  async remove(driver) {
    const { id } = pick(await atProvider<NotionPage>(driver, pages), isRow);
    await driver.control('DELETE', `${pages}/${id}`);
    return { remoteId: id };
  },
  read: async (driver) => titled(await inHarmony(driver, '/v1/documents')),
};
