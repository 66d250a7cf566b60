import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Arch, WorkloadId } from "../../src/model/words.ts";
import { hostDevices, hostModules } from "../../src/requirements/host.ts";
import { contractChecks } from "../../src/requirements/index.ts";
import { kernelSymbols } from "../../src/requirements/kernel-symbols.ts";
import { devices } from "../../src/requirements/qemu-devices.ts";
import { objects } from "../../src/requirements/qemu-objects.ts";
import { properties } from "../../src/requirements/qemu-properties.ts";
import { roms } from "../../src/requirements/qemu-roms.ts";
import { qmpCommands } from "../../src/requirements/qmp-commands.ts";
import { symbolsOf } from "../../src/requirements/steps/kernel.ts";
import { options } from "../../src/requirements/virtiofsd-options.ts";

/** Facts about Kata's own files at one revision, to compare the tables with. */
const kata = (name: string) => JSON.parse(readFileSync(new URL(`kata/${name}.json`, import.meta.url), "utf8"));
const qemu = kata("qemu") as {
  devices: Record<Arch, Record<string, string[]>>;
  objects: { confidential: Record<Arch, string[]>; default: string[]; netdev: string[]; chardev: string[] };
  defaultSandbox: string[];
  roms: string[];
  qmp: { bothMust: string[]; bothFeature: string[]; goOnly: string[]; rustOnly: string[] };
};
const { fragments } = kata("kernel") as { fragments: Record<string, string[]> };

describe.each(Arch.options)("devices on %s", arch => {
  const listed = devices.filter(row => row.arches.includes(arch));

  it("are those without which Kata's own build fails, group by group", () => {
    const groups = [...new Set(listed.map(row => row.group))];
    const table = Object.fromEntries(
      groups.map(group => [group, listed.filter(row => row.group === group).map(row => row.device)]),
    );
    expect(table).toEqual(qemu.devices[arch]);
  });

  it("that a default sandbox has all decide", () => {
    const gating = listed.filter(row =>
      contractChecks.some(one => one.id === `contract.qemu.devices-${row.group}` && one.gating),
    );
    expect(gating.map(row => row.device)).toEqual(expect.arrayContaining(qemu.defaultSandbox));
  });
});

describe("objects, ROMs and QMP commands", () => {
  const named = (option: string, group: string, arch: Arch) =>
    objects
      .filter(row => row.option === option && row.group === group && row.arches.includes(arch))
      .map(row => row.name);

  it("objects", () => {
    expect(named("object", "default", "amd64")).toEqual(qemu.objects.default);
    expect(named("netdev", "default", "arm64")).toEqual(qemu.objects.netdev);
    expect(named("chardev", "default", "arm64")).toEqual(qemu.objects.chardev);
    for (const arch of Arch.options)
      expect(named("object", "confidential", arch)).toEqual(qemu.objects.confidential[arch]);
  });

  it("ROMs", () => {
    expect(roms.filter(row => row.arches.includes("amd64")).map(row => row.rom)).toEqual(qemu.roms);
  });

  it("QMP commands", () => {
    const of = (runtimes: string, level: string) =>
      qmpCommands
        .filter(row => row.runtimes === runtimes && row.level === level)
        .map(row => row.command)
        .sort();
    expect(of("both", "must")).toEqual([...qemu.qmp.bothMust].sort());
    expect(of("both", "feature")).toEqual([...qemu.qmp.bothFeature].sort());
    expect(of("go", "feature")).toEqual([...qemu.qmp.goOnly].sort());
    expect(of("rust", "feature")).toEqual([...qemu.qmp.rustOnly].sort());
  });
});

describe("kernel symbols", () => {
  it("cover K01 to K30, each once", () => {
    const numbers = kernelSymbols.map(row => row.id.replace(/-.*/, ""));
    const all = Array.from({ length: 30 }, (_, at) => `K${String(at + 1).padStart(2, "0")}`);
    expect([...new Set(numbers)]).toEqual(all);
    expect(new Set(kernelSymbols.map(row => row.id)).size).toBe(kernelSymbols.length);
  });

  it.each(kernelSymbols.map(row => [row.id, row] as const))("%s: each is in a fragment that it cites", (_, row) => {
    const cited = row.from.split(" ").map(path => path.replace("tools/packaging/kernel/configs/fragments/", ""));
    const known = cited.flatMap(file => fragments[file] ?? []);
    expect(cited.filter(file => fragments[file] === undefined)).toEqual([]);
    expect(symbolsOf(row).filter(symbol => !known.includes(symbol))).toEqual([]);
  });
});

describe("every row", () => {
  const rows = [
    devices,
    objects,
    properties,
    qmpCommands,
    roms,
    kernelSymbols,
    hostModules,
    hostDevices,
    options,
  ].flat();
  const proofs = new Set<string>([...contractChecks.map(({ id }) => id), ...WorkloadId.options]);

  it("cites a file of Kata", () => {
    expect(rows.filter(({ from }) => !/^(?:src|tools)\/\S+/.test(from))).toEqual([]);
  });

  it("names a check or workload that exists", () => {
    expect([...new Set(rows.map(({ provenBy }) => provenBy))].filter(name => !proofs.has(name))).toEqual([]);
  });
});
