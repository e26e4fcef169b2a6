/** Histories of workflows that ran earlier replay on today's code: whatever runs in production can go on after a deploy. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareWorkflowBundle } from '../worker/workflow-bundle.ts';
import { workflowTypes } from '../workflows/messages.ts';
import { type History, readHistory } from './support/history-file.ts';
import './support/temporal.ts';

const folder = join(import.meta.dirname, 'histories');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const typeOf = (history: History): string =>
  history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? '';

/** Ids of the patches whose newer path it took. */
const patchesOf = (history: History): string[] =>
  (history.events ?? []).flatMap(({ markerRecordedEventAttributes: marker }) =>
    (marker?.details?.['patch-data']?.payloads ?? []).map(
      ({ data }) => (JSON.parse(Buffer.from(data ?? []).toString()) as { id: string }).id,
    ),
  );

let workflowBundle: { codePath: string };
let traced: { codePath: string };
beforeAll(async () => {
  workflowBundle = await prepareWorkflowBundle();
  traced = await prepareWorkflowBundle({ traced: true });
});

/** Where the traced bundle sends its spans. */
const sinks = { exporter: { export: { fn: () => undefined } } };

/** Errors of the replays, by file. */
async function replay(
  histories: { workflowId: string; history: History }[],
  bundle = workflowBundle,
): Promise<Map<string, unknown>> {
  const errors = new Map<string, unknown>();
  for await (const result of Worker.runReplayHistories({ workflowBundle: bundle, sinks }, histories)) {
    if (result.error) errors.set(result.workflowId, result.error);
  }
  return errors;
}

describe('committed histories', () => {
  it('replay without a difference', async () => {
    const histories = files.map((file) => ({ workflowId: file, history: readHistory(read(file)) }));
    expect(Object.fromEntries(await replay(histories))).toEqual({});
  });

  it('replay with tracing on, too: it may be switched on at any time', async () => {
    const histories = files.map((file) => ({ workflowId: file, history: readHistory(read(file)) }));
    expect(Object.fromEntries(await replay(histories, traced))).toEqual({});
  });

  it('cover every workflow that there is', () => {
    const types = new Set(files.map((file) => typeOf(readHistory(read(file)))));
    expect([...types].sort()).toEqual(Object.values(workflowTypes).sort());
  });

  it('cover every path that a patch guards', () => {
    const workflows = join(import.meta.dirname, '../workflows');
    const sources = readdirSync(workflows).map((file) => readFileSync(join(workflows, file), 'utf8'));
    const guards = sources.flatMap((text) =>
      [...text.matchAll(/\bpatched\('([^']+)'\)/g)].map(([, id]) => id),
    );
    expect(guards).not.toEqual([]);
    const taken = files.flatMap((file) => patchesOf(readHistory(read(file))));
    expect(taken).toEqual(expect.arrayContaining(guards));
  });

  it('a change of order would be noticed', async () => {
    const history = readHistory(read('sync-full-more-and-sweep.json'));
    for (const event of history.events ?? []) {
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled?.activityType?.name === 'sweepStream') scheduled.activityType.name = 'syncStream';
    }
    const errors = await replay([{ workflowId: 'changed', history }]);
    expect(String(errors.get('changed'))).toMatch(/nondeterminism|TMPRL1100/i);
  });

  it('name no machine and no person', () => {
    for (const file of files) {
      const text = read(file);
      expect(text, file).not.toMatch(/\d+@[\w.-]+/);
      expect(text, file).not.toMatch(/"(\/home|\/work|\/Users|\/tmp)\//);
    }
  });
});
