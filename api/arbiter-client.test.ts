import { expect, test } from 'vitest';
import { createArbiterClient } from './arbiter-client.ts';

const reason = 'Unable to perform workflow execution update due to Workflow Task in failed state.';

test.each([
  ['an update', { message: `9 FAILED_PRECONDITION: ${reason}`, details: reason }],
  ['an update that may start the workflow', { message: reason, details: '\u0012\u0004bytes' }],
])('a workflow whose task keeps failing counts as away: %s', async (_, { message, details }) => {
  const failure = Object.assign(new Error(message), { code: 9, details, metadata: {} });
  const refuse = () => Promise.reject(failure);
  const arbiter = createArbiterClient({
    connection: { address: '127.0.0.1:9' },
    namespace: 'default',
    interceptors: [{ startUpdateWithStart: refuse }],
  });
  const ref = { integrationId: 'int_1', workspaceId: 'ws_1', provider: 'linear' };
  const request = { kind: 'delete', operationId: 'op_1', records: 'delete' } as const;
  await expect(arbiter.request(ref, request)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  await arbiter.close();
});
