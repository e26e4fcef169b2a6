/** Anything thrown by a call to Notion, as the provider-neutral error: https://developers.notion.com/reference/status-codes */
import { describeCause, ProviderError, type ProviderErrorKind, parseRetryAfter } from '../contract/index.ts';
import { type FailureFacts, readFailure } from './failure-facts.ts';

export interface NotionCall {
  /** The token endpoint's 401 is about this app, not about an access token. */
  readonly tokenEndpoint?: boolean;
}

interface Verdict {
  readonly kind: ProviderErrorKind;
  readonly message: string;
  readonly limitOf?: 'grant' | 'account';
}

export function classifyNotionError(error: unknown, call: NotionCall = {}): ProviderError {
  if (error instanceof ProviderError) return error;
  const facts = readFailure(error);
  const verdict = facts.httpStatus === undefined ? judgeNoAnswer(facts) : judgeAnswer(facts, call);
  const retryAfterMs = parseRetryAfter(facts.retryAfter, Date.now());
  return new ProviderError({
    ...verdict,
    ...(facts.httpStatus === undefined ? {} : { httpStatus: facts.httpStatus }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    cause: describeCause(error, { ...facts, words: [facts.code, facts.limitReason] }),
  });
}

/** Notion's words for a limit that no waiting lifts. */
const blocked = 'public_api_request_blocked';
/** The limit of the whole workspace, which all its connections share. */
const workspaceLimit = /space/;

function judgeAnswer(facts: FailureFacts, call: NotionCall): Verdict {
  const status = facts.httpStatus ?? 0;
  if (status === 429) return judgeLimit(facts.limitReason ?? '');
  // 529 is overload; 503 may come after a write was saved, but everything that we send may be sent again.
  if (status >= 500 || status === 408)
    return { kind: 'transient', message: `Notion could not answer just now (HTTP ${status}).` };
  if (status === 409) return { kind: 'transient', message: 'Notion met a conflict and asks to try again.' };
  if (facts.code === 'invalid_grant') {
    return {
      kind: 'auth_revoked',
      message: 'Notion no longer accepts this sign-in: it ended or was revoked.',
    };
  }
  if (status === 401 && call.tokenEndpoint === true)
    return { kind: 'invalid_request', message: "Notion refuses this app's client id or secret." };
  if (status === 401) return { kind: 'token_rejected', message: 'Notion refused the access token.' };
  if (status === 403) {
    return { kind: 'forbidden', message: "The connection's capabilities at Notion do not cover this." };
  }
  if (status === 404) {
    return { kind: 'not_found', message: 'Notion has no such record, or it is not shared with Harmony.' };
  }
  if (status >= 200 && status < 300) return unexpectedShape;
  return { kind: 'invalid_request', message: `Notion refused the request (HTTP ${status}).` };
}

function judgeLimit(reason: string): Verdict {
  if (reason === blocked) {
    return { kind: 'blocked', message: "Notion has blocked this connection's requests." };
  }
  return {
    kind: 'rate_limited',
    message: 'Notion asks for fewer calls for a while.',
    limitOf: workspaceLimit.test(reason) ? 'account' : 'grant',
  };
}

const unexpectedShape: Verdict = {
  kind: 'schema_drift',
  message: 'Notion answered in a form that Harmony does not know.',
};

function judgeNoAnswer({ causes }: FailureFacts): Verdict {
  const says = (...words: string[]) => causes.some((cause) => words.includes(cause));
  if (says('RequestTimeoutError', 'HeadersTimeoutError', 'BodyTimeoutError', 'ConnectTimeoutError')) {
    return { kind: 'transient', message: 'Notion did not answer in time.' };
  }
  if (says('AbortError')) return { kind: 'transient', message: 'The call to Notion was cancelled.' };
  // A broken connection throws a TypeError, and JSON.parse a SyntaxError for a body that was cut off.
  if (says('TypeError', 'SyntaxError'))
    return { kind: 'transient', message: 'The connection to Notion failed.' };
  return unexpectedShape;
}
