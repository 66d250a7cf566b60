import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/commands/diagnosis.ts";
import { doctor } from "../../src/commands/doctor.ts";
import { type MachineFacts, machineFacts } from "../../src/commands/machine-facts.ts";
import { fakeApt, fakeMachine } from "./fake-machine.ts";

function runner(files: Readonly<Record<string, string>>): MachineFacts {
  const root = mkdtempSync(join(tmpdir(), "kata-verify-test-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return machineFacts({ results: join(root, "not", "there", "yet") }, root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const laptop = {
  "proc/cpuinfo": "processor\t: 0\nmodel name\t: AMD Ryzen 7\nflags\t\t: fpu vme svm\n\nprocessor\t: 1\n",
  "proc/meminfo": "MemTotal:       32768000 kB\nMemFree:         1000000 kB\nMemAvailable:   16384000 kB\n",
  "dev/kvm": "",
  "dev/vhost-vsock": "",
  "dev/vhost-net": "",
  "sys/module/kvm_amd/parameters/nested": "1\n",
  "sys/fs/cgroup/cgroup.controllers": "cpu memory\n",
};

describe("machineFacts", () => {
  it("reads a machine with everything", () => {
    expect(runner(laptop)).toMatchObject({
      cpu: "AMD Ryzen 7",
      virtualized: false,
      kvm: "open",
      nested: true,
      vhostVsock: true,
      vhostNet: true,
      cgroup: 2,
      memoryMiB: { total: 32_000, available: 16_000 },
      diskMiB: { results: expect.any(Number) },
    });
  });

  it("reads a virtual machine without", () => {
    const facts = runner({ "proc/cpuinfo": "model name : Xeon\nflags : fpu hypervisor\n" });
    expect(facts).toMatchObject({ virtualized: true, kvm: "absent", nested: null, vhostVsock: false, cgroup: 1 });
    expect(facts.diskMiB["results"]).toBeGreaterThan(0);
  });
});

describe("diagnose", () => {
  const facts = { ...runner(laptop), diskMiB: { results: 100_000 } };
  const ready = [{ id: "engine", found: { kind: "ready", saw: "Docker 99.1" } }] as const;
  const state = (title: string, seen = facts) => diagnose(ready, seen).find(one => one.title === title);

  it("never takes a device that opens for a KVM that works", () => {
    expect(state("KVM")).toMatchObject({ state: "note", saw: "/dev/kvm opens; guests of guests allowed" });
    expect(state("KVM")?.advice).toMatch(/^Only booting a guest proves/);
  });

  it.each([
    [
      { kvm: "unusable", saw: "KVM internal error. Suberror: 1" },
      "note",
      "/dev/kvm opens but boots no kernel, as an earlier run saw: KVM internal error. Suberror: 1",
      /^Testbeds are VMs on an emulated processor.*--no-cache/,
    ],
    [
      { kvm: "boots", saw: "a kernel booted" },
      "good",
      "/dev/kvm boots a kernel, as an earlier run saw; guests of guests allowed",
      null,
    ],
    [
      { kvm: "boots", emulated: true, saw: "a kernel booted" },
      "note",
      "/dev/kvm boots a kernel, as an earlier run saw, on an emulated processor; guests of guests allowed",
      /provisional/,
    ],
  ] as const)("goes by what an earlier run saw of KVM: %j", (seen, state, saw, advice) => {
    const preflight = { ...seen, virtualized: true, vhostVsock: true };
    const found = diagnose(ready, facts, preflight).find(({ title }) => title === "KVM");
    expect(found).toMatchObject({ state, saw });
    if (advice === null) expect(found?.advice).toBeNull();
    else expect(found?.advice).toMatch(advice);
  });

  it("says what is the way out of having none", () => {
    expect(state("KVM", { ...facts, kvm: "absent", virtualized: true })?.advice).toMatch(/nested virtualization/);
    expect(state("KVM", { ...facts, kvm: "absent" })?.advice).toMatch(/firmware/);
    expect(state("vhost-vsock", { ...facts, vhostVsock: false })?.advice).toBe(
      "Load it, where the kernel has it: sudo modprobe vhost_vsock",
    );
  });

  it("notes too little memory and disk, and keeps quiet about enough", () => {
    expect(state("Memory")?.state).toBe("good");
    expect(state("Memory", { ...facts, memoryMiB: { total: 4000, available: 900 } })).toMatchObject({
      state: "note",
      saw: "0.9 GiB free",
      advice: "A run may want 4.0 GiB",
    });
    expect(state("Disk, results", { ...facts, diskMiB: { results: 1024 } })?.state).toBe("note");
  });
});

describe("doctor", () => {
  const folders = { results: "/" };

  it("names what lacks and changes nothing", async () => {
    using at = fakeMachine({ env: { DOCKER_HOST: "unix:///nowhere" } });
    at.program("apt-get", fakeApt);
    const { text, exit } = await doctor({ machine: at.machine, json: false, folders });
    expect(exit).toBe(2);
    expect(text).toMatch(/^MISS {2}Docker or Podman +no container engine answers/m);
    expect(text).toMatch(/^Install: env DEBIAN_FRONTEND/m);
    expect(text).toMatch(/Or let a run do it: add --setup\n$/);
    expect(at.ran()).toEqual([]);
  });

  it("tells in JSON what an earlier run saw", async () => {
    using at = fakeMachine();
    const preflight = { kvm: "unusable", virtualized: true, vhostVsock: false, saw: "emulation failure" } as const;
    const told = { machine: at.machine, json: true, folders };
    expect(JSON.parse((await doctor({ ...told, preflight })).text)).toMatchObject({ preflight });
    expect(JSON.parse((await doctor(told)).text)).toMatchObject({ preflight: null });
  });

  it("says the same as JSON", async () => {
    using at = fakeMachine();
    const report = JSON.parse((await doctor({ machine: at.machine, json: true, folders })).text);
    expect(report).toMatchObject({
      schemaVersion: 1,
      ready: false,
      prerequisites: [
        { id: "engine", kind: "absent", saw: expect.any(String) },
        { id: "mmdebstrap", kind: "absent" },
        { id: "flock", kind: "absent" },
      ],
      facts: { node: process.versions.node },
      advice: [expect.stringContaining("no package manager"), expect.any(String), expect.any(String)],
    });
  });
});
