/** One stack under fire: what steps and checks look at, and calls that outlast a part that is away. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { type DatabaseHandle, openDatabase } from '../../db/client.ts';
import { newSecret } from '../../db/ids.ts';
import { ensureUser, ensureWorkspace, ensureWorkspaceKey } from '../../db/queries/identity.ts';
import type { IntegrationView } from '../drive.ts';
import type { Stack } from '../stack.ts';
import type { ProviderId } from './step.ts';

export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
}

export type ListedIntegration = IntegrationView & {
  readonly provider: string;
  readonly authKind: 'oauth' | 'api_key';
  readonly approvedDirection?: string;
};

/** What was promised to somebody, to be compared with what came of it. */
export interface Ledger {
  /** Titles of tasks that were asked for, with their id at the provider once the API said that they exist. */
  readonly createdTasks: Map<string, string | undefined>;
  /** What must never be found outside its place, by what it is. */
  readonly secrets: Map<string, string>;
  /** Bodies of refusals and failures, to be searched for secrets. */
  readonly problems: string[];
  /** Support bundles, to be searched for secrets as well. */
  readonly bundles: string[];
  /** What was wrong at once, whatever comes later. */
  readonly violations: string[];
}

/** Who acts in this run, in a workspace of their own. */
interface Person {
  readonly workspaceKey: string;
  readonly userId: string;
}

export interface FaultWorld {
  readonly stack: Stack;
  readonly home: string;
  /** When the run began, by this machine's clock. */
  readonly since: Date;
  readonly person: Person;
  readonly database: DatabaseHandle;
  readonly sql: DatabaseHandle['sql'];
  readonly ledger: Ledger;
  /** Asks the API, again with the same Idempotency-Key while it does not answer. Throws when it never does. */
  api<T>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
  /** Asks the stand-in's controls, again while it is away. Throws on a refusal. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  temporal(): Promise<Client>;
  /** From here on nothing is broken on purpose: whoever does not answer is busy, and is asked for longer. */
  bePatient(): void;
  list(provider?: ProviderId): Promise<readonly ListedIntegration[]>;
  close(): Promise<void>;
}

/** Of a run to PostgreSQL. */
export const connections = 3;
const attemptsUnderFire = 6;
const patientAttempts = 30;
const pauseMs = 400;
const answerTimeoutMs = 8_000;

/** Throws when the database does not answer. */
export async function openFaultWorld(options: {
  stack: Stack;
  home: string;
  seed: number;
}): Promise<FaultWorld> {
  const { stack, home, seed } = options;
  const since = new Date();
  const database = openDatabase({ url: stack.running.databaseUrl, poolSize: connections, name: 'faults' });
  const { sql } = database;
  const person = await makePerson(database, `Run ${seed}, ${since.toISOString()}`).catch(async (error) => {
    await database.close();
    throw error;
  });
  const ledger: Ledger = {
    createdTasks: new Map(),
    secrets: new Map(),
    problems: [],
    bundles: [],
    violations: [],
  };
  let connection: Connection | undefined;
  let attempts = attemptsUnderFire;

  const world: FaultWorld = {
    ...{ stack, home, since, person, database, sql, ledger },
    async api<T>(method: string, path: string, body?: unknown) {
      const { apiUrl } = stack.running;
      const headers = {
        authorization: `Bearer ${person.workspaceKey}`,
        'harmony-user': person.userId,
        'idempotency-key': randomUUID(),
      };
      const answer = await ask<T>(apiUrl + path, { method, headers, body, attempts });
      if (answer.status >= 400) ledger.problems.push(JSON.stringify(answer.body));
      if (answer.status >= 500 && answer.status !== 503) {
        ledger.violations.push(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      }
      return answer;
    },
    async control<T>(method: string, path: string, body?: unknown) {
      const answer = await ask<T>(`${stack.running.sandboxUrl}/_control${path}`, {
        method,
        headers: {},
        body,
        attempts,
      });
      if (answer.status < 400) return answer.body;
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    },
    async temporal() {
      connection ??= await Connection.connect({ address: stack.running.temporalAddress });
      return new Client({ connection });
    },
    bePatient() {
      attempts = patientAttempts;
    },
    async list(provider) {
      const query = provider === undefined ? '' : `&provider=${provider}`;
      const { status, body } = await world.api<{ data: ListedIntegration[] }>(
        'GET',
        `/v1/integrations?limit=100${query}`,
      );
      if (status !== 200) throw new Error(`the list of integrations answered ${status}`);
      return body.data;
    },
    async close() {
      await connection?.close();
      await database.close();
    },
  };
  return world;
}

async function makePerson({ db }: DatabaseHandle, name: string): Promise<Person> {
  const workspaceKey = newSecret('hk');
  return db.transaction(async (tx) => {
    const workspaceId = await ensureWorkspace(tx, name);
    await ensureWorkspaceKey(tx, { workspaceId, key: workspaceKey, name });
    const userId = await ensureUser(tx, { workspaceId, name: 'Ada Lovelace', email: 'ada@example.com' });
    return { workspaceKey, userId };
  });
}

interface Request {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly attempts: number;
}

/** A part that is away, pausing or saying so (503) is asked again; the last answer counts. */
async function ask<T>(url: string, { method, headers, body, attempts }: Request): Promise<Answer<T>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(url, {
        method,
        headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(answerTimeoutMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const read = text === '' ? undefined : (JSON.parse(text) as T);
      const isAway = response.status === 503 || inProgress(response.status, text);
      if (!isAway || attempt === attempts) return { status: response.status, body: read as T };
    } catch (error) {
      if (attempt === attempts)
        throw new Error(`${method} ${new URL(url).pathname}: no answer`, { cause: error });
    }
    await sleep(pauseMs * Math.min(attempt, attemptsUnderFire));
  }
}

const inProgress = (status: number, text: string): boolean =>
  status === 409 && text.includes('idempotency_in_progress');

/** While a part does not answer nobody can say what is amiss: so much longer for that. */
const unansweredPatienceMs = 240_000;

/** Asks until nothing is amiss, whatever fails in between; answers what was amiss at the end of the patience. */
export async function untilNothing(
  find: () => Promise<readonly string[]>,
  patienceMs: number,
): Promise<readonly string[]> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await find().catch((error: Error) => error);
    const isAnswer = !(found instanceof Error);
    if (isAnswer && (found.length === 0 || Date.now() > deadline)) return found;
    if (!isAnswer && Date.now() > deadline + unansweredPatienceMs)
      return [`it could not be looked up: ${found.message}`];
    await sleep(500);
  }
}
