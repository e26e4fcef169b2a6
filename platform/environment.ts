/** The one way in which settings are read from the environment. */
import type { z } from 'zod';

/** The variables of a process; an empty one counts as not set, as a line without a value in .env does. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Throws one error that names every variable of the schema that is missing or wrong, and where each is explained. */
export function parseEnvironment<Schema extends z.ZodType>(
  schema: Schema,
  env: Environment,
): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(
    `Settings are missing or wrong in the environment (see .env.example):\n  ${problems.join('\n  ')}`,
  );
}
