import type { IncomingHttpHeaders } from 'node:http';

/** One request as handlers see it. */
export class Call {
  readonly method: string;
  /** The decoded path, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Scheme and host as the caller wrote them, to build links that it can follow. */
  readonly origin: string;
  params: Record<string, string> = {};
  /** Set by a stale-read fault: reads answer as the world was this long ago. */
  staleMs = 0;
  /** Set by a truncate-list fault; give it to `endOfListing`. */
  truncateKeep: number | undefined;

  constructor(request: {
    method: string;
    url: URL;
    headers: IncomingHttpHeaders;
    body: Buffer;
  }) {
    this.method = request.method;
    this.path = decodePath(request.url.pathname);
    this.query = request.url.searchParams;
    this.headers = request.headers;
    this.body = request.body;
    this.origin = request.url.origin;
  }

  /** The body as JSON; undefined where it is empty; throws SyntaxError where it is not JSON. */
  json(): unknown {
    return this.body.length === 0 ? undefined : JSON.parse(this.body.toString('utf8'));
  }

  /** The body as form fields. */
  form(): URLSearchParams {
    return new URLSearchParams(this.body.toString('utf8'));
  }

  param(name: string): string {
    const value = this.params[name];
    if (value === undefined) throw new Error(`the route has no parameter ${name}`);
    return value;
  }

  /** The token after `Bearer`, or the bare header value; undefined without an Authorization header. */
  bearer(): string | undefined {
    const header = this.headers.authorization;
    return header?.replace(/^Bearer\s+/i, '');
  }
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
