import type { Command } from "../model/command.ts";
import type { KataRuntime } from "../model/words.ts";

export interface ShimVersion {
  readonly runtime: KataRuntime;
  /** `4.0.0`. */
  readonly version: string;
}

/** It is a large program, of which the pages come from a cold disk. */
export const askVersion = (shim: string): Command => ({ argv: [shim, "--version"], timeoutMs: 20_000 });

/**
 * From what a shim prints for `--version`:
 * `Kata Containers containerd shim (Golang): id: "io.containerd.kata.v2", version: 4.0.0, commit: …`, or `(Rust)` and no
 * quotes; before Kata 3 the language is not said, and there was one. Undefined where it is no shim of Kata's.
 */
export function readShimVersion(said: string): ShimVersion | undefined {
  const line = /\bshim(?: \((?<language>\w+)\))?: id: "?(?=[\w.-]*?kata)[\w.-]*"?, version: (?<version>\d[^\s,]*)/.exec(
    said,
  );
  const { language, version } = line?.groups ?? {};
  if (version === undefined) return undefined;
  return { runtime: language === "Rust" ? "rust" : "go", version };
}

/** Drop-ins, by which the harness configures Kata, are honoured since then. */
const least = 3;

export const expectedKata = `Kata ${least} or later`;

/** Of what a version begins with; Kata 1 was another program, with a proxy and a shim for each container. */
export const isExpected = (version: string): boolean => Number.parseInt(version, 10) >= least;

/** What Kata itself starts where nobody chooses: its runtime in Rust since Kata 4. */
export const usualRuntime = (version: string): KataRuntime => (Number.parseInt(version, 10) >= 4 ? "rust" : "go");
