/** A plain HTTP client: what a test sees is what a program outside sees. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape; the contract test checks the shapes
  readonly body: any;
  readonly text: string;
}

export type Call = (
  path: string,
  options?: { body?: unknown; headers?: Readonly<Record<string, string>> },
) => Promise<Answer>;

export interface Client {
  readonly get: Call;
  readonly post: Call;
  readonly put: Call;
  readonly patch: Call;
  readonly delete: Call;
  /** Any method; a string body is sent as it is. */
  readonly send: (method: string, ...rest: Parameters<Call>) => Promise<Answer>;
}

export function createClient(url: string, defaults: Readonly<Record<string, string>>): Client {
  const send: Client['send'] = async (method, path, options = {}) => {
    const { body } = options;
    const response = await fetch(new URL(path, url), {
      method,
      redirect: 'manual',
      headers: {
        ...defaults,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /\/([\w.]+\+)?json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : undefined,
    };
  };
  return {
    send,
    get: (...args) => send('GET', ...args),
    post: (...args) => send('POST', ...args),
    put: (...args) => send('PUT', ...args),
    patch: (...args) => send('PATCH', ...args),
    delete: (...args) => send('DELETE', ...args),
  };
}

/** What a browser keeps: cookies by name. */
export function readCookies(answer: Answer): Record<string, string> {
  return Object.fromEntries(
    answer.headers.getSetCookie().map((line) => {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
