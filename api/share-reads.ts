/** One read for all who ask the same at the same time, none of whom gets what was read before they asked. */
export type ShareReads<Result> = (question: string, read: () => Promise<Result>) => Promise<Result>;

/**
 * Of equal questions one read is under way and one waits for its end; whoever comes meanwhile joins the one that waits, which
 * has yet to begin. So a crowd of them costs one read after another, however many they are. A read that fails fails for
 * those who share it; the next begins all the same.
 */
export function shareReads<Result>(): ShareReads<Result> {
  const underWay = new Map<string, Promise<Result>>();
  const waiting = new Map<string, Promise<Result>>();

  const begin = (question: string, read: () => Promise<Result>): Promise<Result> => {
    waiting.delete(question);
    const result = read().finally(() => underWay.delete(question));
    underWay.set(question, result);
    return result;
  };

  return (question, read) => {
    const joined = waiting.get(question);
    if (joined !== undefined) return joined;
    const before = underWay.get(question);
    const start = () => begin(question, read);
    if (before === undefined) return start();
    const next = before.then(start, start);
    waiting.set(question, next);
    return next;
  };
}
