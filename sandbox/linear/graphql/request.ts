/** What a GraphQL request asks for, parsed once per request; documents are parsed once per text. */
import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import type { Call } from '../../core/call.ts';
import { RecentCache } from '../../core/paging.ts';

export interface GraphqlRequest {
  query: string;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  /** The first field at the root: `issues`, `issueCreate`. */
  rootField: string;
  variables: Record<string, unknown>;
}

const DOCUMENTS_KEPT = 500;
const documents = new RecentCache<DocumentNode | GraphQLError>(DOCUMENTS_KEPT);
const requests = new WeakMap<Call, GraphqlRequest | GraphQLError>();

/** The request, or what is wrong with it. */
export function readRequest(call: Call): GraphqlRequest | GraphQLError {
  let request = requests.get(call);
  if (request === undefined) {
    request = parseRequest(call);
    requests.set(call, request);
  }
  return request;
}

function parseRequest(call: Call): GraphqlRequest | GraphQLError {
  let body: { query?: unknown; variables?: unknown; operationName?: unknown } | undefined;
  try {
    body = call.json() as typeof body;
  } catch {
    return new GraphQLError('The body is not JSON');
  }
  if (typeof body !== 'object' || body === null || typeof body.query !== 'string')
    return new GraphQLError('Must provide query string.');
  const { query } = body;
  const document = documents.getOrCreate(query, () => parseDocument(query));
  if (document instanceof GraphQLError) return document;
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode =>
      definition.kind === 'OperationDefinition' &&
      (typeof body.operationName !== 'string' || definition.name?.value === body.operationName),
  );
  if (operation === undefined) return new GraphQLError('Unknown operation.');
  const root = operation.selectionSet.selections.find(
    (selection): selection is FieldNode => selection.kind === 'Field',
  );
  return {
    query,
    document,
    operation,
    rootField: root?.name.value ?? operation.operation,
    variables: (body.variables as Record<string, unknown> | null | undefined) ?? {},
  };
}

function parseDocument(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { noLocation: false });
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}
