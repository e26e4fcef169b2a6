import type { z } from 'zod';
import type { Answer } from '../core/provider.ts';

/** A refusal by the control surface; answered as problem JSON. */
export class ControlError extends Error {
  readonly status: number;
  readonly errors: { path: string; message: string }[];

  constructor(status: number, detail: string, errors: { path: string; message: string }[] = []) {
    super(detail);
    this.name = 'ControlError';
    this.status = status;
    this.errors = errors;
  }
}

/** The body as the schema has it. Throws ControlError 400 that names each wrong field. */
export function parseControl<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  throw controlErrorFrom(parsed.error);
}

/** The body as it is, where it has only known members. Throws ControlError 400 that names the first other one. */
export function withoutUnknown(body: unknown, known: readonly string[]): unknown {
  for (const name of Object.keys((body ?? {}) as object))
    if (!known.includes(name))
      throw new ControlError(400, `${name}: is unknown`, [{ path: name, message: 'is unknown' }]);
  return body;
}

export function controlErrorFrom(error: z.ZodError): ControlError {
  const errors = error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  return new ControlError(
    400,
    errors.map((one) => `${one.path || 'body'}: ${one.message}`).join('; '),
    errors,
  );
}

export function answerControlError(error: ControlError): Answer {
  const titles: Record<number, string> = { 400: 'Bad request', 404: 'Not found', 409: 'Conflict' };
  return {
    status: error.status,
    headers: { 'Content-Type': 'application/problem+json' },
    body: {
      type: 'about:blank',
      title: titles[error.status] ?? 'Refused',
      status: error.status,
      detail: error.message,
      errors: error.errors,
    },
  };
}
