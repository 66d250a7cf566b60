import { describe, expect, it } from "vitest";
import type { Request } from "../../src/model/cell.ts";
import { ContainerWorkloadId } from "../../src/model/words.ts";
import { planCells } from "../../src/plan/cells.ts";
import { githubMatrix } from "../../src/plan/github.ts";
import { scenario, target } from "../judge/evidence.ts";

const fedora = { ...target, id: "fedora-44", title: "Fedora 44" };
const bare = { ...target, id: "bare-1", title: "Bare 1", packages: { ...target.packages, vmm: {} } };
const catalog = { targets: [target, fedora, bare], scenarios: [scenario] };
const runner = { kvm: "absent", vhostVsock: false, virtualized: true, nested: false } as const;
const request: Request = {
  targets: [],
  scenarios: [],
  arch: "amd64",
  tier: "guest",
  testbed: "auto",
  requireKvm: false,
  kata: { source: "release" },
  workloads: "gating",
};

describe("the plan", () => {
  it("has every target and the default scenario when nothing is named", () => {
    const cells = planCells(catalog, request, runner);
    expect(cells.map(cell => `${cell.target.id} ${cell.scenario.id} ${cell.testbed}`)).toEqual([
      "debian-13 qemu-distro-kernel vm",
      "fedora-44 qemu-distro-kernel vm",
      "bare-1 qemu-distro-kernel vm",
    ]);
  });

  it("says what a target does not ship, from the catalog alone", () => {
    const [cell] = planCells(catalog, { ...request, targets: ["bare-1"] }, runner);
    expect(cell?.notApplicable).toBe("Bare 1 does not ship qemu");
    const [arm] = planCells(catalog, { ...request, arch: "arm64" }, runner);
    expect(arm?.notApplicable).toContain("arm64");
  });

  it("refuses a target that is named for an architecture that it is not there for, and says which it has", () => {
    const plan = () => planCells(catalog, { ...request, targets: ["debian-13"], arch: "arm64" }, runner);
    expect(plan).toThrow(
      expect.objectContaining({
        message: "Debian 13 is not in the catalog for arm64",
        hint: "What it is there for: --arch amd64",
      }),
    );
  });

  it("has every scenario where all are asked for, and of the distro's Kata only where the distro has it", () => {
    const own = { ...scenario, id: "distro-kata", kata: "distro" } as const;
    const packaged = { ...target, id: "packaged-1", packages: { ...target.packages, kata: ["kata-containers"] } };
    const both = { targets: [target, packaged], scenarios: [own, scenario] };
    const path = { source: "path", path: "/opt/kata" } as const;
    const rows = (changes: Partial<Request>) =>
      planCells(both, { ...request, ...changes }, runner).map(cell => [
        ...[cell.target.id, cell.scenario.id, cell.kata, cell.notApplicable],
      ]);
    expect(rows({ scenarios: ["all"], kata: path, runtime: "go" })).toEqual([
      ["debian-13", "distro-kata", { source: "distro" }, "Debian 13 does not package Kata itself"],
      ["debian-13", scenario.id, path, undefined],
      ["packaged-1", "distro-kata", { source: "distro" }, undefined],
      ["packaged-1", scenario.id, path, undefined],
    ]);
    const distros = [
      ["debian-13", "distro-kata", { source: "distro" }, "Debian 13 does not package Kata itself"],
      ["packaged-1", "distro-kata", { source: "distro" }, undefined],
    ];
    expect(rows({ kata: { source: "distro" } })).toEqual(distros);
    expect(rows({ kata: { source: "distro" }, scenarios: ["all"] })).toEqual(distros);
    expect(() => rows({ kata: path, scenarios: [own.id] })).toThrow(
      "--kata /opt/kata: the scenario distro-kata takes the distro's own Kata",
    );
    expect(() => rows({ kata: { source: "distro" }, scenarios: [scenario.id] })).toThrow(
      `--kata distro: the scenario ${scenario.id} is about Kata's own release`,
    );
  });

  it("takes package files for the distro's Kata where that is asked for by its name", () => {
    const both = {
      targets: [target],
      scenarios: [{ ...scenario, id: "distro-kata", kata: "distro" } as const, scenario],
    };
    const rows = (changes: Partial<Request>) =>
      planCells(both, { ...request, candidates: true, ...changes }, runner).map(cell => [
        ...[cell.scenario.id, cell.notApplicable],
      ]);
    const absent = "Debian 13 does not package Kata itself";
    expect(rows({ kata: { source: "distro" } })).toEqual([["distro-kata", undefined]]);
    expect(rows({ scenarios: ["distro-kata"] })).toEqual([["distro-kata", undefined]]);
    expect(rows({ scenarios: ["distro-kata"], candidates: false })).toEqual([["distro-kata", absent]]);
    expect(rows({ scenarios: ["all"] })).toEqual([
      ["distro-kata", absent],
      [scenario.id, undefined],
    ]);
  });

  it("says in the scenario what containers do", () => {
    const [cell] = planCells(catalog, { ...request, workloads: "all" }, runner);
    expect(cell?.scenario.containers).toEqual(ContainerWorkloadId.options);
    const [gating] = planCells(catalog, { ...request, runtime: "go" }, runner);
    expect([gating?.scenario.containers, gating?.runtime]).toEqual([scenario.containers, "go"]);
  });

  it("keeps the order that was asked for, each once", () => {
    const targets = ["fedora-44", "debian-13", "fedora-44"];
    const cells = planCells(catalog, { ...request, targets }, runner);
    expect(cells.map(cell => cell.target.id)).toEqual(["fedora-44", "debian-13"]);
  });

  it("answers an unknown name with the nearest ones", () => {
    const plan = () => planCells(catalog, { ...request, targets: ["fedora-45"] }, runner);
    expect(plan).toThrow('There is no target "fedora-45"');
    try {
      plan();
    } catch (error) {
      expect(error).toMatchObject({ hint: expect.stringContaining("fedora-44") });
    }
  });

  it("becomes a matrix of one job a target, without what has nothing to test", () => {
    const second = { ...scenario, id: "another" };
    const cells = planCells(
      { ...catalog, scenarios: [scenario, second] },
      { ...request, scenarios: [scenario.id, second.id] },
      runner,
    );
    expect(githubMatrix(cells).include).toEqual([
      {
        target: "debian-13",
        title: "Debian 13",
        arch: "amd64",
        scenarios: "qemu-distro-kernel another",
        runner: "ubuntu-24.04",
      },
      {
        target: "fedora-44",
        title: "Fedora 44",
        arch: "amd64",
        scenarios: "qemu-distro-kernel another",
        runner: "ubuntu-24.04",
      },
    ]);
  });
});
