/** Bodies of big listings, encoded item by item: joining a thousand texts into one first costs twice the time. */

let scratch = Buffer.allocUnsafe(1024 * 1024);

/** `head`, the items separated by commas, and `tail`, as UTF-8. The items are JSON texts. */
export function encodeJsonList(head: string, items: readonly string[], tail: string): Buffer {
  let length = 0;
  const write = (text: string) => {
    // A UTF-16 unit takes at most three bytes.
    const needed = length + text.length * 3 + 1;
    if (needed > scratch.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, scratch.length * 2));
      scratch.copy(larger, 0, 0, length);
      scratch = larger;
    }
    length += scratch.write(text, length, 'utf8');
  };
  write(head);
  items.forEach((item, i) => {
    if (i > 0) scratch[length++] = COMMA;
    write(item);
  });
  write(tail);
  const body = Buffer.from(scratch.subarray(0, length));
  if (scratch.length > MOST_KEPT) scratch = Buffer.allocUnsafe(1024 * 1024);
  return body;
}

const COMMA = 44;
const MOST_KEPT = 16 * 1024 * 1024;
