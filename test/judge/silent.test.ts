import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { judgeCell } from "../../src/judge/cell.ts";
import { checksOf } from "../../src/judge/checks.ts";
import { stepsRead } from "../../src/judge/fair.ts";
import type { Seen } from "../../src/model/command.ts";
import { loadResults } from "../../src/results/load.ts";

const replay = new URL("../replay/", import.meta.url).pathname;
const names = readdirSync(replay).filter(name => !name.endsWith(".md"));

/** A step whose program was not there, or was ended, before it said anything. */
const silent = (seen: Seen): Seen[] => {
  const nothing = { ...seen, stdout: "", stderr: "" };
  return [
    { ...nothing, ending: { kind: "exited", code: 127 } },
    { ...nothing, ending: { kind: "signalled", signal: "SIGKILL" } },
    { ...nothing, ending: { kind: "timedOut", afterMs: 60_000 } },
  ];
};

/** By step: the checks that pass without its word, because what proves them is elsewhere. */
const provenElsewhere: Readonly<Record<string, readonly string[]>> = {
  // Its command line is what they read. That it ran and ended well, the guest's marks and `guest.shutdown` show.
  "guest.vmm": [
    ...["acceleration", "block", "console", "entropy", "hotplug", "network", "shutdown", "virtiofs", "vmm", "vsock"],
  ].map(id => `guest.${id}`),
  // Says why a device is not there; where the guest used it, it was.
  "guest.testbed": ["entropy", "network", "shutdown", "virtiofs", "vsock"].map(id => `guest.${id}`),
  // Its disk was read by the guest, nonce and all.
  "guest.hotplug": ["guest.hotplug"],
  // `guest.shutdown` has its own word of how virtiofsd ended; the shared folder has files that went both ways.
  "guest.virtiofsd": ["guest.shutdown"],
  "guest.virtiofsd-end": ["guest.virtiofs"],
  // The guest answered the testbed with both nonces.
  "guest.marks": ["guest.vsock"],
};

describe.each(names)("the run recorded as %s", name => {
  it("passes nothing that a step without a word was to show", async () => {
    const [loaded] = await loadResults(join(replay, name));
    const [cell] = loaded?.cells ?? [];
    if (!cell) throw new Error(`${name} holds no cell`);
    const { evidence } = cell;
    const checks = checksOf(evidence.cell.scenario);
    const read = new Map(checks.map(check => [check.id, stepsRead(check, evidence)]));
    const passed = Object.entries(evidence.steps).flatMap(([step, seen]) =>
      silent(seen).flatMap(one =>
        judgeCell({ ...evidence, steps: { ...evidence.steps, [step]: one } }, checks)
          .checks.filter(
            ({ id, outcome }) => outcome === "pass" && read.get(id)?.has(step) && !provenElsewhere[step]?.includes(id),
          )
          .map(({ id }) => `${id} ${step}`),
      ),
    );
    expect([...new Set(passed)]).toEqual([]);
  }, 300_000);
});
