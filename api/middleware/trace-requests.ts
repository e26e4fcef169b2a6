/** A span for each request, under the caller's own where it sends `traceparent`. */
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { RequestHandler } from 'express';

/** It names the route, never the path: that holds ids, and the hop of a sign-in its token. */
export const traceRequests: RequestHandler = (req, res, next) => {
  const caller = propagation.extract(context.active(), req.headers);
  const span = trace
    .getTracer('harmony-api')
    .startSpan(
      req.method,
      { kind: SpanKind.SERVER, attributes: { 'http.request.method': req.method } },
      caller,
    );
  res.once('close', () => {
    const route: unknown = res.locals.route;
    if (typeof route === 'string')
      span.updateName(`${req.method} ${route}`).setAttribute('http.route', route);
    span.setAttribute('http.response.status_code', res.statusCode);
    if (res.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
  context.with(trace.setSpan(caller, span), next);
};
