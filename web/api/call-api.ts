/** One request to the API; same origin, the session's cookie goes along by itself. */
import { ApiProblem, UnreachableError } from './problem.ts';

export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Left out where undefined. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Given where a person may send the same thing again; else each call has its own. */
  readonly idempotencyKey?: string;
  /** Only this version is changed; another one answers 412. */
  readonly ifVersion?: number;
}

/** Throws ApiProblem for an answer that is not 2xx, UnreachableError where none came. */
export async function callApi<Answer>(path: string, call: ApiCall = {}): Promise<Answer> {
  const { method = 'GET', query = {}, body, signal } = call;
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') headers['Idempotency-Key'] = call.idempotencyKey ?? newIdempotencyKey();
  if (call.ifVersion !== undefined) headers['If-Match'] = `"${call.ifVersion}"`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(`/v1${path}${queryString(query)}`, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new UnreachableError(error);
  }
  if (!response.ok) throw await readProblem(response);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

async function readProblem(response: Response): Promise<Error> {
  const { status } = response;
  try {
    const body = (await response.json()) as Partial<ApiProblem>;
    if (typeof body.title === 'string')
      return new ApiProblem({
        status,
        title: body.title,
        code: body.code ?? 'unknown',
        detail: body.detail ?? '',
        ...(body.remedy === undefined ? {} : { remedy: body.remedy }),
        ...(body.errors === undefined ? {} : { errors: body.errors }),
      });
  } catch {
    // Not JSON: a proxy's own page, most likely. The words below say as much as is known.
  }
  if (status >= 500) return new UnreachableError(`status ${status}`);
  return new ApiProblem({
    status,
    code: 'unknown',
    title: 'Harmony gave an answer that this page does not understand',
    detail: `Status ${status}.`,
  });
}

function queryString(query: NonNullable<ApiCall['query']>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? '' : `?${search}`;
}

/** randomUUID is missing on plain http that is not localhost; random bytes are not. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
