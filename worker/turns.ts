// Something the worker does over and over beside its activities, one turn after another. A turn that fails is told and not the last.

const EVERY_MS = 500;

export interface TurnLog {
  warn(facts: object, message: string): void;
}

/** Takes turns until `stop`, which waits for the turn under way. */
export function keepTaking(
  turn: () => Promise<unknown>,
  onFailure: (error: unknown) => void,
): { stop(): Promise<void> } {
  let isStopping = false;
  let wake: (() => void) | undefined;
  const running = (async () => {
    while (!isStopping) {
      await turn().catch(onFailure);
      if (isStopping) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, EVERY_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    stop: async () => {
      isStopping = true;
      wake?.();
      await running;
    },
  };
}
