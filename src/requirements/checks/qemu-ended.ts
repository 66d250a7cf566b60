import { because, error, type Judgement } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import type { Evidence } from "../../model/evidence.ts";
import { diagnoseQemu } from "../../vmms/qemu-trouble.ts";

/** The observation of a step that the check needs: `judge` is not asked without it. */
export const stepOf = (evidence: Pick<Evidence, "steps">, id: string): Seen =>
  evidence.steps[id] ?? {
    argv: [],
    ending: { kind: "notStarted", code: "ENOENT" },
    stdout: "",
    stderr: "",
    durationMs: 0,
  };

/** Why QEMU did not do what it was started for; null where it did, and exited with 0. */
export function qemuTrouble(seen: Seen): Judgement | null {
  if (seen.ending.kind === "exited" && seen.ending.code === 0) return null;
  if (seen.ending.kind === "timedOut") return error("infra.slow", "QEMU did not end in time", seen.stderr.slice(-2000));
  const why = diagnoseQemu(seen);
  return why && because(why.code, why.message, why.detail);
}
