/**
 * Two attempts of one activity that both live: the first was taken for dead, and goes on while the next one works. One of them
 * passes at a time, a few passages each in turn, so that the same history comes out the same again.
 */
export class Turns {
  private readonly rest: number[];
  /** Whether it is up to the first one. */
  private isFirsts = false;
  private left: number;
  private hasFirstEnded = false;
  private readonly waiting: (() => void)[] = [];

  /** Passages of the next attempt, then of the first one, and so on; after the last of them each goes on to its end. */
  constructor(lengths: readonly number[]) {
    this.rest = [...lengths];
    this.left = this.nextLength();
  }

  /** Ends when it is up to the one that asks. */
  async take(isFirst: boolean): Promise<void> {
    for (;;) {
      if (this.hasFirstEnded && !isFirst) return;
      if (this.isFirsts === isFirst) {
        if (this.left > 0) {
          this.left -= 1;
          return;
        }
        this.handOver(!isFirst);
      }
      if (this.isFirsts !== isFirst) await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  /** The first attempt is over. */
  endFirst(): void {
    this.hasFirstEnded = true;
    this.wake();
  }

  /** Nobody else is at work any more: the first one goes on to its end. */
  leaveToFirst(): void {
    this.rest.length = 0;
    this.handOver(true);
  }

  private handOver(toFirst: boolean): void {
    this.isFirsts = toFirst;
    this.left = this.nextLength();
    this.wake();
  }

  private nextLength(): number {
    return this.rest.shift() ?? Number.POSITIVE_INFINITY;
  }

  private wake(): void {
    for (const resume of this.waiting.splice(0)) resume();
  }
}
