/** The mappings of an integration, the defaults where a person has set none. */
import type { Executor } from '../db/client.ts';
import { findMappingsInForce } from '../db/queries/contact-mappings.ts';
import type { StoredFieldMapping, StoredObjectMapping } from '../db/schema/index.ts';
import { DEFAULT_FIELD_MAPPINGS, DEFAULT_OBJECT_MAPPINGS } from '../sync/default-mappings.ts';
import type { FieldMapping, ObjectMapping } from './contract/mapping.ts';

export interface Mappings {
  readonly version: number;
  readonly objects: readonly StoredObjectMapping[];
  readonly fields: readonly StoredFieldMapping[];
}

export const defaultMappings: Mappings = {
  version: 1,
  objects: DEFAULT_OBJECT_MAPPINGS,
  fields: DEFAULT_FIELD_MAPPINGS,
};

export async function readMappings(db: Executor, integrationId: string): Promise<Mappings> {
  return (await findMappingsInForce(db, integrationId)) ?? defaultMappings;
}

export const presentMappings = ({ objects, fields }: Pick<Mappings, 'objects' | 'fields'>) => ({
  objects: objects.map((mapping) => ({ ...mapping }) as ObjectMapping),
  fields: fields.map((mapping) => ({ ...mapping }) as FieldMapping),
});
