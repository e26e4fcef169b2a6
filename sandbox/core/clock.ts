/** The stand-ins' clock: real time plus an offset that the control surface can move (token expiry without waiting). */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  iso(): string;
  /** How far it is ahead of real time, ms; settable. */
  offsetMs: number;
}

export function createClock(): Clock {
  const clock = {
    offsetMs: 0,
    now: () => Date.now() + clock.offsetMs,
    iso: () => new Date(clock.now()).toISOString(),
  };
  return clock;
}
