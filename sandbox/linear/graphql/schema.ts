/** The two schemas: what introspection shows, and the same with the few fields that only the newer SDK asks for. */
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLField,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isObjectType,
  isScalarType,
} from 'graphql';
import type { GraphqlContext, Resolver, Resolvers } from './context.ts';
import { inputError } from './errors.ts';
import { mutations } from './mutations.ts';
import { nodeResolvers } from './node-resolvers.ts';
import { queries } from './queries.ts';

const published = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
const newer = readFileSync(new URL('../newer-fields.graphql', import.meta.url), 'utf8');

export interface LinearSchemas {
  /** A true subset of Linear's schema of 2026-07-22. */
  published: GraphQLSchema;
  /** With the fields of newer-fields.graphql. */
  whole: GraphQLSchema;
}

export function createSchemas(): LinearSchemas {
  return { published: create(published), whole: create(`${published}\n${newer}`) };
}

function create(text: string): GraphQLSchema {
  const schema = buildSchema(text, { assumeValid: true });
  const resolvers: Resolvers = { Query: queries, Mutation: mutations, ...nodeResolvers };
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields()))
      field.resolve = resolvers[type.name]?.[field.name] ?? resolverFor(field);
  }
  const dateTime = schema.getType('DateTime');
  if (isScalarType(dateTime)) dateTime.parseValue = readDateTime;
  return schema;
}

/**
 * Reads the property of that name. A field that may not be null and that this world knows nothing of answers a neutral
 * value: false, 0, "", [] or {}.
 */
function resolverFor(field: GraphQLField<unknown, GraphqlContext>): Resolver {
  const { name } = field;
  const neutral = field.type instanceof GraphQLNonNull ? neutralValue(field.type.ofType) : null;
  return (source: Record<string, unknown>, _args, context) => {
    const value = source[name];
    if (typeof value === 'function') return (value as (context: GraphqlContext) => unknown)(context);
    return value ?? neutral;
  };
}

function neutralValue(type: GraphQLOutputType): unknown {
  if (type instanceof GraphQLList) return [];
  const named = getNamedType(type);
  if (isEnumType(named)) return named.getValues()[0]?.value;
  const values: Record<string, unknown> = { Boolean: false, Int: 0, Float: 0, String: '', JSONObject: {} };
  return values[named.name] ?? null;
}

function readDateTime(value: unknown): string {
  const ms = typeof value === 'string' || typeof value === 'number' ? new Date(value).getTime() : Number.NaN;
  if (Number.isNaN(ms)) throw inputError(`"${String(value)}" is not a date`);
  return new Date(ms).toISOString();
}
