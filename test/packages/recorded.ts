import { readFileSync } from "node:fs";
import { Seen } from "../../src/model/command.ts";

/** What a real package manager printed, addresses masked: `recorded/<name>.json`. */
export const recorded = (name: string): Seen =>
  Seen.parse(JSON.parse(readFileSync(new URL(`recorded/${name}.json`, import.meta.url), "utf8")));

export const exited = (code: number, stdout = "", stderr = ""): Seen => ({
  argv: [],
  ending: { kind: "exited", code },
  stdout,
  stderr,
  durationMs: 1,
});
