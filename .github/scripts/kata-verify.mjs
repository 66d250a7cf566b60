import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

const stops = ["SIGINT", "SIGTERM"];

/**
 * Runs kata-verify with these arguments and resolves to its exit code, and to its standard output where that is asked for. A runner that
 * cancels a step signals the step's own process alone, so the signal is handed on: kata-verify then judges what it has seen.
 */
export async function kataVerify(argv, { env = process.env, read = false } = {}) {
  const program = env.KATA_VERIFY_PROGRAM || join(root, "bin", "kata-verify.mjs");
  const child = spawn(process.execPath, [program, ...argv], {
    stdio: ["ignore", read ? "pipe" : "inherit", "inherit"],
    env,
  });
  const handOn = signal => child.kill(signal);
  for (const signal of stops) process.on(signal, handOn);
  try {
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", more => {
      text += more;
    });
    const code = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exit, signal) => resolve(exit ?? 128 + (constants.signals[signal] ?? 0)));
    });
    return { code, text };
  } finally {
    for (const signal of stops) process.off(signal, handOn);
  }
}
