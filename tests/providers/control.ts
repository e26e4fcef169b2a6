/** The stand-in's control surface, as the worlds of the contract suite use it. */
export interface Control {
  get<T>(path: string): Promise<T>;
  send<T = unknown>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T>;
}

/** `path` is what comes after `/_control`. Throws with the answer's text where it is refused. */
export function openControl(sandboxUrl: string): Control {
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${sandboxUrl}/_control${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return { get: (path) => call('GET', path), send: (method, path, body) => call(method, path, body) };
}
