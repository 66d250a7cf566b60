import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Scenario } from "../src/model/scenario.ts";
import { Target } from "../src/model/target.ts";
import { type CellVerdict, Verdict } from "../src/model/verdict.ts";

const day = 24 * 3_600_000;

/** Stands in a cell's text for its scenario. */
const place = "@@scenario@@";

const recorded = (root: string, name: string): Verdict =>
  Verdict.parse(JSON.parse(readFileSync(join(root, "test", "replay", name, "verdict.json"), "utf8")));

function oneCell(verdict: Verdict): CellVerdict {
  const [cell] = verdict.cells;
  if (cell === undefined) throw new Error(`${verdict.target} has no cell`);
  return { ...cell, scenario: place };
}

/** Cells as they were recorded, one that could not tell, and one as it would be on hardware; their texts cut where a scenario goes. */
function variants(root: string): readonly (readonly string[])[] {
  const kata = oneCell(recorded(root, "debian-13-kata"));
  const supported: CellVerdict = {
    ...kata,
    ...{ standing: "supported", because: "Every gating check of every tier passed under KVM", acceleration: "kvm" },
  };
  const all = [supported, kata, supported, oneCell(recorded(root, "debian-12-kata")), supported];
  all.push(oneCell(recorded(root, "debian-13-vm")), oneCell(recorded(root, "debian-12-container")));
  return all.map(cell => JSON.stringify(cell, null, 2).split(place));
}

export interface Size {
  readonly targets: number;
  readonly scenarios: number;
  readonly runs: number;
}

/** A catalog like ours, of another size: ten releases of each distro. */
export function syntheticCatalog(root: string, size: Size) {
  const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), "utf8"));
  const target = Target.parse(read("images/debian-13.json"));
  const scenario = Scenario.parse(read("scenarios/qemu-distro-kernel.json"));
  const name = (at: number): string => `distro${Math.floor(at / 10)}-${(at % 10) + 1}`;
  return {
    targets: Array.from({ length: size.targets }, (_, at) =>
      Target.parse({
        ...target,
        id: name(at),
        title: `Distro ${Math.floor(at / 10)} ${(at % 10) + 1}`,
        distro: name(at).split("-")[0],
      }),
    ),
    scenarios: Array.from({ length: size.scenarios }, (_, at) =>
      Scenario.parse({ ...scenario, id: `scenario-${at}`, guestKernel: at % 3 === 2 ? "kata" : "distro" }),
    ),
  };
}

/** Writes a catalog that `--catalog` reads. */
export function writeCatalog(folder: string, { targets, scenarios }: ReturnType<typeof syntheticCatalog>): void {
  for (const [part, all] of Object.entries({ images: targets, scenarios })) {
    mkdirSync(join(folder, part), { recursive: true });
    for (const one of all) writeFileSync(join(folder, part, `${one.id}.json`), JSON.stringify(one));
  }
}

/** Writes verdicts of targets from one on, one a run with a cell for each scenario, three days apart. */
export function writeVerdicts(
  root: string,
  folder: string,
  size: Size,
  { from, now }: { from: number; now: string },
): void {
  const cells = variants(root);
  const { targets, scenarios } = syntheticCatalog(root, size);
  const tool = { name: "kata-verify", version: "0.1.0", commit: "bench" };
  for (const [offset, { id }] of targets.slice(from).entries())
    for (let run = 0; run < size.runs; run += 1) {
      const at = new Date(Date.parse(now) - (size.runs - run) * 3 * day).toISOString();
      const pick = run * 7 + from + offset;
      const own = scenarios.map((one, index) => cells[(pick + index) % cells.length]?.join(one.id));
      const head = { schemaVersion: 1, tool, target: id, startedAt: at, finishedAt: at, outcome: "pass" };
      mkdirSync(join(folder, id, String(run)), { recursive: true });
      const text = `${JSON.stringify(head).slice(0, -1)},"cells":[${own.join(",")}]}`;
      writeFileSync(join(folder, id, String(run), "verdict.json"), text);
    }
}
