/** The OAuth endpoints: token, introspect, revoke. Client by HTTP Basic, JSON in and out, no expires_in. */
import { randomUUID } from 'node:crypto';
import type { Call } from '../../core/call.ts';
import { clientCredentials, isVerified } from '../../core/grants.ts';
import type { Answer, Route } from '../../core/provider.ts';
import type { SandboxCore } from '../../core/sandbox-core.ts';
import type { Connection, Connections } from '../connections.ts';
import { answerNotionError, NotionError, oauthRefusal } from '../errors.ts';
import { renderPerson } from '../render/render-containers.ts';
import { readVersion } from '../session.ts';
import type { NotionSettings } from '../settings.ts';
import { findUser, findWorkspace } from '../workspaces.ts';

interface OAuthParts {
  core: SandboxCore<NotionSettings>;
  connections: Connections;
}

type Fields = Record<string, unknown>;

export function oauthRoutes(parts: OAuthParts): Route[] {
  const post = (path: string, write: boolean, answer: (fields: Fields) => Answer): Route => ({
    method: 'POST',
    path,
    write,
    handle: (call) => {
      try {
        const settings = parts.core.settings();
        if (settings.tokenNeedsVersion) readVersion(call);
        const { clientId, clientSecret } = clientCredentials(
          call.headers.authorization,
          new URLSearchParams(),
        );
        if (clientId !== settings.clientId || clientSecret !== settings.clientSecret)
          return oauthRefusal(401, 'unauthorized', 'Client authentication failed.', 'invalid_client');
        return answer(readFields(call, settings));
      } catch (error) {
        if (error instanceof NotionError) return answerNotionError(error);
        throw error;
      }
    },
  });
  return [
    post('/v1/oauth/token', true, (fields) => answerToken(parts, fields)),
    post('/v1/oauth/introspect', false, ({ token }) => {
      const issuedAtMs = parts.connections.issuedAt(String(token ?? ''));
      const scope = parts.core.settings().capabilities.join(' ');
      return issuedAtMs === undefined
        ? ok({ active: false })
        : ok({ active: true, scope, iat: Math.floor(issuedAtMs / 1000) });
    }),
    post('/v1/oauth/revoke', true, ({ token }) => {
      if (typeof token !== 'string')
        return oauthRefusal(400, 'validation_error', 'body.token should be defined.');
      parts.connections.revokeToken(token, parts.core.settings().clientId);
      return ok({});
    }),
  ];
}

/** Tokens and codes in a request to these endpoints, to say whose call it is. */
export function tokensInBody(call: Call): string[] {
  try {
    const fields = isForm(call) ? Object.fromEntries(call.form()) : (call.json() as Fields);
    return [fields?.refresh_token, fields?.code, fields?.token].filter((one) => typeof one === 'string');
  } catch {
    return [];
  }
}

function readFields(call: Call, settings: NotionSettings): Fields {
  if (isForm(call) && settings.tokenAcceptsForm) return Object.fromEntries(call.form());
  try {
    const body = call.json() ?? {};
    if (typeof body === 'object') return body as Fields;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new NotionError(400, 'invalid_json', 'Error parsing JSON body.');
}

function isForm(call: Call): boolean {
  return call.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

function answerToken(parts: OAuthParts, fields: Fields): Answer {
  const { grant_type: grantType } = fields;
  if (grantType === 'authorization_code') return exchangeCode(parts, fields);
  if (grantType === 'refresh_token') return refresh(parts, fields);
  return oauthRefusal(
    400,
    'validation_error',
    `body failed validation: body.grant_type should be \`"authorization_code"\` or \`"refresh_token"\`, instead was \`${JSON.stringify(grantType)}\`.`,
    'unsupported_grant_type',
  );
}

function exchangeCode({ core, connections }: OAuthParts, fields: Fields): Answer {
  const value = String(fields.code ?? '');
  const code = connections.grants.codes.get(value);
  const invalid = (message: string) => oauthRefusal(400, 'invalid_grant', message);
  if (code === undefined) return invalid('Invalid code.');
  if (code.used || code.expiresAt <= core.clock.now())
    return invalid('Invalid code: this code has been revoked.');
  if (code.redirectUri !== fields.redirect_uri)
    return invalid('Invalid redirect_uri: it does not match the one of the authorization request.');
  const verifier = typeof fields.code_verifier === 'string' ? fields.code_verifier : null;
  if (core.settings().pkce !== 'ignored' && !isVerified(code.challenge, verifier))
    return invalid('Invalid code_verifier.');
  connections.grants.codes.set(value, { ...code, used: true });
  const connection = connections.ofGrant(code.grantId);
  if (connection === undefined) return invalid('Invalid code: this code has been revoked.');
  return ok(describePair(connection, connections.issuePair(connection.grantId)));
}

function refresh({ core, connections }: OAuthParts, fields: Fields): Answer {
  const rotated = connections.rotate(String(fields.refresh_token ?? ''), core.settings().clientId);
  return rotated === undefined
    ? oauthRefusal(400, 'invalid_grant', 'Invalid refresh token.')
    : ok(describePair(rotated.connection, rotated));
}

function describePair(
  connection: Connection,
  pair: { accessToken: string; refreshToken: string | null },
): object {
  const workspace = findWorkspace(connection.workspace);
  const owner = workspace && findUser(workspace, connection.userId);
  return {
    access_token: pair.accessToken,
    token_type: 'bearer',
    refresh_token: pair.refreshToken,
    bot_id: connection.botId,
    workspace_name: workspace?.title ?? null,
    workspace_icon: workspace?.icon ?? null,
    workspace_id: workspace?.id,
    owner: { type: 'user', user: owner && renderPerson(owner, true) },
    duplicated_template_id: null,
  };
}

function ok(body: object): Answer {
  const requestId = randomUUID();
  return {
    status: 200,
    headers: { 'x-notion-request-id': requestId, 'Cache-Control': 'no-store' },
    body: { ...body, request_id: requestId },
  };
}
