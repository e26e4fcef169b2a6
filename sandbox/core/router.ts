/** Matches method and path to a route. Static text wins over `{name}` because longer patterns are tried first. */

export interface Matched<R> {
  route: R;
  params: Record<string, string>;
}

interface Compiled<R> {
  route: R;
  regex: RegExp;
  names: string[];
}

export class Router<R extends { method: string; path: string }> {
  readonly #byMethod = new Map<string, Compiled<R>[]>();

  constructor(routes: R[]) {
    const sorted = [...routes].sort((a, b) => weight(b.path) - weight(a.path));
    for (const route of sorted) {
      const list = this.#byMethod.get(route.method) ?? [];
      list.push(compile(route));
      this.#byMethod.set(route.method, list);
    }
  }

  /** @param rawPath the path as it was sent: a percent-encoded slash stays inside its segment. */
  match(method: string, rawPath: string): Matched<R> | undefined {
    for (const { route, regex, names } of this.#byMethod.get(method) ?? []) {
      const found = regex.exec(rawPath);
      if (found === null) continue;
      const params: Record<string, string> = {};
      names.forEach((name, i) => {
        params[name] = decodeSegment(found[i + 1] ?? '');
      });
      return { route, params };
    }
    return undefined;
  }
}

function weight(path: string): number {
  return path.replace(/\{\w+\}/g, '').length;
}

function compile<R extends { path: string }>(route: R): Compiled<R> {
  const names: string[] = [];
  const source = route.path
    .split(/(\{\w+\})/)
    .map((part) => {
      if (!part.startsWith('{')) return part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
      names.push(part.slice(1, -1));
      return '([^/:]+)';
    })
    .join('');
  return { route, regex: new RegExp(`^${source}$`), names };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
