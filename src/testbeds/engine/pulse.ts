import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks every `everyMs` whether something still lives while work on it is under way, and says so once when it does not.
 * An engine that lost sight of a container may leave the streams of its commands open for ever.
 */
export function pulse(isAlive: () => Promise<boolean>, onDeath: () => void, everyMs: number) {
  let underWay = 0;
  let watching = false;

  const watch = async (): Promise<void> => {
    watching = true;
    while (underWay > 0) {
      await sleep(everyMs, undefined, { ref: false });
      // An engine that does not answer is its watchdog's business.
      if (underWay > 0 && !(await isAlive().catch(() => true))) {
        onDeath();
        break;
      }
    }
    watching = false;
  };

  return async <T>(work: () => Promise<T>): Promise<T> => {
    underWay += 1;
    if (!watching) void watch();
    try {
      return await work();
    } finally {
      underWay -= 1;
    }
  };
}
