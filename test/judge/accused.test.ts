import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { judgeCell } from "../../src/judge/cell.ts";
import { checksOf } from "../../src/judge/checks.ts";
import type { Seen } from "../../src/model/command.ts";
import { loadResults } from "../../src/results/load.ts";

const replay = new URL("../replay/", import.meta.url).pathname;
const names = readdirSync(replay).filter(name => !name.endsWith(".md"));

/** What the machine, or the harness, did to a step: no product is to blame for any of it. */
const misfortunes: Readonly<Record<string, (seen: Seen) => Seen | undefined>> = {
  "no memory to start it": seen => ({ ...seen, ...nothing, ending: { kind: "notStarted", code: "ENOMEM" } }),
  "no process to start it": seen => ({ ...seen, ...nothing, ending: { kind: "notStarted", code: "EAGAIN" } }),
  "an error number that nobody has heard of": seen => ({
    ...{ ...seen, ...nothing },
    ending: { kind: "notStarted", code: "EODD" },
  }),
  "no shell": seen =>
    seen.argv[0] === "sh" ? { ...seen, ...nothing, ending: { kind: "notStarted", code: "ENOENT" } } : seen,
  "a full disk": seen => failed(seen, "x: No space left on device\n"),
  "no memory": seen => failed(seen, "x: Cannot allocate memory\n"),
  "no descriptors": seen => failed(seen, "x: Too many open files (os error 24)\n"),
  "a full disk that a script goes on after": seen =>
    seen.argv[0] === "sh" && seen.ending.kind === "exited" && seen.ending.code === 0
      ? { ...seen, stdout: "", stderr: "sh: write error: No space left on device\n" }
      : seen,
  "an output that was cut": seen => ({ ...seen, ending: { kind: "truncated", afterBytes: 1 } }),
  "a time-out": seen => ({ ...seen, ending: { kind: "timedOut", afterMs: 1 } }),
  "nobody who ran it": () => undefined,
};
const nothing = { stdout: "", stderr: "" };
const failed = (seen: Seen, stderr: string): Seen => ({
  ...{ ...seen, stdout: "", stderr },
  ending: { kind: "exited", code: 1 },
});

describe.each(names)("the run recorded as %s", name => {
  it.each(Object.entries(misfortunes))(
    "accuses nobody of %s",
    async (_, change) => {
      const [loaded] = await loadResults(join(replay, name));
      const [cell] = loaded?.cells ?? [];
      if (!cell) throw new Error(`${name} holds no cell`);
      const { evidence } = cell;
      const checks = checksOf(evidence.cell.scenario);
      const failing = (steps: typeof evidence.steps) =>
        judgeCell({ ...evidence, steps }, checks).checks.filter(({ outcome }) => outcome === "fail");
      const before = new Set(failing(evidence.steps).map(({ id }) => id));
      const accused = Object.entries(evidence.steps).flatMap(([step, seen]) => {
        const { [step]: _, ...others } = evidence.steps;
        const changed = change(seen);
        return failing(changed ? { ...others, [step]: changed } : others)
          .filter(({ id }) => !before.has(id))
          .map(({ id, reason }) => `${step}: ${id} ${reason?.code}`);
      });
      expect(accused).toEqual([]);
    },
    300_000,
  );
});
