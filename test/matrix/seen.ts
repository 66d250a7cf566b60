import type { Folded, Setting } from "../../src/matrix/fold.ts";
import { foldMatrix } from "../../src/matrix/fold.ts";
import type { Run } from "../../src/matrix/run.ts";
import { runsOf } from "../../src/matrix/runs.ts";
import type { Component } from "../../src/model/evidence.ts";
import type { Square, Witness } from "../../src/model/matrix.ts";
import { Scenario } from "../../src/model/scenario.ts";
import { Target } from "../../src/model/target.ts";
import type { CellVerdict } from "../../src/model/verdict.ts";
import { target as plainTarget, scenario } from "../judge/evidence.ts";
import { cellVerdict, checkVerdict, notPassed, verdict } from "../reporters/verdicts.ts";

export const tool = { name: "kata-verify", version: "0.0.0", commit: "test" } as const;
export const target = Target.parse({ ...plainTarget, endOfLife: "2030-06-30" });
export const kataKernel = Scenario.parse({ ...scenario, id: "qemu-kata-kernel", guestKernel: "kata" });
export const ownKata = Scenario.parse({ ...scenario, id: "distro-kata", kata: "distro" });
export { scenario };

/** A part that the distro ships. */
export const part = (name: string, version: string, own = true): Component => ({
  ...{ name, version, path: `/usr/bin/${name}`, sha256: null },
  package: { name, version, arch: "amd64", repository: { name: "Debian trixie/main", own } },
});

const kata = { name: "kata", version: "4.0.0", path: "/opt/kata/shim", sha256: null, package: null };

export const parts = {
  vmm: part("qemu", "1:10.0.13+ds-0+deb13u1"),
  virtiofsd: part("virtiofsd", "1.13.2-1+deb13u1"),
  guestKernel: part("linux", "6.12.117-1"),
  hostKernel: part("linux", "6.12.117-1"),
  kata,
} as const;

/** All parts but these. */
export const lacking = (...names: (keyof typeof parts)[]) =>
  Object.fromEntries(Object.entries(parts).filter(([name]) => !names.some(one => one === name)));

const passed = ["contract.qemu.runs", "guest.console", "kata.own-kernel"].map(id => ({
  ...checkVerdict(id),
  tier: id.split(".")[0] as "contract" | "guest" | "kata",
}));

/** What passed in every tier, on KVM, with what the distro ships. */
export const passing = (own: Partial<CellVerdict> = {}): CellVerdict =>
  cellVerdict({
    standing: "supported",
    because: "Every gating check of every tier passed under KVM",
    acceleration: "kvm",
    tiers: { contract: "pass", guest: "pass", kata: "pass" },
    components: parts,
    checks: passed,
    ...own,
  });

/** What passed, but not on hardware. */
export const emulated = (own: Partial<CellVerdict> = {}): CellVerdict =>
  passing({ standing: "provisional", because: "KVM ran on an emulated CPU", acceleration: "kvm-emulated", ...own });

/** What passed, of what was booted by the harness alone. */
export const guestOnly = (own: Partial<CellVerdict> = {}): CellVerdict =>
  emulated({
    because: "no Kata workload ran",
    tiers: { contract: "pass", guest: "pass" },
    checks: passed.slice(0, 2),
    ...own,
  });

/** What failed in the kata tier. */
export const failing = (own: Partial<CellVerdict> = {}): CellVerdict =>
  passing({
    ...{ outcome: "fail", standing: "unsupported", because: "kata.volume: it reads differently" },
    tiers: { contract: "pass", guest: "pass", kata: "fail" },
    checks: [...passed, { ...notPassed("fail", "kata.volume", "virtiofsd.syntax"), tier: "kata" }],
    ...own,
  });

/** What passed, with nothing booted. */
export const contractOnly = (): CellVerdict => guestOnly({ tiers: { contract: "pass" }, checks: passed.slice(0, 1) });

/** What passed in the kata tier and says nothing of the others. */
export const kataOnly = (): CellVerdict => emulated({ tiers: { kata: "pass" }, checks: passed.slice(2) });

/** What failed before anything was booted. */
export const noContract = (): CellVerdict =>
  failing({
    because: "contract.qemu.machine: there is none",
    tiers: { contract: "fail" },
    checks: [{ ...notPassed("fail", "contract.qemu.machine", "vmm.machine-missing"), tier: "contract" }],
  });

/** What could not tell. */
export const untold = (own: Partial<CellVerdict> = {}): CellVerdict =>
  passing({
    ...{ outcome: "error", standing: "inconclusive", because: "guest.console: the testbed died" },
    tiers: { contract: "pass", guest: "error" },
    checks: [...passed.slice(0, 1), { ...notPassed("error", "guest.console", "infra.testbed-gone"), tier: "guest" }],
    ...own,
  });

export const at = (day: string): string => `${day}T12:00:00.000Z`;

/** A cell as a run of debian-13 that ended at noon of a day. */
export function run(day: string, cell: CellVerdict, witness: Witness = "runners", id = "debian-13"): Run {
  const one = verdict({ target: id, startedAt: at(day), finishedAt: at(day), cells: [cell] });
  const [made] = runsOf(one, witness, { file: `${day}/${id}/verdict.json`, results: 0 });
  if (made === undefined) throw new Error(`No run of ${id}`);
  return made;
}

export const setting = (own: Partial<Setting> = {}): Setting => ({
  catalog: { targets: [target], scenarios: [scenario] },
  tool,
  now: at("2026-11-22"),
  maxAgeDays: 180,
  ...own,
});

export const folded = (runs: readonly Run[], own: Partial<Setting> = {}): Folded[] => foldMatrix(runs, setting(own));

/** The square of debian-13 and the first scenario that these runs make. */
export function squareOf(runs: readonly Run[], own: Partial<Setting> = {}): Square {
  const found = folded(runs, own).find(
    ({ square }) => square.target === "debian-13" && square.scenario === scenario.id,
  );
  if (found === undefined) throw new Error("No square");
  return found.square;
}
