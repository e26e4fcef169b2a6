/** The whole system against the stand-in Notion, and the people at Notion beside it. */
import { eventually, openBrowser } from '../api/browser.ts';
import type { Answer } from '../api/client.ts';
import { type ApiWorld, openApiWorld } from '../api/world.ts';
import { type Control, openControl } from '../providers/control.ts';

export const workspace = '/notion/lovelace-labs';

export interface RemotePage {
  readonly id: string;
  readonly parent: { readonly type: string; readonly data_source_id?: string };
  readonly markdown: string;
}

export interface LoggedCall {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

type Body = Answer['body'];

export interface NotionStack {
  readonly world: ApiWorld;
  readonly control: Control;
  /** A fresh workspace, without limits and faults, whose search is up to date. */
  reset(notionPages: number, settings?: object): Promise<void>;
  /** Connects and waits for the end of the first sync. Returns the integration's id. */
  connect(): Promise<string>;
  /** The newest run once `count` have ended and none is under way. */
  settled(id: string, count: number): Promise<Body>;
  sync(id: string, mode?: 'incremental' | 'full'): Promise<Body>;
  /** Every document that the API shows, contents included. */
  documents(query?: string): Promise<Body[]>;
  pages(): Promise<RemotePage[]>;
  createPage(body: object): Promise<RemotePage>;
  changePage(id: string, body: object): Promise<void>;
  /** Calls at Notion since a time, the sign-in's left out. */
  callsSince(since: string): Promise<LoggedCall[]>;
  /** Deletes all integrations and waits until their rows are gone. */
  removeAll(): Promise<void>;
  close(): Promise<void>;
}

/** Settings outlive a reset. */
const plain = {
  ...{ connectionLimitRequests: 0, workspaceLimitRequests: 0, searchDelayMs: 0, searchOmits: 0 },
  ...{
    meNamesWorkspace: true,
    queryResultLimit: 10_000,
    markdownBlockLimit: 20_000,
    replacedRefreshTokenGraceSeconds: 0,
  },
};

export async function openNotionStack(env: Readonly<Record<string, string>> = {}): Promise<NotionStack> {
  const world = await openApiWorld({ parts: 'whole', env });
  const control = openControl(world.sandboxUrl);
  const client = world.ada.asUser;

  const settled: NotionStack['settled'] = async (id, count) => {
    const { body } = await eventually(
      () => client.get(`/v1/integrations/${id}/runs`),
      ({ body: { data } }) =>
        data.length >= count && data.every(({ status }: { status: string }) => status !== 'running'),
      90_000,
    );
    return body.data[0];
  };

  const stack: NotionStack = {
    world,
    control,
    settled,
    async reset(notionPages, settings = {}) {
      await control.send('DELETE', '/faults');
      await control.send('PATCH', '/settings', { notion: { ...plain, ...settings } });
      await control.send('POST', '/reset', { seed: 5, notionPages });
      await control.send('POST', '/consent', { mode: 'allow' });
    },
    async connect() {
      const begun = await client.post('/v1/integrations', { body: { provider: 'notion' } });
      if (begun.status !== 201) throw new Error(`connecting answered ${begun.status}: ${begun.text}`);
      const browser = openBrowser(world);
      const page = await browser.open(await browser.consent(begun.body.authorizationUrl));
      if (page.status !== 200) throw new Error(page.text);
      await settled(begun.body.integration.id, 1);
      return begun.body.integration.id;
    },
    async sync(id, mode = 'incremental') {
      const { body } = await client.post(`/v1/integrations/${id}/sync`, { body: { mode } });
      const run = await eventually(
        () => client.get(`/v1/integrations/${id}/runs/${body.runId}`),
        (answer) => answer.status === 200 && answer.body.status !== 'running',
        90_000,
      );
      return run.body;
    },
    async documents(query = '') {
      const found: Body[] = [];
      let cursor = '';
      for (;;) {
        const { body } = await client.get(`/v1/documents?limit=1000${query}${cursor}`);
        found.push(...body.data);
        if (body.nextCursor === null) return found;
        cursor = `&cursor=${body.nextCursor}`;
      }
    },
    pages: async () => (await control.get<{ data: RemotePage[] }>(`${workspace}/pages?limit=100000`)).data,
    createPage: (body) => control.send('POST', `${workspace}/pages`, body),
    changePage: (id, body) => control.send('PATCH', `${workspace}/pages/${id}`, body).then(() => {}),
    async callsSince(since) {
      const { data } = await control.get<{ data: LoggedCall[] }>(
        `/requests?provider=notion&limit=100000&since=${encodeURIComponent(since)}`,
      );
      return data.filter(({ path }) => !path.startsWith('/v1/oauth'));
    },
    async removeAll() {
      const { body } = await client.get('/v1/integrations');
      for (const { id } of body.data) await client.delete(`/v1/integrations/${id}`);
      const deadline = Date.now() + 30_000;
      while ((await world.database.sql`select 1 from integrations`).length > 0) {
        if (Date.now() > deadline) throw new Error('the integrations were not deleted');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    close: () => world.close(),
  };
  return stack;
}
