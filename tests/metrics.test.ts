/** What operators are shown: figures without tenants, alerts and panels that ask for figures there are, a page per alert. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  activityMetrics,
  noteLimitMet,
  noteReconciled,
  noteRunFinished,
  noteTokenRefresh,
} from '../activities/metrics.ts';
import { ProviderError } from '../providers/contract/index.ts';
import { serveMetrics } from '../worker/metrics-server.ts';
import { seedIntegration } from './api/rows.ts';
import { type ApiWorld, openApiWorld } from './api/world.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
}

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const rules: readonly Rule[] = parse(read('ops/alerts.yml')).groups.flatMap(
  (group: { rules: Rule[] }) => group.rules,
);
const panels: readonly { title: string; targets: readonly { expr: string }[] }[] = JSON.parse(
  read('ops/grafana-dashboard.json'),
).panels;

let world: ApiWorld;

beforeAll(async () => {
  world = await openApiWorld({ parts: 'api' });
});
afterAll(() => world.close());

it('tells how far behind the integrations are, by provider and never by tenant', async () => {
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
  const mine = await seedIntegration(world.database.db, world.ada, {
    ...{ intervalSeconds: 100, lastSucceededAt: ago(1000), nextSyncAt: ago(900), dirty: true },
  });
  await seedIntegration(world.database.db, world.eve, { intervalSeconds: 100, lastSucceededAt: ago(100) });
  await world.database
    .sql`insert into webhook_inbox values ('google-calendar', 'd1', ${mine.id}, now() - interval '60 seconds')`;
  const { text, status } = await world.stranger.get('/metrics');
  expect(status).toBe(200);
  const value = (series: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')
        .at(-1),
    );
  const of = '{provider="google-calendar"}';
  expect(value(`harmony_staleness_ratio_max${of}`)).toBeCloseTo(10, 0);
  expect(value(`harmony_stale_integrations${of}`)).toBe(1);
  expect(value(`harmony_schedule_lag_seconds${of}`)).toBeGreaterThanOrEqual(900);
  expect(value(`harmony_webhook_lag_seconds${of}`)).toBeGreaterThanOrEqual(60);
  expect(value('harmony_integrations{provider="google-calendar",phase="active"}')).toBe(2);
  expect(value('harmony_figures_up')).toBe(1);
  for (const id of [world.ada.workspaceId, world.ada.userId, mine.id]) expect(text).not.toContain(id);
});

it('counts every request of an activity to its provider, by whatever client, and nothing else', async () => {
  const { logger } = world.deps;
  const server = serveMetrics({ host: '127.0.0.1', port: 0, sdkAddress: '127.0.0.1:9', logger });
  await once(server, 'listening');
  const provider = createServer((req, res) => {
    if (req.url === '/broken') req.socket.destroy();
    else res.writeHead(req.url === '/limit' ? 429 : 200).end('ok');
  });
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const { port } = provider.address() as AddressInfo;
  const viaHttp = () =>
    new Promise<void>((resolve, reject) => {
      get(`http://127.0.0.1:${port}/`, (res) => res.resume().once('end', resolve)).once('error', reject);
    });
  const activity = new MockActivityEnvironment({ taskQueue: 'harmony-provider-linear' });
  await activity.run(async () => {
    await (await fetch(`http://127.0.0.1:${port}/limit`)).text();
    await viaHttp();
    await expect(fetch(`http://127.0.0.1:${port}/broken`)).rejects.toThrow();
  });
  await (await fetch(`http://127.0.0.1:${port}/`)).text();
  const { port: metricsPort } = server.address() as AddressInfo;
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  for (const status of ['200', '429', 'error']) {
    expect(text).toContain(
      `harmony_provider_request_duration_seconds_count{provider="linear",status="${status}"} 1`,
    );
  }
  expect(text.match(/^harmony_provider_request_duration_seconds_count/gm)).toHaveLength(3);
  server.close();
  provider.close();
});

it('asks in alerts and panels for nothing that neither process tells', async () => {
  const failure = new ProviderError({ kind: 'rate_limited', message: '', retryAfterMs: 1000 });
  noteRunFinished('linear', 'failed', 'internal');
  noteLimitMet('linear', 'refused', failure);
  noteTokenRefresh('linear', 'ok');
  noteReconciled();
  await seedIntegration(world.database.db, world.ada);
  const told = `${(await world.stranger.get('/metrics')).text}${await activityMetrics.metrics()}`;
  const known = new Set([...told.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name as string));
  const asked = [
    ...rules.map(({ expr }) => expr),
    ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ]
    .flatMap((expr) => expr.match(/\b(harmony|http|nodejs|process)_\w+/g) ?? [])
    .map((name) => name.replace(/_(count|bucket|sum)$/, ''));
  expect(asked.length).toBeGreaterThan(25);
  for (const name of asked) expect([...known], name).toContain(name);
});

it('has a page for each alert, and no page without one', () => {
  const pages = readdirSync(new URL('../docs/operating/runbooks', import.meta.url));
  expect(pages.sort()).toEqual(rules.map(({ alert }) => `${alert}.md`).sort());
  for (const { alert, expr, annotations } of rules) {
    const page = read(annotations.runbook);
    expect(page).toContain(`# ${alert}`);
    expect(page, 'the page shows the rule as it is').toContain(expr);
    expect(page).toMatch(/\*\*Look\*\*[\s\S]+\*\*Do\*\*/);
  }
});

it.skipIf(!existsSync('/usr/bin/promtool'))('has rules that Prometheus itself takes', () => {
  const file = new URL('../ops/alerts.yml', import.meta.url).pathname;
  expect(execFileSync('/usr/bin/promtool', ['check', 'rules', file], { encoding: 'utf8' })).toContain(
    'SUCCESS',
  );
});
