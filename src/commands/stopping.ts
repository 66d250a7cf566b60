import { RunEnded } from "../observe/trouble.ts";

export interface Stopping extends Disposable {
  /** Aborted, with a `RunEnded`, by the first Ctrl-C or SIGTERM and by the deadline. */
  readonly signal: AbortSignal;
}

/** Listens for what ends a run early; the second signal ends the process at once, containers with it. */
export function stopping(deadlineMs: number | undefined): Stopping {
  const abort = new AbortController();
  const interrupted = (signal: NodeJS.Signals) => {
    if (abort.signal.aborted) process.exit(signal === "SIGTERM" ? 143 : 130);
    abort.abort(new RunEnded("infra.interrupted", signal));
  };
  const late = () => abort.abort(new RunEnded("infra.deadline"));
  const timer = deadlineMs === undefined ? undefined : setTimeout(late, deadlineMs).unref();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, interrupted);
  return {
    signal: abort.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, interrupted);
    },
  };
}
