/** The whole system against the stand-in Linear, and the person at Linear beside it. */
import { eventually, openBrowser } from '../api/browser.ts';
import type { Answer } from '../api/client.ts';
import { type ApiWorld, openApiWorld } from '../api/world.ts';
import { type Control, openControl } from '../providers/control.ts';

export const organization = '/linear/northwind';

export interface RemoteIssue {
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  readonly archivedAt: string | null;
  readonly trashed: boolean | null;
  readonly updatedAt: string;
  readonly team: { readonly id: string };
  readonly state: { readonly name: string };
  readonly assignee: { readonly id: string } | null;
}

export interface LinearStack {
  readonly world: ApiWorld;
  readonly control: Control;
  /** Connects by OAuth and waits for the end of the first sync. Returns the integration's id. */
  connect(): Promise<string>;
  connectByKey(): Promise<string>;
  /** The newest run once `count` have ended and none is under way. */
  settled(id: string, count: number): Promise<Answer['body']>;
  sync(id: string, mode: 'incremental' | 'full'): Promise<Answer['body']>;
  /** Everything of a listing at the stand-in. */
  all<T>(path: string): Promise<T[]>;
  /** Root fields that were asked of the stand-in since a time, in order. */
  callsSince(since: string): Promise<string[]>;
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts with northwind: 300 issues and 20 members in three teams. */
export async function openLinearStack(shape: object = {}): Promise<LinearStack> {
  const world = await openApiWorld({ parts: 'whole' });
  const control = openControl(world.sandboxUrl);
  await control.send('POST', '/reset', { seed: 5, linearIssues: 300, linearMembers: 20, ...shape });
  await control.send('POST', '/consent', { mode: 'allow' });
  const client = world.ada.asUser;

  const settled: LinearStack['settled'] = async (id, count) => {
    const { body } = await eventually(
      () => client.get(`/v1/integrations/${id}/runs`),
      ({ body: { data } }) =>
        data.length >= count && data.every(({ status }: { status: string }) => status !== 'running'),
      60_000,
    );
    return body.data[0];
  };
  const created = (answer: Answer) => {
    if (answer.status !== 201) throw new Error(`connecting answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };

  return {
    world,
    control,
    settled,
    async connect() {
      const begun = created(await client.post('/v1/integrations', { body: { provider: 'linear' } }));
      const browser = openBrowser(world);
      const page = await browser.open(await browser.consent(begun.authorizationUrl));
      if (page.status !== 200) throw new Error(page.text);
      await settled(begun.integration.id, 1);
      return begun.integration.id;
    },
    async connectByKey() {
      const { data } = await control.get<{ data: { key: string }[] }>(`${organization}/api-keys`);
      const body = { provider: 'linear', auth: 'api_key', apiKey: data[0]?.key };
      const { integration } = created(await client.post('/v1/integrations', { body }));
      await settled(integration.id, 1);
      return integration.id;
    },
    async sync(id, mode) {
      const { body } = await client.post(`/v1/integrations/${id}/sync`, { body: { mode } });
      const run = await eventually(
        () => client.get(`/v1/integrations/${id}/runs/${body.runId}`),
        (answer) => answer.status === 200 && answer.body.status !== 'running',
        60_000,
      );
      return run.body;
    },
    all: async <T>(path: string) =>
      (await control.get<{ data: T[] }>(`${organization}/${path}?limit=100000`)).data,
    async callsSince(since) {
      const { data } = await control.get<{ data: { path: string }[] }>(
        `/requests?provider=linear&limit=100000&since=${encodeURIComponent(since)}`,
      );
      return data.map(({ path }) => path.replace('/graphql/', ''));
    },
    async remove(id) {
      await client.delete(`/v1/integrations/${id}`);
    },
    close: () => world.close(),
  };
}
