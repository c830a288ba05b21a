// Something the worker does over and over beside its activities, one turn after another. A turn that fails is told and not the last.

const EVERY_MS = 500;

export interface TurnLog {
  warn(facts: object, message: string): void;
}

/** Runs until `stop`, which waits for the turn under way. */
export interface Turns {
  stop(): Promise<void>;
}

/** At an even pace. */
export function keepTaking(turn: () => Promise<unknown>, onFailure: (error: unknown) => void): Turns {
  return keepTurning(async () => {
    await turn();
    return false;
  }, onFailure);
}

/** A backlog without a pause between turns: at once again, where a turn found something. */
export function keepWorkingOff(take: () => Promise<number>, onFailure: (error: unknown) => void): Turns {
  return keepTurning(async () => (await take()) > 0, onFailure);
}

function keepTurning(turn: () => Promise<boolean>, onFailure: (error: unknown) => void): Turns {
  let isStopping = false;
  let wake: (() => void) | undefined;
  const failed = (error: unknown) => {
    onFailure(error);
    return false;
  };
  const running = (async () => {
    while (!isStopping) {
      const goesOn = await turn().catch(failed);
      if (isStopping) return;
      if (goesOn) continue;
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
