/**
 * Spans of workflows; in the traced bundle only. The interceptors of @temporalio/interceptors-opentelemetry wait in
 * between and draw ids from the workflow's own random numbers, so that switching tracing on would break what runs
 * (docs/decisions/0018). These wait for nothing and draw nothing, and may come and go under running workflows.
 */
import '@temporalio/interceptors-opentelemetry/lib/workflow/runtime.js';
import { type Context, context, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  extractContextFromHeaders,
  headersWithContext,
} from '@temporalio/interceptors-opentelemetry/lib/instrumentation.js';
import { ContextManager } from '@temporalio/interceptors-opentelemetry/lib/workflow/context-manager.js';
import { SpanExporter } from '@temporalio/interceptors-opentelemetry/lib/workflow/span-exporter.js';
import { type WorkflowInterceptors, workflowInfo } from '@temporalio/workflow';

const provider = new BasicTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(new SpanExporter())],
  idGenerator: createIdGenerator(),
});
provider.register({ contextManager: new ContextManager(), propagator: new W3CTraceContextPropagator() });
const tracer = provider.getTracer('harmony-workflows');

/** Each run is a trace by itself where no request began it: a long-lived workflow would make one without end. */
export const interceptors = (): WorkflowInterceptors => ({
  inbound: [
    {
      execute: (input, next) =>
        spanned(`RunWorkflow:${workflowInfo().workflowType}`, parentOf(input.headers), () => next(input)),
      handleUpdate: (input, next) =>
        spanned(`HandleUpdate:${input.name}`, parentOf(input.headers), () => next(input)),
    },
  ],
  outbound: [
    {
      scheduleActivity: (input, next) =>
        spanned(`StartActivity:${input.activityType}`, context.active(), () =>
          next({ ...input, headers: headersWithContext(input.headers) }),
        ),
      startChildWorkflowExecution: (input, next) =>
        spanned(`StartChildWorkflow:${input.workflowType}`, context.active(), () =>
          next({ ...input, headers: headersWithContext(input.headers) }),
        ),
    },
  ],
});

const parentOf = (headers: Parameters<typeof extractContextFromHeaders>[0]): Context =>
  extractContextFromHeaders(headers) ?? ROOT_CONTEXT;

/** The span ends beside the result, which comes no later for it. */
function spanned<Result>(name: string, parent: Context, run: () => Promise<Result>): Promise<Result> {
  const span = tracer.startSpan(name, {}, parent);
  const result = context.with(trace.setSpan(parent, span), run);
  result.then(
    () => span.end(),
    (error: unknown) => {
      const name = error instanceof Error ? error.name : 'error';
      if (name !== 'ContinueAsNew') span.setStatus({ code: SpanStatusCode.ERROR, message: name });
      span.end();
    },
  );
  return result;
}

/** Trace ids are the run's own id; span ids count on from it, mixed (splitmix64), the same in each replay. */
function createIdGenerator() {
  const mask = (1n << 64n) - 1n;
  let state: bigint | undefined;
  return {
    generateTraceId: () => workflowInfo().runId.replaceAll('-', ''),
    generateSpanId: () => {
      state ??= BigInt(`0x${workflowInfo().runId.replaceAll('-', '').slice(16)}`);
      state = (state + 0x9e3779b97f4a7c15n) & mask;
      let mixed = ((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
      mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & mask;
      return (mixed ^ (mixed >> 31n)).toString(16).padStart(16, '0');
    },
  };
}
