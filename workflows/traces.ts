/** Ties an operation to the trace of the request that asked for it, however much later its turn comes. */
import { type Context, context } from '@opentelemetry/api';

/** Without tracing there is one empty context, and all of this does nothing. */
export function createTraces() {
  const askedIn = new Map<string, Context>();
  return {
    /** What runs now is what asked for this operation. */
    note(operationId: string): void {
      askedIn.set(operationId, context.active());
    },
    /** Runs it as a part of what asked for it. */
    within<Result>(operationId: string, run: () => Result): Result {
      const asked = askedIn.get(operationId);
      askedIn.delete(operationId);
      return asked === undefined ? run() : context.with(asked, run);
    },
  };
}
