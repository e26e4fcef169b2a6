/** POST /graphql: who calls, what it costs, then execution. Everything on the way is synchronous. */
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  isNonNullType,
  isObjectType,
  validate,
} from 'graphql';
import type { Call } from '../../core/call.ts';
import { RecentCache } from '../../core/paging.ts';
import type { Answer, Route } from '../../core/provider.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import type { Caller, Callers } from '../oauth/callers.ts';
import type { LinearSettings } from '../settings.ts';
import type { LinearEvents } from '../webhooks/events.ts';
import { complexityOf } from './complexity.ts';
import { errorAnswer, LinearError, unauthenticated } from './errors.ts';
import { type Allowance, limitHeaders, type RateLimits } from './rate-limits.ts';
import { type GraphqlRequest, readRequest } from './request.ts';
import { createSchemas, type LinearSchemas } from './schema.ts';

export interface EndpointParts {
  core: SandboxCore<LinearSettings>;
  callers: Callers;
  events: LinearEvents;
  rateLimits: RateLimits;
}

const VALIDATIONS_KEPT = 500;

export function graphqlRoute(parts: EndpointParts): Route {
  const schemas = createSchemas();
  const validations = new RecentCache<readonly GraphQLError[]>(VALIDATIONS_KEPT);
  const listFields = findListFields(schemas);
  return {
    method: 'POST',
    path: '/graphql',
    handle: (call) => answer(call, { ...parts, schemas, validations }),
    label: (call) => {
      const request = readRequest(call);
      return request instanceof GraphQLError ? '/graphql' : `/graphql/${request.rootField}`;
    },
    write: (call) => {
      const request = readRequest(call);
      return !(request instanceof GraphQLError) && request.operation.operation === 'mutation';
    },
    list: (call) => {
      const request = readRequest(call);
      return !(request instanceof GraphQLError) && listFields.has(request.rootField);
    },
  };
}

function answer(
  call: Call,
  parts: EndpointParts & { schemas: LinearSchemas; validations: RecentCache<readonly GraphQLError[]> },
): Answer {
  const settings = parts.core.settings();
  const request = readRequest(call);
  const cost = request instanceof GraphQLError ? 1 : complexityOf(request, settings.defaultPageSize);
  const caller = parts.callers.identify(call);
  const { key, allowance } = limitsOf(caller, settings);
  const taken = parts.rateLimits.take(key, allowance, cost, settings.limitsEnforced);
  const headers = limitHeaders(taken.limits);
  if (taken.isExceeded) {
    const resetMs = Math.max(...taken.limits.map((limit) => limit.resetMs));
    const seconds = Math.max(1, Math.ceil((resetMs - parts.core.clock.now()) / 1000));
    return {
      ...errorAnswer('ratelimited', {
        message: 'Rate limit exceeded. Only a certain number of requests is allowed per hour.',
        presentable: 'Rate limit exceeded',
      }),
      headers: { ...headers, ...(settings.sendRetryAfter && { 'Retry-After': String(seconds) }) },
    };
  }
  const done =
    caller === undefined
      ? refuseStranger(call, settings)
      : answerCaller(call, request, cost, caller, parts, taken);
  return { ...done, headers: { ...headers, ...done.headers } };
}

function answerCaller(
  call: Call,
  request: GraphqlRequest | GraphQLError,
  cost: number,
  caller: Caller,
  parts: EndpointParts & { schemas: LinearSchemas; validations: RecentCache<readonly GraphQLError[]> },
  taken: ReturnType<RateLimits['take']>,
): Answer {
  const { core, schemas, validations } = parts;
  const settings = core.settings();
  if (request instanceof GraphQLError) return invalid([request]);
  if (cost > settings.maxQueryComplexity)
    return errorAnswer('input', {
      message: 'Query too complex',
      presentable: `The query is too complex. Complexity: ${cost}. Maximum allowed complexity: ${settings.maxQueryComplexity}.`,
      meta: {},
    });
  const schema = request.rootField.startsWith('__') ? schemas.published : schemas.whole;
  const problems = validations.getOrCreate(request.query, () =>
    validate(schema, request.document as DocumentNode),
  );
  if (problems.length > 0) return invalid(problems);
  const result = execute({
    schema,
    document: request.document,
    variableValues: request.variables,
    operationName: request.operation.name?.value ?? null,
    contextValue: {
      core,
      call,
      caller,
      workspace: caller.workspace,
      viewer: caller.viewer,
      events: parts.events,
      listingSeq: core.listingSeq(call),
      readSeq: core.readSeq(call),
      limits: () => taken.limits,
    },
  }) as ExecutionResult;
  return answerResult(result, settings);
}

function answerResult(result: ExecutionResult, settings: LinearSettings): Answer {
  if (result.errors === undefined) return { status: 200, body: result };
  const wrongVariables = result.data === undefined;
  if (wrongVariables) return invalid(result.errors);
  const forbidden = result.errors.some(({ originalError }) => isForbidden(originalError));
  return {
    status: forbidden ? settings.missingScopeStatus : settings.executionErrorStatus,
    body: { errors: result.errors.map(describe), data: result.data },
  };
}

function isForbidden(error: unknown): boolean {
  return error instanceof LinearError && error.kind === 'forbidden';
}

function describe(error: GraphQLError): object {
  if (error.extensions.code !== undefined) return error.toJSON();
  console.error('sandbox: a Linear resolver failed', error.originalError ?? error);
  const { message, extensions } = new LinearError('internal', { message: 'Internal server error' });
  return { message, path: error.path, extensions };
}

function invalid(errors: readonly GraphQLError[]): Answer {
  const kind = (error: GraphQLError) =>
    new LinearError('validation', { message: error.message }).extensions as Record<string, unknown>;
  return {
    status: 400,
    body: { errors: errors.map((error) => ({ ...error.toJSON(), extensions: kind(error) })) },
  };
}

/** A caller without a valid token. Documented for keys: they go bare, never behind `Bearer`. */
function refuseStranger(call: Call, settings: LinearSettings): Answer {
  if (/^Bearer\s+lin_api_/i.test(call.headers.authorization ?? ''))
    return errorAnswer(
      'authentication',
      {
        message:
          "It looks like you're trying to use an API key as a Bearer token. Remove the Bearer prefix from the Authorization header.",
      },
      400,
    );
  return unauthenticated(settings);
}

function limitsOf(
  caller: Caller | undefined,
  settings: LinearSettings,
): { key: string; allowance: Allowance } {
  if (caller === undefined)
    return {
      key: 'anonymous',
      allowance: {
        requests: settings.anonymousRequestsPerHour,
        complexity: settings.anonymousComplexityPerHour,
      },
    };
  const key = `${caller.kind} ${caller.viewer.id} ${caller.kind === 'oauth' ? caller.clientId : ''}`;
  const allowance =
    caller.kind === 'oauth'
      ? { requests: settings.oauthRequestsPerHour, complexity: settings.oauthComplexityPerHour }
      : { requests: settings.apiKeyRequestsPerHour, complexity: settings.apiKeyComplexityPerHour };
  return { key, allowance };
}

/** The root fields that answer a connection: what truncate-list may cut. */
function findListFields({ whole }: LinearSchemas): Set<string> {
  const names = new Set<string>();
  for (const field of Object.values(whole.getQueryType()?.getFields() ?? {})) {
    const type = isNonNullType(field.type) ? field.type.ofType : field.type;
    if (isObjectType(type) && type.name.endsWith('Connection')) names.add(field.name);
  }
  return names;
}
