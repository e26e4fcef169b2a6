/** The Express app: security headers, logging, metrics and limits around the routes of routes/index.ts. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import type { Route } from './define-route.ts';
import type { ApiDeps } from './deps.ts';
import { mountDocs } from './docs-page.ts';
import { answerProblem, answerUnknownRoute, refuseMethod } from './middleware/answer-problem.ts';
import { byAddress, byCaller, limitRate } from './middleware/limit-rate.ts';
import { shedLoad } from './middleware/shed-load.ts';
import { traceRequests } from './middleware/trace-requests.ts';
import { mountRoute, toExpressPath } from './mount-route.ts';
import { buildDocument } from './openapi.ts';
import { mountWebPage } from './web-page.ts';

const builtPage = fileURLToPath(new URL('../web/dist', import.meta.url));
/** Many callers may share one address; past this it is one of them, or somebody who guesses keys. */
const addressFactor = 4;

export function createApp(deps: ApiDeps, routes: readonly Route[]): Express {
  const app = express();
  const { config, settings } = deps;
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('trust proxy', settings.trustedProxies);
  app.set('query parser', 'simple');

  app.use(deps.metrics.observeRequests);
  if (deps.isTraced) app.use(traceRequests);
  app.use(logRequests(deps));
  const alone = securityHeaders(config.publicUrl, []);
  const framed = securityHeaders(config.publicUrl, settings.embedOrigins);
  app.use((req, res, next) => (isEmbedPage(req.path) ? framed : alone)(req, res, next));
  app.use('/webhooks', limitRate(settings.webhooksPerMinute, byAddress));
  app.use(
    ['/v1', '/oauth'],
    limitRate(settings.requestsPerMinute * addressFactor, byAddress),
    limitRate(settings.requestsPerMinute, byCaller),
  );

  app.use(
    ['/v1', '/oauth'],
    shedLoad(
      { atOnce: settings.requestsAtOnce, waiting: settings.requestsAtOnce, patienceMs: 1_000 },
      (req) => req.path.endsWith('/events'),
    ),
  );
  app.use('/v1', (_req, res, next) => {
    res.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.locals.openApi = buildDocument(routes);
  for (const route of routes) mountRoute(app, deps, route);
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map((route) => route.method);
    app.all(toExpressPath(path), refuseMethod(methods.includes('get') ? [...methods, 'head'] : methods));
  }
  // Operators look for these beside the other routes, too.
  app.get(/^\/v1(\/(?:healthz|readyz|metrics|openapi\.json|docs))$/, (req, res) =>
    res.redirect(308, req.path.replace(/^\/v1/, '')),
  );
  mountDocs(app);
  mountWebPage(app, builtPage);
  app.use(answerUnknownRoute);
  app.use(answerProblem(deps.logger));
  return app;
}

const isEmbedPage = (path: string): boolean => path === '/embed' || path.startsWith('/embed/');

/** `framedBy`: the sites that may show the page in a frame. */
function securityHeaders(publicUrl: string, framedBy: readonly string[]) {
  const isHttps = publicUrl.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: framedBy.length === 0 ? ["'none'"] : [...framedBy],
      },
    },
    // The page opens the sign-in in a window of its own and hears from it.
    crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' },
    strictTransportSecurity: isHttps ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'same-origin' },
    // It knows no list of sites; frame-ancestors above says the same and more.
    xFrameOptions: framedBy.length === 0 ? { action: 'deny' } : false,
  });
}

/** One line per request, without query strings: an OAuth callback has its code there, and the hop its token in the path. */
function logRequests({ logger }: ApiDeps) {
  return pinoHttp({
    logger,
    genReqId: (_req, res) => {
      const id = randomUUID();
      res.setHeader('X-Request-Id', id);
      return id;
    },
    customLogLevel: (_req, res, error) => {
      if (error !== undefined || res.statusCode >= 500) return 'error';
      return res.statusCode >= 400 ? 'info' : 'debug';
    },
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        path: redactPath(url),
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
      err: (error: Error) => ({ type: error.name, message: error.message }),
    },
  });
}

export function redactPath(url: string): string {
  return (url.split('?')[0] ?? '').replace(/^(\/oauth\/start\/).+$/, '$1[redacted]');
}
