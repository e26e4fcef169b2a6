import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';

/**
 * Registers the keyword search attributes of these names that a server lacks; does nothing when all are there. Throws
 * the server's error when it is away or does not allow it: Temporal Cloud takes them in its own console only.
 */
export async function registerSearchAttributes(
  { operatorService }: Pick<Connection, 'operatorService'>,
  namespace: string,
  names: readonly string[],
): Promise<void> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = names.filter((name) => !(name in customAttributes));
  if (missing.length === 0) return;
  const keyword = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
  });
}
