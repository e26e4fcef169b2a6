import { describe, expect, it } from 'vitest';
import type { SyncTrigger } from './messages.ts';
import { place, type QueuedRequest, refusalOf } from './order.ts';

const sync = (operationId: string, mode: 'full' | 'incremental', trigger: SyncTrigger = 'manual') =>
  ({ kind: 'sync', operationId, runId: `run_${operationId}`, mode, trigger }) satisfies QueuedRequest;
const remove = (operationId: string): QueuedRequest => ({ kind: 'delete', operationId, records: 'delete' });
const signIn = (operationId: string): QueuedRequest => ({
  kind: 'reauthenticate',
  operationId,
  runId: `run_${operationId}`,
  attemptId: `oat_${operationId}`,
});

describe('place', () => {
  it('starts at once when nothing runs', () => {
    expect(place(sync('a', 'incremental'), { running: undefined, queue: [] })).toMatchObject({
      disposition: 'started',
      preempt: false,
    });
  });

  it('lets a manual sync join the incremental under way, and leaves that one alone', () => {
    const running = sync('a', 'incremental', 'periodic');
    const placed = place(sync('b', 'incremental'), { running, queue: [] });
    expect(placed).toMatchObject({ disposition: 'joined', operation: running, queue: [], preempt: false });
  });

  it('cancels an incremental for a full sync, and never the other way round', () => {
    expect(place(sync('b', 'full'), { running: sync('a', 'incremental'), queue: [] }).preempt).toBe(true);
    const waits = place(sync('b', 'incremental'), { running: sync('a', 'full'), queue: [] });
    expect(waits).toMatchObject({ disposition: 'queued', preempt: false });
  });

  it('queues a changed subscription behind the sync that began before it', () => {
    const placed = place(sync('b', 'incremental', 'subscription'), {
      running: sync('a', 'incremental'),
      queue: [],
    });
    expect(placed.disposition).toBe('queued');
    const again = place(sync('c', 'incremental', 'subscription'), {
      running: sync('a', 'incremental'),
      queue: placed.queue,
    });
    expect(again).toMatchObject({ disposition: 'joined', operation: { operationId: 'b' } });
  });

  it.each(['plan', 'undo'] as const)('gives a %s a run of its own behind the one under way', (trigger) => {
    const running = sync('a', 'incremental', 'periodic');
    const placed = place(sync('b', 'incremental', trigger), { running, queue: [] });
    expect(placed).toMatchObject({ disposition: 'queued', operation: { operationId: 'b' }, preempt: false });
  });

  it('lets nobody join a run that only carries edits over, since it reads nothing', () => {
    const running = sync('a', 'incremental', 'edit');
    expect(place(sync('b', 'incremental'), { running, queue: [] }).disposition).toBe('queued');
  });

  it('lets nobody join a run that a push began, since it reads only what the push named', () => {
    const running = sync('a', 'incremental', 'push');
    expect(place(sync('b', 'incremental'), { running, queue: [] }).disposition).toBe('queued');
  });

  it('never takes a run that carries edits over for one that reads, nor cancels it', () => {
    const running = sync('e', 'incremental', 'edit');
    expect(place(sync('m', 'incremental'), { running, queue: [] })).toMatchObject({ disposition: 'queued' });
    expect(place(sync('f', 'full'), { running, queue: [] })).toMatchObject({
      disposition: 'queued',
      preempt: false,
    });
  });

  it('keeps the run of a plan or an undo as its own, whatever runs or waits', () => {
    const running = sync('a', 'incremental', 'periodic');
    const waiting = [sync('s', 'incremental', 'subscription')];
    const placed = place(sync('p', 'incremental', 'plan'), { running, queue: waiting });
    expect(placed).toMatchObject({ disposition: 'queued', operation: { operationId: 'p' } });
    expect(placed.queue.map(({ operationId }) => operationId)).toEqual(['s', 'p']);
  });

  it('puts delete before everything, drops what waited, and joins a second delete', () => {
    const queue = [signIn('r'), sync('f', 'full')];
    const placed = place(remove('d'), { running: sync('a', 'full'), queue });
    expect(placed).toMatchObject({ preempt: true, queue: [{ operationId: 'd' }] });
    expect(place(remove('e'), { running: remove('d'), queue: [] }).disposition).toBe('joined');
  });

  it('orders a sign-in before syncs; a later sign-in replaces the one that waits', () => {
    const queue = [sync('f', 'full'), sync('i', 'incremental')];
    const first = place(signIn('r'), { running: signIn('x'), queue });
    expect(first.queue.map((request) => request.operationId)).toEqual(['r', 'f', 'i']);
    const second = place(signIn('s'), { running: signIn('x'), queue: first.queue });
    expect(second.queue.map((request) => request.operationId)).toEqual(['s', 'f', 'i']);
  });

  it('recognises a repeated operation id', () => {
    const running = sync('a', 'full');
    expect(place(sync('a', 'full'), { running, queue: [] })).toMatchObject({
      disposition: 'joined',
      operation: running,
    });
  });
});

describe('refusalOf', () => {
  it('takes nothing but delete once deleting', () => {
    expect(refusalOf(sync('a', 'full'), { phase: 'active', deleting: true })).toBe('IntegrationDeleting');
    expect(refusalOf(remove('d'), { phase: 'deleting', deleting: true })).toBeUndefined();
  });

  it('asks for a sign-in before it syncs', () => {
    expect(refusalOf(sync('a', 'full'), { phase: 'needs_reauth', deleting: false })).toBe('ReauthRequired');
    expect(refusalOf(sync('a', 'full'), { phase: 'connecting', deleting: false })).toBe('NotConnected');
    expect(refusalOf(signIn('r'), { phase: 'needs_reauth', deleting: false })).toBeUndefined();
  });
});
