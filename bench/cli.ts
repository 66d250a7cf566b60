import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Evidence } from "../src/model/evidence.ts";

/** One run of `verify debian-13 --testbed vm`, timed from outside. Milliseconds. */
export interface Run {
  readonly wholeMs: number;
  /** From virtiofsd's start to the guest's first mark. */
  readonly guestMs: number;
  readonly evidence: Evidence;
  /** What it said on standard error, and when. */
  readonly said: readonly Said[];
}

export interface Said {
  readonly at: number;
  readonly line: string;
}

const when = (said: readonly Said[], pattern: RegExp): number => {
  const found = said.find(({ line }) => pattern.test(line));
  if (!found) throw new Error(`the run never said ${pattern}`);
  return found.at;
};

/** Runs the program in a results folder of its own. Rejects where it does not end with 0. */
export async function verifyDebian13(
  root: string,
  env: NodeJS.ProcessEnv,
  more: readonly string[] = ["--tier", "guest"],
): Promise<Run> {
  const out = mkdtempSync(join(tmpdir(), "kata-verify-bench-"));
  try {
    const argv = [join(root, "bin", "kata-verify.mjs"), "verify", "debian-13", "--testbed", "vm", ...more];
    const begin = performance.now();
    const child = spawn(process.execPath, [...argv, "-v", "--out", out], { env, stdio: ["ignore", "ignore", "pipe"] });
    const said: Said[] = [];
    let rest = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      const lines = `${rest}${text}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) said.push({ at: performance.now() - begin, line });
    });
    const code = await new Promise<number | null>(resolve => child.once("close", resolve));
    if (code !== 0)
      throw new Error(
        `verify ended with ${code}:\n${said
          .map(({ line }) => line)
          .slice(-20)
          .join("\n")}`,
      );
    const cell = join(out, "debian-13", "amd64", "qemu-distro-kernel", "evidence.json");
    const evidence = Evidence.parse(JSON.parse(readFileSync(cell, "utf8")));
    const daemon = /guest\.virtiofsd exited 0, (\d+) ms/;
    const daemonMs = Number(said.map(({ line }) => daemon.exec(line)?.[1]).find(ms => ms !== undefined));
    const guestAt = when(said, daemon) - daemonMs;
    return {
      wholeMs: performance.now() - begin,
      // The line shown is the last of those that came together with the first mark.
      guestMs: when(said, /\| kv-[0-9a-f]{32} /) - guestAt,
      evidence,
      said,
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
