/** Sends an answer, and the three ways in which a connection can die instead. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './provider.ts';

const MAX_BODY_BYTES = 64 * 1024 * 1024;

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) throw new Error(`a request body is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk as Buffer);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

/** @param cut sends half of the body, then drops the connection. */
export function sendAnswer(response: ServerResponse, answer: Answer, cut: boolean): void {
  const body = serialise(answer.body);
  const headers: Record<string, string | number> = { 'Content-Type': 'application/json; charset=UTF-8' };
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (name.toLowerCase() === 'content-type') headers['Content-Type'] = value;
    else headers[name] = value;
  }
  if (body === undefined) delete headers['Content-Type'];
  if (answer.status !== 204) headers['Content-Length'] = body === undefined ? 0 : body.length;
  response.writeHead(answer.status, headers);
  if (!cut || body === undefined) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
}

function serialise(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}
