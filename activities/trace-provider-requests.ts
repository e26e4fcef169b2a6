/** A span for each request to a provider, under the span of the activity that makes it. */
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { observeProviderRequests } from './provider-requests.ts';

/** Call it once a process, and only where tracing is on. */
export function traceProviderRequests(): void {
  const tracer = trace.getTracer('harmony-activities');
  observeProviderRequests(({ provider, method, host }) => {
    const span = tracer.startSpan(`${method} ${provider}`, {
      kind: SpanKind.CLIENT,
      attributes: { 'http.request.method': method, 'server.address': host, 'harmony.provider': provider },
    });
    return (status) => {
      if (status !== undefined) span.setAttribute('http.response.status_code', status);
      if (status === undefined || status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    };
  });
}
