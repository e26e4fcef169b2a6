import { existsSync, readFileSync } from 'node:fs';
import * as sdk from '@linear/sdk';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { expect, test } from 'vitest';
import { createSchemas } from './graphql/schema.ts';

const contractUrl = new URL('../../../shared/contracts/linear.schema.graphql', import.meta.url);

/** Every type, field, argument, input field and enum value of `part` that `whole` has not, or has with another type. */
function differencesFrom(whole: GraphQLSchema, part: GraphQLSchema): string[] {
  const found: string[] = [];
  for (const type of Object.values(part.getTypeMap())) {
    const known = whole.getType(type.name);
    if (known === undefined || known.constructor !== type.constructor) {
      found.push(type.name);
      continue;
    }
    if (isEnumType(type) && isEnumType(known)) {
      for (const value of type.getValues())
        if (known.getValue(value.name) === undefined) found.push(`${type.name}.${value.name}`);
      continue;
    }
    if (!(isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))) continue;
    const knownFields = (known as typeof type).getFields();
    for (const field of Object.values(type.getFields())) {
      const knownField = knownFields[field.name];
      const path = `${type.name}.${field.name}`;
      if (knownField === undefined || String(knownField.type) !== String(field.type)) {
        found.push(path);
        continue;
      }
      if (!('args' in field && 'args' in knownField)) continue;
      for (const argument of field.args) {
        const same = knownField.args.find((one: GraphQLArgument) => one.name === argument.name);
        if (same === undefined || String(same.type) !== String(argument.type))
          found.push(`${path}(${argument.name})`);
      }
      for (const argument of knownField.args)
        if (
          String(argument.type).endsWith('!') &&
          !field.args.some((one: GraphQLArgument) => one.name === argument.name)
        )
          found.push(`${path} lacks ${argument.name}`);
    }
    if (!isInputObjectType(type)) continue;
    for (const field of Object.values((known as typeof type).getFields()))
      if (
        String(field.type).endsWith('!') &&
        field.defaultValue === undefined &&
        !type.getFields()[field.name]
      )
        found.push(`${type.name} lacks ${field.name}`);
  }
  return found;
}

test.skipIf(!existsSync(contractUrl))(
  'what introspection shows is a true subset of the published schema (skipped where the contracts folder is missing)',
  () => {
    const whole = buildSchema(readFileSync(contractUrl, 'utf8'), { assumeValidSDL: true });
    expect(differencesFrom(whole, createSchemas().published)).toEqual([]);
  },
);

test('the fields beyond it are few, and the installed SDK has each of them', () => {
  const { published, whole } = createSchemas();
  const beyond = differencesFrom(published, whole);
  expect(beyond.sort()).toEqual([
    'IssueLabel.groupType',
    'Organization.defaultHomeViewTargetId',
    'Organization.suggestedBranchNameEnabled',
    'Project.resourceCount',
    'Team.viewerCanJoin',
    'Team.viewerCanLeave',
    'Team.viewerMembership',
  ]);
  const classes = sdk as unknown as Record<string, { toString(): string }>;
  for (const path of beyond) {
    const [type, field] = path.split('.') as [string, string];
    expect(String(classes[type]), path).toContain(`data.${field}`);
  }
});
