import type { Seen } from "../model/command.ts";
import { type Code, type Reason, reason } from "../model/reason.ts";

/** A text by which a failure is known, and what it says to people. Tried in order: the cause before its consequences. */
export interface Trouble {
  readonly code: Code;
  readonly says: RegExp;
}

const quoted = 4;

/** A mirror's address says nothing about the distro, and a verdict has none. */
const withoutAddress = (line: string): string =>
  line
    .replace(/\b(?:https?|ftp):\/\/\S*?(?=\/(?:dists|pool|repodata|Packages)\/|\s|$)/g, "MIRROR")
    .replace(
      /\b(resolv(?:e|ing)|connect to|resolve host:) '?(?!server\b)[\w.-]+'?(?::\w+)?( \([^)]*\))?/g,
      "$1 MIRROR",
    );

/** The first row whose text was printed, with the lines that show it; null for a success and for texts unknown. */
export function diagnose(seen: Seen, known: readonly Trouble[]): Reason | null {
  if (seen.ending.kind === "exited" && seen.ending.code === 0) return null;
  const lines = `${seen.stderr}\n${seen.stdout}`.split("\n").map(line => line.trim());
  for (const { code, says } of known) {
    const shown = lines.filter(line => says.test(line)).slice(0, quoted);
    if (shown.length > 0) return reason(code, undefined, [...new Set(shown.map(withoutAddress))].join("\n"));
  }
  return seen.ending.kind === "timedOut" ? reason("infra.slow") : null;
}
