import { describe, expect, it } from "vitest";
import { readDevices, readMachines, readNames, readVersion } from "../../src/vmms/qemu-help.ts";
import { exited } from "../judge/evidence.ts";
import { recorded } from "../requirements/recorded.ts";

const step = (target: string, id: string) => recorded(target).steps[id] ?? exited();

describe.each(["debian-11", "debian-12", "debian-13", "debian-sid"])("the help of QEMU in %s", target => {
  it("lists machines, by alias too", () => {
    const machines = readMachines(step(target, "qemu.machine-help"));
    expect([...machines]).toEqual(expect.arrayContaining(["q35", "microvm", "none"]));
    expect([...machines].some(name => /^pc-q35-\d+\.\d+$/.test(name))).toBe(true);
    expect(machines.has("Supported")).toBe(false);
  });

  it("lists devices, objects and back ends", () => {
    expect(readDevices(step(target, "qemu.device-help")).size).toBeGreaterThan(200);
    expect(readNames(step(target, "qemu.object-help"))).toContain("iothread");
    expect(readNames(step(target, "qemu.netdev-help"))).toContain("tap");
    expect(readNames(step(target, "qemu.chardev-help"))).toContain("socket");
    expect(readNames(step(target, "qemu.object-help"))).not.toContain("List of user creatable objects:");
  });
});

describe("the version", () => {
  it.each([
    ["debian-11", "5.2.0"],
    ["debian-12", "7.2.22"],
    ["debian-13", "10.0.13"],
    ["debian-13-backports", "11.1.3"],
    ["debian-13-arm64", "10.0.13"],
  ])("%s has %s", (target, version) => {
    expect(readVersion(step(target, "qemu.version"))).toBe(version);
  });

  it.each([
    ["QEMU emulator version 9.2.4 (qemu-9.2.4-2.fc42)\n", "9.2.4"],
    ["QEMU emulator version 11.0.50 (v11.0.0-123-gabc)\n", "11.0.50"],
    ["cloud-hypervisor v51.1\n", null],
    ["", null],
  ])("of %j is %s", (text, version) => {
    expect(readVersion(exited(text))).toBe(version);
  });
});
