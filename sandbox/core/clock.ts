/** The stand-ins' clock: real time plus an offset that the control surface can move (token expiry without waiting). */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  iso(): string;
  advance(ms: number): void;
  reset(): void;
}

export function createClock(): Clock {
  let offsetMs = 0;
  const now = () => Date.now() + offsetMs;
  return {
    now,
    iso: () => new Date(now()).toISOString(),
    advance: (ms) => {
      offsetMs += ms;
    },
    reset: () => {
      offsetMs = 0;
    },
  };
}
