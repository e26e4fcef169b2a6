import type { ProviderWorld } from '../../providers/contract-suite/world.ts';
import { readProviderEnvironments } from '../../providers/environment.ts';
import { notionModule } from '../../sandbox/notion/index.ts';
import { startSandbox } from '../../sandbox/server.ts';
import { openControl } from './control.ts';

const workspace = '/notion/lovelace-labs';
const pages = `${workspace}/pages`;

export async function openNotionWorld(adapterId: string): Promise<ProviderWorld> {
  const sandbox = await startSandbox({
    port: 0,
    modules: [notionModule],
    settings: { notion: { searchDelayMs: 0, connectionLimitRequests: 0, workspaceLimitRequests: 0 } },
  });
  const control = openControl(sandbox.url);
  await control.send('POST', '/reset', { seed: 7, notionPages: 260 });
  const environment = readProviderEnvironments({ SANDBOX_URL: sandbox.url }).get(adapterId);
  if (environment === undefined) throw new Error(`no environment for ${adapterId}`);
  const sources = await control.get<{ data: { id: string }[] }>(`${workspace}/data-sources`);
  const collection = sources.data[0]?.id;
  if (collection === undefined) throw new Error('the stand-in has no data source');
  const accounts = await control.get<{ data: { name: string; id: string }[] }>('/accounts');
  const id = accounts.data.find(({ name }) => name === 'lovelace-labs')?.id;
  if (id === undefined) throw new Error('the stand-in has no workspace lovelace-labs');
  return {
    environment,
    account: { id, email: 'ada@example.com' },
    redirectUri: 'http://127.0.0.1:9/oauth/callback',
    records: {
      pages: {
        collection,
        async ids() {
          const { data } = await control.get<{ data: { id: string }[] }>(
            `${pages}?limit=100000&data_source_id=${collection}`,
          );
          return data.map((page) => page.id);
        },
        async create() {
          const page = { parent: { data_source_id: collection }, markdown: 'Bring the **map**.' };
          return (await control.send<{ id: string }>('POST', pages, page)).id;
        },
        update: (pageId) => control.send('PATCH', `${pages}/${pageId}`, { markdown: 'Bring two maps.' }),
        remove: (pageId) => control.send('DELETE', `${pages}/${pageId}`).then(() => {}),
      },
    },
    consent: ({ deny }) => control.send('POST', '/consent', { mode: deny ? 'deny' : 'allow' }),
    expireAccessTokens: () => control.send('POST', `${workspace}/access-tokens/expire`, {}),
    revokeGrant: () => control.send('POST', `${workspace}/revoke`, {}),
    async failListing(_stream, status, headers = {}) {
      const path = '/v1/data_sources/*/query';
      await control.send('POST', '/faults', {
        provider: 'notion',
        path,
        fault: { kind: 'status', status, headers },
      });
    },
    healListings: () => control.send('DELETE', '/faults').then(() => {}),
    close: () => sandbox.close(),
  };
}
