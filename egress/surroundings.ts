// The clock and the log as egress needs them, so that a test can bring its own and a main brings pino.

export interface Clock {
  /** Epoch milliseconds, for what others' clocks are compared with. */
  nowMs(): number;
  /** Milliseconds that only go forward, for ages and waits. */
  monotonicMs(): number;
}

export const SYSTEM_CLOCK: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

/** What is logged is redacted before it gets here. */
export interface Log {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}
