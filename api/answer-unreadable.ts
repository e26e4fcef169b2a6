/** Requests that Node can't read never reach Express; they are answered as problems all the same. */
import type { Duplex } from 'node:stream';
import { ProblemError } from './problem.ts';

export function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new ProblemError('headers_too_large', {
          detail: 'The address and the headers together are longer than 16 KiB.',
          remedy: 'Pass long values in the body, or shorter ones.',
        })
      : new ProblemError('invalid_request', { detail: 'The request can not be read.' });
  const body = JSON.stringify(problem.toBody());
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.status === 431 ? 'Request Header Fields Too Large' : 'Bad Request'}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
