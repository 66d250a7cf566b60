import { describe, expect, it } from "vitest";
import { blamed } from "../../src/matrix/blamed.ts";
import { told } from "../../src/matrix/told.ts";
import type { Code } from "../../src/model/reason.ts";
import type { CellVerdict } from "../../src/model/verdict.ts";
import { checkVerdict, notPassed } from "../reporters/verdicts.ts";
import { emulated, failing, guestOnly, lacking, part, parts, passing, untold } from "./seen.ts";

const candidate = { ...parts.vmm, package: { ...part("qemu", "1").package, candidate: true } } as typeof parts.vmm;

describe("what a run says by itself", () => {
  it("is yes where every tier passed on hardware with what the distro ships, before our own runners", () => {
    expect(told(passing(), "runners", true).told).toBe("yes");
    expect(told(passing({ acceleration: "kvm-nested" }), "runners", true).told).toBe("yes");
  });

  it.each<[string, CellVerdict]>([
    ["tcg", passing({ acceleration: "tcg" })],
    ["an emulated processor", passing({ acceleration: "kvm-emulated" })],
    ["nothing seen of what ran the guest", passing({ acceleration: null })],
    ["its own word that it is provisional", emulated({ acceleration: "kvm" })],
    ["no kata tier", guestOnly({ standing: "supported", acceleration: "kvm" })],
    ["the machine of whoever says so", passing({ testbed: "local" })],
    ["no VMM", passing({ components: lacking("vmm") })],
    ["a VMM from elsewhere", passing({ components: { ...parts, vmm: part("qemu", "1", false) } })],
    ["a VMM of no package", passing({ components: { ...parts, vmm: { ...parts.vmm, package: null } } })],
    ["no guest kernel", passing({ components: lacking("guestKernel") })],
    [
      "a guest kernel of no package",
      passing({ components: { ...parts, guestKernel: { ...parts.guestKernel, package: null } } }),
    ],
  ])("is no more than provisional with %s", (_, cell) => {
    expect(told(cell, "runners", true).told).toBe("provisional");
  });

  it("asks for no kernel of the distro's in the guest where Kata's own is to run", () => {
    const guestKernel = { ...parts.guestKernel, package: null };
    const cell = passing({ productionReady: false, components: { ...parts, guestKernel } });
    expect(told(cell, "runners", true).told).toBe("yes");
  });

  it("is no more than provisional from others, and of a run without an end", () => {
    expect(told(passing(), "self-reported", true).told).toBe("provisional");
    expect(told(passing(), "re-judged", true).told).toBe("provisional");
    expect(told(passing(), "runners", false).told).toBe("provisional");
  });

  it("is no where a check that decides failed", () => {
    expect(told(failing(), "runners", true).told).toBe("no");
    expect(told(failing({ acceleration: "tcg" }), "self-reported", false).told).toBe("no");
  });

  const trial = (code: Code) => notPassed("skip", "contract.provenance.virtiofsd", code);
  const error = notPassed("error", "guest.vsock", "infra.slow");
  it.each<[string, CellVerdict]>([
    ["could not tell", untold()],
    ["tried a candidate", passing({ components: { ...parts, vmm: candidate } })],
    ["tried a candidate that failed", failing({ components: { ...parts, vmm: candidate } })],
    ["tried a candidate that no part is of", passing({ candidates: ["seabios"] })],
    ["tried a candidate that no part is of, and failed", failing({ candidates: ["seabios"] })],
    ["tried a candidate of something else", passing({ checks: [...passing().checks, trial("provenance.candidate")] })],
    ["tried what its user built", passing({ checks: [...passing().checks, trial("provenance.built")] })],
    ["had nothing to test", passing({ standing: "not-applicable" })],
    ["says no and names no failure", passing({ standing: "unsupported" })],
    ["says yes and has a failure", failing({ standing: "supported" })],
    ["says yes and has a tier that failed", passing({ tiers: { contract: "pass", guest: "fail", kata: "pass" } })],
    ["says yes and has an error", passing({ checks: [...passing().checks, error] })],
    ["says provisional and has an error", emulated({ checks: [...passing().checks, error] })],
    ["says yes and has no check", passing({ checks: [] })],
    ["says yes and has no check that decides", passing({ checks: [checkVerdict("guest.x", { gating: false })] })],
    [
      "says yes and has only what does not apply",
      passing({ checks: [notPassed("skip", "guest.x", "catalog.other-arch")] }),
    ],
  ])("is nothing where it %s", (_, cell) => {
    expect(told(cell, "runners", true).told).toBe("unknown");
  });
});

describe("what a failure is about", () => {
  it.each([
    ["contract.qemu.machine", "vmm.machine-missing", "vmm"],
    ["contract.virtiofsd.shipped", "virtiofsd.not-packaged", "vmm"],
    ["contract.kernel.vsock", "guest.option-missing", "guestKernel"],
    ["contract.provenance.kernel", "provenance.modified", "guestKernel"],
    ["contract.host.modules", "host.module-missing", "hostKernel"],
    ["guest.console", "vmm.crash", "vmm"],
    ["guest.vsock", "guest.vsock", "guestKernel"],
    ["kata.own-kernel", "virtiofsd.syntax", "vmm"],
    ["kata.own-kernel", "kata.shim-exited", "kataPackage"],
    ["kata.own-kernel", "package.uninstallable", undefined],
  ] as const)("%s because of %s: %s", (id, code, column) => {
    expect(blamed(notPassed("fail", id, code))).toBe(column);
  });
});
