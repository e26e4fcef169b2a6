// Refuses field mappings that cannot work, in words for the person who set them.
import { type FieldKind, isFieldName, kindOf } from './contact-fields.ts';
import type { FieldMapping } from './default-mappings.ts';
import { combineDirections, type Direction } from './direction.ts';
import {
  canonicalSelector,
  type FieldPath,
  formatFieldPath,
  PERSON_LISTS,
  parseFieldPath,
} from './field-path.ts';

export interface MappingIssue {
  /** Position in the checked list. */
  index: number;
  code:
    | 'unknown_field'
    | 'unknown_path'
    | 'kind_mismatch'
    | 'duplicate_field'
    | 'duplicate_target'
    | 'direction_conflict';
  message: string;
}

/** Empty where the mappings hold; `direction` is the integration's combined with the object mapping's. */
export function checkMappings(mappings: readonly FieldMapping[], direction: Direction): MappingIssue[] {
  const issues: MappingIssue[] = [];
  const fields = new Set<string>();
  const targets = new Map<string, string>();
  mappings.forEach((mapping, index) => {
    const add = (code: MappingIssue['code'], message: string) => issues.push({ index, code, message });
    if (!isFieldName(mapping.field)) {
      add('unknown_field', `Harmony contacts have no field "${mapping.field}".`);
      return;
    }
    if (fields.has(mapping.field)) {
      add('duplicate_field', `"${mapping.field}" is mapped twice; a field has one place in Google.`);
    }
    fields.add(mapping.field);
    if (combineDirections(direction, mapping.direction) === 'none') {
      add('direction_conflict', `"${mapping.field}" flows against the integration, so it would never sync.`);
    }
    const path = parseFieldPath(mapping.path);
    if (!path) {
      add('unknown_path', `Google contacts have no field "${mapping.path}" that can be written.`);
      return;
    }
    if (path.selector === '') {
      add('unknown_path', `"${mapping.path}" has a label with nothing in it.`);
      return;
    }
    const target = targetOf(path);
    const holder = targets.get(target);
    if (holder !== undefined) {
      add('duplicate_target', `"${mapping.field}" and "${holder}" are both mapped to "${mapping.path}".`);
    } else targets.set(target, mapping.field);
    const kind = kindOf(mapping.field) ?? path.kind;
    if (!isKindCompatible(kind, path.kind, mapping.direction)) {
      add(
        'kind_mismatch',
        `"${mapping.field}" (${kind}) and "${mapping.path}" (${path.kind}) hold different things.`,
      );
    }
  });
  return issues;
}

/** Labels ignore case, so `[type=Work]` and `[type=work]` are one target. */
function targetOf(path: FieldPath): string {
  const { selector } = path;
  const spec = PERSON_LISTS[path.list] ?? {};
  return formatFieldPath(
    selector === undefined ? path : { ...path, selector: canonicalSelector(selector, spec) },
  );
}

/** Text holds anything, so a typed field may be sent into text; text coming back need not be a date or an e-mail. */
function isKindCompatible(field: FieldKind, path: FieldKind, direction: Direction): boolean {
  if (field === path || (isText(field) && isText(path))) return true;
  if (isText(path)) return direction === 'to_provider';
  return isText(field) && direction === 'from_provider';
}

function isText(kind: FieldKind): boolean {
  return kind === 'text' || kind === 'multiline';
}
