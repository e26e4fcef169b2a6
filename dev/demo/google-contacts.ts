import { account, atProvider, inHarmony, pick, type Scenario } from './scenario.ts';

const contacts = `/google/${account}/contacts`;
interface Person {
  resourceName: string;
}
interface Contact {
  id: string;
  firstName: string | null;
  lastName: string | null;
  sources: { remoteId: string }[];
}

export const googleContacts: Scenario = {
  provider: 'google-contacts',
  name: 'Google Contacts',
  account,
  pushes: false,
  count: async (driver) => ({ contacts: (await atProvider(driver, contacts)).length }),
  async edit(driver) {
    const { resourceName } = pick(await atProvider<Person>(driver, contacts), () => true);
    const names = [{ givenName: 'Katherine', familyName: 'Johnson' }];
    await driver.control('PATCH', `/google/${account}/contacts/${encodeURIComponent(resourceName)}`, {
      names,
    });
    return { remoteId: resourceName, title: 'Katherine Johnson' };
  },
  async add(driver) {
    const { resourceName } = await driver.control<Person>('POST', contacts, {
      names: [{ givenName: '明子', familyName: '高橋' }],
      emailAddresses: [{ value: 'akiko.takahashi@example.com' }],
    });
    return { remoteId: resourceName, title: '明子 高橋' };
  },
  async remove(driver) {
    const { resourceName } = pick((await atProvider<Person>(driver, contacts)).slice(1), () => true);
    await driver.control('DELETE', `${contacts}/${encodeURIComponent(resourceName)}`);
    return { remoteId: resourceName };
  },
  async read(driver) {
    const shown = await inHarmony<Contact>(driver, '/v1/contacts');
    return new Map(
      shown.map(({ id, firstName, lastName, sources: [source] }) => [
        source?.remoteId ?? id,
        [firstName, lastName].filter(Boolean).join(' '),
      ]),
    );
  },
};
