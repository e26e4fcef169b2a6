import { z } from 'zod';
import { defineRoute } from '../../define-route.ts';
import { openEventStream } from '../../event-stream.ts';
import { ProblemError } from '../../problem.ts';
import { integrationParams, requireIntegration } from '../../require-integration.ts';

const seq = z.coerce.number().int().min(0);

export const streamEvents = defineRoute({
  method: 'get',
  path: '/v1/integrations/{id}/events',
  summary: 'What happens, as it happens (Server-Sent Events)',
  description:
    'Events snapshot, phase, run, progress, attention and collections; their data is JSON. A client that sends Last-Event-ID gets what it missed; any other one gets a snapshot first. The stream ends when the integration or the session does.',
  tag: 'Integrations',
  auth: 'caller',
  params: integrationParams,
  query: z.strictObject({
    lastEventId: seq
      .optional()
      .meta({ description: 'For clients that can not set the header Last-Event-ID' }),
  }),
  responses: { 200: { description: 'The stream', contentType: 'text/event-stream' } },
  problems: [429],
  handler: async ({ deps, caller, params, query, req, res }) => {
    const { id } = await requireIntegration(deps, caller, params.id);
    const header = req.headers['last-event-id'];
    const resumed = header === undefined ? query.lastEventId : parseSeq(header);
    await openEventStream(deps, { caller, integrationId: id, resumeAfter: resumed, req, res });
    return undefined;
  },
});

function parseSeq(header: string | string[]): number {
  const parsed = seq.safeParse(header);
  if (parsed.success) return parsed.data;
  throw new ProblemError('invalid_request', {
    detail: 'Last-Event-ID is not the id of one of our events.',
    errors: [{ path: 'Last-Event-ID', message: 'not an event id' }],
  });
}
