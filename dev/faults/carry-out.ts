/** Carries out one step of a schedule and says in a few words what came of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connectByKey, replaceKey } from './api-keys.ts';
import { providerEdits } from './provider-edits.ts';
import { connect, reauthenticate } from './sign-in.ts';
import { type Act, type ProviderId, providers } from './step.ts';
import { changeContact, goBothWays } from './two-way.ts';
import { type FaultWorld, type ListedIntegration, untilNothing } from './world.ts';

const accounts = { google: 'ada@example.com', linear: 'northwind', notion: 'lovelace-labs' } as const;
const noCollection = 'there is no collection';

/** `number` makes names unique within the run. A step that cannot be done at this moment says so and does nothing. */
export async function carryOut(world: FaultWorld, act: Act, number: number): Promise<string> {
  switch (act.do) {
    case 'kill':
      await world.stack.kill(act.process);
      return 'killed';
    case 'pause':
      return pauseProcess(world, act);
    case 'await-connected':
      return awaitConnected(world);
    case 'connect':
      return connect(world, act.provider);
    case 'reauthenticate':
      return withIntegration(world, act.provider, ({ id }) => reauthenticate(world, id));
    case 'delete':
      return withIntegration(world, act.provider, ({ id }) =>
        call(world, 'DELETE', `/v1/integrations/${id}`),
      );
    case 'test':
      return withIntegration(world, act.provider, ({ id }) =>
        call(world, 'POST', `/v1/integrations/${id}/test`),
      );
    case 'sync':
      return withIntegration(world, act.provider, ({ id }) =>
        call(world, 'POST', `/v1/integrations/${id}/sync`, { mode: act.mode }),
      );
    case 'settings':
      return withIntegration(world, act.provider, ({ id }) =>
        call(world, 'PATCH', `/v1/integrations/${id}`, { autoSync: act.autoSync, intervalSeconds: 60 }),
      );
    case 'refresh-collections':
      return withIntegration(world, act.provider, ({ id }) =>
        call(world, 'POST', `/v1/integrations/${id}/collections/refresh`),
      );
    case 'sync-users':
      return withIntegration(world, 'linear', ({ id }) =>
        call(world, 'POST', `/v1/integrations/${id}/users/sync`),
      );
    case 'connect-by-key':
      return connectByKey(world);
    case 'replace-key':
      return withIntegration(world, 'linear', ({ id, authKind }) =>
        authKind === 'api_key' ? replaceKey(world, id) : Promise.resolve('it has a sign-in'),
      );
    case 'two-way':
      return withIntegration(world, 'google-contacts', (found) => goBothWays(world, found));
    case 'contact-add':
    case 'contact-edit':
    case 'contact-archive':
      return withIntegration(world, 'google-contacts', (found) => changeContact(world, found, act, number));
    case 'tick':
      return tick(world, act);
    case 'create-task':
      return createTask(world, act.pick, number);
    case 'change-task':
      return changeTask(world, act.pick, number);
    case 'forge-push':
      return forgePush(world, act.provider);
    default:
      await atStandIn(world, act, number);
      return 'done';
  }
}

type StandInAct = Extract<
  Act,
  {
    do:
      | ('add' | 'edit' | 'remove' | 'expire-access' | 'revoke' | 'expire-sync-tokens')
      | ('fault' | 'lag' | 'pushes' | 'clear-faults');
  }
>;

async function atStandIn(world: FaultWorld, act: StandInAct, number: number): Promise<void> {
  const post = (path: string, body: unknown = {}) => world.control('POST', path, body);
  switch (act.do) {
    case 'add':
    case 'edit':
    case 'remove':
      await providerEdits[act.provider][act.do](world, `${act.do} ${number}`, act.pick);
      return;
    case 'expire-access':
      await post(`/${act.standIn}/${accounts[act.standIn]}/access-tokens/expire`);
      return;
    case 'revoke':
      await post(`/${act.standIn}/${accounts[act.standIn]}/revoke`);
      return;
    case 'expire-sync-tokens':
      await post(`/google/${accounts.google}/sync-tokens/expire`);
      return;
    case 'fault': {
      const { standIn: provider, times, after, fault } = act;
      await post('/faults', { provider, times, after, fault });
      return;
    }
    case 'lag':
      await post('/lag', { provider: act.standIn, ms: act.ms });
      return;
    case 'pushes':
      await post('/pushes', { mode: act.mode });
      return;
    case 'clear-faults':
      await world.control('DELETE', '/faults');
  }
}

