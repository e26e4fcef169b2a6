/** RFC 9457 problem answers: the body of every error, as application/problem+json. */
import { z } from 'zod';

export const problemCodes = [
  'account_in_use',
  'api_key_refused',
  'api_key_required',
  'assignee_unmapped',
  'auth_kind_unsupported',
  'changes_expired',
  'conflict',
  'cross_site_request',
  'headers_too_large',
  'idempotency_in_progress',
  'idempotency_key_reused',
  'integration_deleting',
  'internal_error',
  'invalid_cursor',
  'invalid_request',
  'link_invalid',
  'malformed_json',
  'mapping_invalid',
  'method_not_allowed',
  'missing_scope',
  'not_acceptable',
  'not_connected',
  'not_found',
  'not_supported',
  'payload_too_large',
  'plan_stale',
  'precondition_failed',
  'push_refused',
  'rate_limited',
  'reauth_required',
  'too_many_streams',
  'unauthorized',
  'unsupported_media_type',
  'upstream_unavailable',
  'user_required',
  'workspace_key_required',
  'write_refused',
] as const;
export type ProblemCode = (typeof problemCodes)[number];

export const problem = z
  .object({
    type: z
      .string()
      .meta({ description: 'Stable: urn:harmony:problem:<code>', example: 'urn:harmony:problem:not_found' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: z.enum(problemCodes),
    errors: z
      .array(z.object({ path: z.string().meta({ example: 'intervalSeconds' }), message: z.string() }))
      .optional()
      .meta({ description: 'One entry per field that is wrong' }),
    remedy: z.string().optional().meta({ description: 'What to do next' }),
    requestId: z.string().optional().meta({ description: 'Names this request in the server log' }),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problem>;
