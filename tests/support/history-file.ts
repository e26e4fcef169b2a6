/**
 * Workflow histories as JSON files. The SDK's own `historyToJSON` and `historyFromJSON` need one single copy of
 * protobufjs, which npm does not promise; the generated classes do the same without it.
 */
import proto, { type temporal } from '@temporalio/proto';

export type History = temporal.api.history.v1.IHistory;
const { History: codec } = proto.temporal.api.history.v1;

/** Without what names the machine on which it was recorded: identities, and sticky queues that are called after them. */
export function writeHistory(history: History): string {
  const plain = codec.toObject(codec.fromObject(history), { enums: String, longs: String, bytes: String });
  const scrub = (key: string, value: unknown): unknown => {
    if (/identity$/i.test(key)) return 'worker';
    if (key === 'binaryChecksum' || key === 'buildId') return '';
    // A sticky queue's name begins with the process id and the host.
    if (key === 'name' && typeof value === 'string' && /^\d+@/.test(value)) return 'sticky';
    return value;
  };
  return `${JSON.stringify(plain, scrub, 1)}\n`;
}

export function readHistory(text: string): History {
  return codec.fromObject(JSON.parse(text));
}