async function pauseProcess(world: FaultWorld, act: Extract<Act, { do: 'pause' }>): Promise<string> {
  const pid = world.stack.running.pids[act.process];
  if (pid === null) return 'not running';
  try {
    process.kill(pid, 'SIGSTOP');
    await sleep(act.ms);
    process.kill(pid, 'SIGCONT');
    return 'went on';
  } catch {
    return 'was gone meanwhile';
  }
}

const connectPatienceMs = 30_000;

async function awaitConnected(world: FaultWorld): Promise<string> {
  const amiss = await untilNothing(async () => {
    const listed = await world.list().catch(() => []);
    const ready = new Set(
      listed.filter(({ lastRun }) => lastRun?.status === 'succeeded').map(({ provider }) => provider),
    );
    return providers.filter((provider) => !ready.has(provider));
  }, connectPatienceMs);
  return amiss.length === 0 ? 'all four are' : `without ${amiss.join(', ')}`;
}

async function call(world: FaultWorld, method: string, path: string, body?: unknown): Promise<string> {
  const { status } = await world.api(method, path, body);
  return `answered ${status}`;
}

/** The oldest one of the provider, which is the one that is connected where there are several. */
async function withIntegration(
  world: FaultWorld,
  provider: ProviderId,
  work: (found: ListedIntegration) => Promise<string>,
): Promise<string> {
  const found = await world.list(provider);
  const chosen = found.find(({ phase }) => phase !== 'connecting');
  return chosen === undefined ? 'not connected' : work(chosen);
}

interface Collection {
  readonly id: string;
  readonly subscribed: boolean;
}

const collectionsOf = async (world: FaultWorld, id: string): Promise<readonly Collection[]> =>
  (await world.api<{ data?: Collection[] }>('GET', `/v1/integrations/${id}/collections`)).body.data ?? [];

const tick = (world: FaultWorld, act: Extract<Act, { do: 'tick' }>): Promise<string> =>
  withIntegration(world, act.provider, async ({ id }) => {
    const collections = await collectionsOf(world, id);
    const chosen = collections[act.pick % Math.max(1, collections.length)];
    if (chosen === undefined) return noCollection;
    const path = `/v1/integrations/${id}/collections/${chosen.id}`;
    return call(world, 'PATCH', path, { subscribed: act.subscribed });
  });

const createTask = (world: FaultWorld, pick: number, number: number): Promise<string> =>
  withIntegration(world, 'linear', async ({ id }) => {
    const ticked = (await collectionsOf(world, id)).filter(({ subscribed }) => subscribed);
    const team = ticked[pick % Math.max(1, ticked.length)];
    if (team === undefined) return noCollection;
    const title = `Task of step ${number}`;
    world.ledger.createdTasks.set(title, undefined);
    const body = { integrationId: id, teamId: team.id, title };
    const answer = await world.api<{ remoteId: string }>('POST', '/v1/tasks', body);
    if (answer.status === 201) world.ledger.createdTasks.set(title, answer.body.remoteId);
    return `answered ${answer.status}`;
  });

const changeTask = (world: FaultWorld, pick: number, number: number): Promise<string> =>
  withIntegration(world, 'linear', async () => {
    const { body } = await world.api<{ data?: { id: string }[] }>('GET', '/v1/tasks?limit=100');
    const tasks = body.data ?? [];
    const task = tasks[pick % Math.max(1, tasks.length)];
    if (task === undefined) return 'there is no task';
    return call(world, 'PATCH', `/v1/tasks/${task.id}`, { description: `Changed by step ${number}` });
  });

/** A push that nobody signed: anything but a refusal is a violation. */
async function forgePush(world: FaultWorld, provider: ProviderId): Promise<string> {
  const response = await fetch(`${world.stack.running.apiUrl}/webhooks/${provider}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'linear-signature': 'f'.repeat(64),
      'linear-delivery': crypto.randomUUID(),
      'x-notion-signature': `sha256=${'f'.repeat(64)}`,
      'x-goog-channel-id': crypto.randomUUID(),
      'x-goog-channel-token': 'forged',
      'x-goog-resource-state': 'exists',
      'x-goog-message-number': '1',
    },
    body: JSON.stringify({ action: 'update', type: 'Issue', webhookTimestamp: Date.now() }),
    signal: AbortSignal.timeout(8_000),
  });
  await response.body?.cancel();
  if (response.status < 400) world.ledger.violations.push(`a forged push of ${provider}: ${response.status}`);
  return `answered ${response.status}`;
}
