import { execa } from "execa";
import type { Ending, Seen } from "../model/command.ts";

export interface TreeOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const graceMs = 10_000;
const keptCharacters = 128 * 1024;

/**
 * Runs a program of the runner that starts others. It has a process group of its own, which is ended as a whole: execa
 * signals the first process only, and then waits for the pipes that the rest hold. When this process is killed, the
 * program is told (SIGTERM), so that it can clean up.
 */
export async function runTree(argv: readonly string[], options: TreeOptions): Promise<Seen> {
  options.signal?.throwIfAborted();
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  const tool = execa("setpriv", ["--pdeathsig", "TERM", "--", ...argv], {
    env: options.env,
    detached: true,
    cleanup: false,
    stdin: "ignore",
    stdout: "ignore",
    buffer: false,
    reject: false,
  });
  let stderr = "";
  tool.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = `${stderr}${text}`.slice(-keptCharacters);
  });
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (tool.pid !== undefined) process.kill(-tool.pid, signal);
    } catch {
      // The group is empty: all have ended.
    }
  };
  const stop = () => {
    kill("SIGTERM");
    setTimeout(kill, graceMs, "SIGKILL").unref();
  };
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, options.timeoutMs);
  options.signal?.addEventListener("abort", stop);
  try {
    const { exitCode, signal } = await tool;
    options.signal?.throwIfAborted();
    const ending: Ending = late
      ? { kind: "timedOut", afterMs: options.timeoutMs }
      : signal !== undefined
        ? { kind: "signalled", signal }
        : exitCode === undefined
          ? { kind: "notStarted", code: "ENOENT" }
          : { kind: "exited", code: exitCode };
    return { argv: [...argv], ending, stdout: "", stderr, durationMs: elapsed() };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", stop);
    kill("SIGKILL");
  }
}
