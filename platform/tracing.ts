/**
 * Traces over OTLP/HTTP: from a request through workflows and activities to the provider. They are on where
 * OTEL_EXPORTER_OTLP_ENDPOINT says to whom they go; otherwise nothing of this is loaded.
 */
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { OpenTelemetryWorkflowExporter } from '@temporalio/interceptors-opentelemetry';
import type { InjectedSink, WorkerOptions } from '@temporalio/worker';
import type { WorkflowInfo } from '@temporalio/workflow';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Tracing {
  /** For the Temporal client of the API. */
  readonly clientInterceptors: WorkflowClientInterceptor[];
  /** For every worker; the workflow bundle has to be the traced one. */
  readonly workerOptions: Pick<WorkerOptions, 'interceptors' | 'sinks'>;
  /** Sends what is still waiting. */
  stop(): Promise<void>;
}

/** The names are OpenTelemetry's own; it reads the rest of them by itself (headers, samplers, resource attributes). */
export const isTracingOn = (env: Environment): boolean =>
  env.OTEL_SDK_DISABLED !== 'true' &&
  Boolean(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT);

/** Undefined where tracing is off. `service`: the name under which spans show, unless OTEL_SERVICE_NAME says another. */
export async function startTracing(service: string, env: Environment): Promise<Tracing | undefined> {
  if (!isTracingOn(env)) return undefined;
  const [{ AsyncLocalStorageContextManager }, { W3CTraceContextPropagator }, { OTLPTraceExporter }, r, s, t] =
    await Promise.all([
      import('@opentelemetry/context-async-hooks'),
      import('@opentelemetry/core'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-trace-base'),
      import('@temporalio/interceptors-opentelemetry'),
    ]);
  const told = r.detectResourcesSync({ detectors: [r.envDetectorSync] });
  const resource = new r.Resource({ 'service.name': service }).merge(told);
  const processor = new s.BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new s.BasicTracerProvider({ resource, spanProcessors: [processor] });
  // Without baggage: whatever a caller puts there would be kept in histories.
  provider.register({
    contextManager: new AsyncLocalStorageContextManager().enable(),
    propagator: new W3CTraceContextPropagator(),
  });
  return {
    clientInterceptors: [new t.OpenTelemetryWorkflowClientInterceptor()],
    workerOptions: {
      interceptors: {
        activity: [(context) => ({ inbound: new t.OpenTelemetryActivityInboundInterceptor(context) })],
      },
      sinks: { exporter: nameWorkflow(t.makeWorkflowExporter(processor, resource)) },
    },
    // An endpoint that is away must not keep a process from ending.
    stop: () => provider.shutdown().catch(() => undefined),
  };
}

type WorkflowExporter = InjectedSink<OpenTelemetryWorkflowExporter>;

/** The package hangs all that Temporal knows of a workflow on each of its spans, results included: only its names stay. */
function nameWorkflow({ export: send }: WorkflowExporter): WorkflowExporter {
  return {
    export: {
      fn: ({ workflowId, runId, workflowType, taskQueue }, spans) =>
        send.fn({ workflowId, runId, workflowType, taskQueue } as WorkflowInfo, spans),
    },
  };
}
