/** Searches whatever people and operators can read for what only the credentials table may hold. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type postgres from 'postgres';
import type { Stack } from '../stack.ts';

export type Texts = ReadonlyMap<string, string>;

/** Every history that had an event since then as text, payloads decoded. */
export async function readHistories(client: Client, since: Date): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const query = `CloseTime >= '${since.toISOString()}' OR ExecutionStatus = 'Running'`;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    texts.set(`${workflowId} ${runId}`, JSON.stringify(history.events, decodePayload));
  }
  return texts;
}

const decodePayload = (key: string, value: unknown): unknown =>
  key === 'data' && value !== null && typeof value === 'object'
    ? Buffer.from(Object.values(value as Record<string, number>)).toString()
    : value;

/** Every row of every table, as text. */
export async function readRows(sql: postgres.Sql): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public'`;
  for (const { name } of tables) {
    const [row] = await sql<{ text: string | null }[]>`select json_agg(t)::text as text from ${sql(name)} t`;
    texts.set(name, row?.text ?? '');
  }
  return texts;
}

/** Every log of a stack, by file name. */
export function readLogs(home: string): Map<string, string> {
  return new Map(
    readdirSync(join(home, 'logs'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')]),
  );
}

/** The figures of API and worker, as Prometheus reads them. */
export async function readFigures({ running, environment }: Stack): Promise<Map<string, string>> {
  const places = [running.apiUrl, `http://127.0.0.1:${environment.WORKER_METRICS_PORT}`];
  const texts = places.map(async (place) => {
    const answer = await fetch(`${place}/metrics`);
    if (!answer.ok) throw new Error(`The figures of ${place} can't be read: ${answer.status}.`);
    return [`the figures of ${place}`, await answer.text()] as const;
  });
  return new Map(await Promise.all(texts));
}

/** "<what> in <where>" of each secret that is in one of the texts. */
export function findSecrets(secrets: ReadonlyMap<string, string>, ...places: readonly Texts[]): string[] {
  return places.flatMap((texts) =>
    [...texts].flatMap(([where, text]) =>
      [...secrets].filter(([, secret]) => text.includes(secret)).map(([what]) => `${what} in ${where}`),
    ),
  );
}
