import type { Seen } from "../../model/command.ts";

/** A step that ended by itself and said this; for the examples of checks. */
export const said = (stdout: string, stderr = "", code = 0): Seen => ({
  argv: [],
  ending: { kind: "exited", code },
  stdout,
  stderr,
  durationMs: 1,
});
