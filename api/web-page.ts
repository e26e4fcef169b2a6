/** The built settings page: files with a content hash for a year, the page itself checked each time. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Express } from 'express';

const yearMs = 365 * 24 * 60 * 60 * 1000;
/** What the API answers itself, also when a browser asks for it with Accept: text/html. */
const apiPrefixes = [
  '/v1/',
  '/oauth/',
  '/webhooks/',
  '/docs',
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
];

/** `folder`: what `vite build` wrote. A folder that is not there yet is looked for again at each request. */
export function mountWebPage(app: Express, folder: string): void {
  app.use(
    '/assets',
    express.static(join(folder, 'assets'), {
      immutable: true,
      maxAge: yearMs,
      index: false,
      fallthrough: true,
    }),
  );
  app.use(express.static(folder, { index: false, maxAge: 0 }));
  app.get(/.*/, (req, res, next) => {
    const page = join(folder, 'index.html');
    const isApi = apiPrefixes.some((prefix) => `${req.path}/`.startsWith(prefix));
    if (isApi || req.path.startsWith('/assets/') || !req.accepts('html') || !existsSync(page)) return next();
    res.locals.route = '/';
    res.setHeader('Cache-Control', 'no-cache');
    res.sendFile(page);
  });
}
