import { join } from "node:path";
import type { Arch } from "../model/words.ts";

/** Which cell, as its folder has it. */
export interface Place {
  readonly target: string;
  readonly arch: Arch;
  readonly scenario: string;
}

/** What a run writes for a target and for each of its cells; nothing else there is ours. */
export const targetFiles = ["verdict.json", "junit.xml", "summary.md"] as const;
export const cellFiles = ["journal.ndjson", "evidence.json", "manifest.json"] as const;
export const logs = "logs";

/** Names that are one step of a path on every file system, and no option, hidden file or way out. */
export const isSafeName = (name: string): boolean => /^[a-z0-9][a-z0-9._-]{0,99}$/i.test(name);

function safe(name: string): string {
  if (!isSafeName(name)) throw new Error(`Not a name for a results folder: ${JSON.stringify(name)}`);
  return name;
}

/** `<out>/<target>`: verdict.json, junit.xml, summary.md. */
export const targetFolder = (out: string, target: string): string => join(out, safe(target));

/** `<out>/<target>/<arch>/<scenario>`: journal.ndjson, evidence.json, manifest.json, logs/. */
export const cellFolder = (out: string, { target, arch, scenario }: Place): string =>
  join(targetFolder(out, target), arch, safe(scenario));

/** The log of a step: `logs/guest-console.log` for `guest.console`. */
export const logFile = (step: string): string => join(logs, `${step.replace(/[^a-z0-9]+/gi, "-")}.log`);
