const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * While in scope, what would end this process waits for the end of the scope, so that what was begun is finished and undone.
 * Programs that it runs in the foreground get a terminal's Ctrl-C all the same.
 */
export function holdSignals(): Disposable {
  const held: NodeJS.Signals[] = [];
  const hold = (signal: NodeJS.Signals) => void held.push(signal);
  for (const signal of signals) process.on(signal, hold);
  return {
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, hold);
      const [first] = held;
      if (first !== undefined) process.kill(process.pid, first);
    },
  };
}
