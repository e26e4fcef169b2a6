/** The HTTP server around the app: how long it keeps connections, and what it says to requests that can't be read. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { answerUnreadable } from './answer-unreadable.ts';

/**
 * An idle connection is kept longer than clients and load balancers keep theirs. With Node's 5 s a process that was busy for
 * a moment closed those on which a request had just come, and its caller got no answer.
 */
const keepAliveMs = 75_000;

/**
 * Connections that wait to be taken up while the process is busy, as far as the kernel lets it (net.core.somaxconn). One that
 * finds no place is tried again by its caller's kernel after 1, 3, 7, 15 … s, and seems to get no answer.
 */
export const listenBacklog = 4096;

export const createHttpServer = (listener?: RequestListener): Server =>
  createServer({ keepAliveTimeout: keepAliveMs }, listener).on('clientError', answerUnreadable);
