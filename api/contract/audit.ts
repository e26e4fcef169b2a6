/** Who did what, as whoever runs a workspace reads it. */
import { z } from 'zod';
import { instant, pageQuery, resourceId } from './shape.ts';

export const auditEntry = z
  .object({
    id: z.string(),
    actor: z.string().meta({ description: '`user:<id>`, `key:<id>` or `system`' }),
    action: z.string().meta({ example: 'integration.delete' }),
    target: z.string().meta({ description: 'The id of what was acted on' }),
    details: z.record(z.string(), z.unknown()),
    at: instant,
  })
  .meta({ id: 'AuditEntry' });

export const listAuditQuery = z.strictObject({
  ...pageQuery,
  target: resourceId.optional(),
});
