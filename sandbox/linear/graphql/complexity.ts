/** What a query costs: 0.1 per property, 1 per object, a connection's content times its page size, rounded up. */
import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import type { GraphqlRequest } from './request.ts';

const INTROSPECTION = 1;

/** @param defaultPageSize what a connection counts without `first` or `last` (documented: 50). */
export function complexityOf(request: GraphqlRequest, defaultPageSize: number): number {
  if (request.rootField.startsWith('__')) return INTROSPECTION;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of request.document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);

  const ofSet = (set: SelectionSetNode): number => {
    let sum = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) sum += ofField(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) sum += ofSet(selection.selectionSet);
      else {
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) sum += ofSet(fragment.selectionSet);
      }
    }
    return sum;
  };
  const ofField = (field: FieldNode): number => {
    const set = field.selectionSet;
    if (set === undefined) return 0.1;
    return isConnection(set, fragments) ? ofConnection(field, set) : 1 + ofSet(set);
  };
  const ofConnection = (field: FieldNode, set: SelectionSetNode): number => {
    const size = argument(field, 'first', request) ?? argument(field, 'last', request) ?? defaultPageSize;
    let sum = 0;
    for (const child of fieldsOf(set, fragments))
      sum += ofField(child) * (['nodes', 'edges'].includes(child.name.value) ? size : 1);
    return sum;
  };
  return Math.ceil(ofSet(request.operation.selectionSet) - 1e-9);
}

function isConnection(set: SelectionSetNode, fragments: Map<string, FragmentDefinitionNode>): boolean {
  return fieldsOf(set, fragments).some((field) => ['nodes', 'edges', 'pageInfo'].includes(field.name.value));
}

function fieldsOf(set: SelectionSetNode, fragments: Map<string, FragmentDefinitionNode>): FieldNode[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    return inner === undefined ? [] : fieldsOf(inner.selectionSet, fragments);
  });
}

function argument(field: FieldNode, name: string, request: GraphqlRequest): number | undefined {
  const value = field.arguments?.find((one) => one.name.value === name)?.value;
  if (value?.kind === Kind.INT) return Number(value.value);
  if (value?.kind !== Kind.VARIABLE) return undefined;
  const given = request.variables[value.name.value];
  return typeof given === 'number' ? given : undefined;
}
