import { describe, expect, it } from "vitest";
import { judgeCheck } from "../../src/judge/check.ts";
import type { Evidence, Package } from "../../src/model/evidence.ts";
import { reason } from "../../src/model/reason.ts";
import type { TestbedKind } from "../../src/model/words.ts";
import { contractChecks } from "../../src/requirements/index.ts";
import { recorded, troubles } from "./recorded.ts";

const modular = [
  "fail contract.kernel.image-root: guest.option-modular",
  "fail contract.kernel.measured-root: guest.option-missing",
];
const noMmio = "fail contract.kernel.mmio: guest.no-mmio";
const noConfidential = "fail contract.qemu.objects-confidential: vmm.object-missing";
const oldSyntax = ["arguments-rust", "arguments-go", "cache-modes"].map(
  name => `fail contract.virtiofsd.${name}: virtiofsd.syntax`,
);
const noDaemon = (name: string) => `error contract.${name}: virtiofsd.not-packaged`;

describe("what decides, on real packages", () => {
  it.each(["debian-12", "debian-13", "debian-13-backports", "debian-sid"])("%s: nothing is missing", name => {
    expect(troubles(recorded(name), true)).toEqual([]);
  });

  it("debian-12-backports: no virtiofsd, and QEMU is not blamed for it", () => {
    expect(troubles(recorded("debian-12-backports"), true)).toEqual([
      "fail contract.virtiofsd.shipped: virtiofsd.not-packaged",
      ...["provenance.virtiofsd", "virtiofsd.runs", "virtiofsd.ready"].map(noDaemon),
    ]);
  });

  it("debian-11: QEMU 5.2 is older than the command line of Kata", () => {
    expect(troubles(recorded("debian-11"), true)).toEqual([
      "fail contract.qemu.properties: vmm.property-missing",
      "fail contract.qemu.command-line-rust: vmm.property-missing",
      "fail contract.qemu.hotplug: vmm.property-missing",
    ]);
  });

  // Debian builds KVM into it on arm64 only; this one ran on amd64.
  it("debian-13 on arm64: nothing but KVM is missing", () => {
    expect(troubles(recorded("debian-13-arm64"), true)).toEqual(["fail contract.qemu.kvm: vmm.option-rejected"]);
  });
});

describe("what annotates, on real packages", () => {
  it.each([
    ["debian-11", [noConfidential, ...oldSyntax, ...modular, "fail contract.kernel.lsm: guest.option-missing", noMmio]],
    ["debian-12", [noConfidential, ...oldSyntax, ...modular, noMmio]],
    ["debian-13", [noConfidential, ...modular, noMmio]],
    ["debian-13-backports", [...modular, noMmio]],
    ["debian-sid", [...modular, noMmio]],
    ["debian-13-arm64", ["fail contract.qemu.devices-viommu: vmm.device-missing", ...modular]],
  ])("%s", (name, expected) => {
    const found = troubles(recorded(name), false);
    // The Go runtime's command line goes the way of the Rust one's, which decides.
    expect(found.filter(line => !line.includes("command-line-go")).sort()).toEqual([...expected].sort());
  });
});

describe("what is proven, on real packages", () => {
  const proof = (name: string, id: string) => {
    const check = contractChecks.find(one => one.id === id);
    return check && judgeCheck(check, recorded(name)).proof;
  };

  it.each([
    ["debian-12", "contract.virtiofsd.runs", "7.2.22, the C daemon"],
    ["debian-11", "contract.virtiofsd.runs", "no version, the C daemon"],
    ["debian-13", "contract.virtiofsd.runs", "virtiofsd 1.13.2, in Rust"],
    ["debian-13", "contract.kernel.vsock", "VSOCKETS=m"],
    ["debian-13", "contract.kernel.modules", "vmw_vsock_virtio_transport"],
    ["debian-13-backports", "contract.kernel.shipped", "/usr/lib/modules/7.3.4+deb13-amd64/vmlinuz"],
    ["debian-13-backports", "contract.provenance.vmm", "Debian Backports trixie-backports/main, unchanged"],
    ["debian-13", "contract.kernel.image", "bzImage, 6.12.117+deb13-amd64"],
    ["debian-12", "contract.kernel.pvh-note", "It begins at 0x1000850"],
    ["debian-13", "contract.kernel.pvh-note", "It begins at 0x1000b20"],
    ["debian-13-arm64", "contract.kernel.arm64-platform", "PCI_HOST_GENERIC=y"],
    ["debian-13-arm64", "contract.qemu.machine", "virt"],
  ])("%s: %s says %s", (name, id, text) => {
    expect(proof(name, id)).toContain(text);
  });
});

describe("sabotaged evidence", () => {
  const changed = (id: string, change: Partial<Evidence["steps"][string]>): Evidence => {
    const seen = recorded("debian-13");
    const step = seen.steps[id];
    if (step === undefined) throw new Error(`${id} was not recorded`);
    return { ...seen, steps: { ...seen.steps, [id]: { ...step, ...change } } };
  };
  const text = (id: string, from: string | RegExp, to: string) =>
    changed(id, { stdout: (recorded("debian-13").steps[id]?.stdout ?? "").replace(from, to) });

  it.each([
    [
      "a device left out",
      text("qemu.device-help", 'name "vhost-vsock-pci"', ""),
      "qemu.devices-core: vmm.device-missing",
    ],
    ["no tap", text("qemu.netdev-help", "tap\n", ""), "qemu.objects: vmm.object-missing"],
    ["a ROM gone", text("qemu.roms", /efi-virtio.*\n/, ""), "qemu.roms: vmm.rom-missing"],
    [
      "no vsock",
      text("kernel.config", "CONFIG_VSOCKETS=m", "# CONFIG_VSOCKETS is not set"),
      "kernel.vsock: guest.option-missing",
    ],
    [
      "a module file gone",
      text("kernel.modules", /^insmod (.*\/vsock\.ko)/m, "gone $1"),
      "kernel.modules: guest.module-missing",
    ],
    [
      "no vhost-vsock",
      text("host.modules", /^insmod (.*vhost_vsock)/m, "gone $1"),
      "host.modules: host.module-missing",
    ],
    [
      "a changed binary",
      changed("provenance.verify-vmm", { stdout: "??5??????   /usr/bin/qemu-system-x86_64\n" }),
      "provenance.vmm: provenance.modified",
    ],
    [
      "a diverted binary",
      changed("provenance.verify-vmm", { stdout: "local diversion of /usr/bin/qemu-system-x86_64 to /x\n" }),
      "provenance.vmm: provenance.modified",
    ],
    [
      "a daemon that ends at once",
      changed("virtiofsd.ready", { stdout: "", stderr: "", ending: { kind: "exited", code: 1 } }),
      "virtiofsd.ready: virtiofsd.exited-early",
    ],
  ])("%s", (_, seen, expected) => {
    expect(troubles(seen, true)).toEqual([`fail contract.${expected}`]);
  });

  it("a kernel whose config promises what its image does not have", () => {
    const seen = text("kernel.notes", "08 00 00 00 12 00 00 00", "08 00 00 00 13 00 00 00");
    expect(troubles(seen, false)).toContain("fail contract.kernel.pvh-note: guest.no-pvh");
    expect(troubles(seen, true)).toEqual([]);
  });

  it("/bin/false in the place of QEMU fails, and nothing about it passes", () => {
    const seen = recorded("debian-13");
    const silent = { stdout: "", stderr: "", ending: { kind: "exited" as const, code: 1 } };
    const steps = Object.fromEntries(
      Object.entries(seen.steps).map(([id, step]) => [id, id.startsWith("qemu.") ? { ...step, ...silent } : step]),
    );
    const said = contractChecks.map(check => judgeCheck(check, { ...seen, steps }));
    const about = said.filter(({ id }) => id.startsWith("contract.qemu.") && !id.endsWith(".shipped"));
    expect(about.filter(({ outcome }) => outcome === "pass")).toEqual([]);
    expect(about.find(({ id }) => id.endsWith(".runs"))).toMatchObject({
      outcome: "fail",
      reason: { code: "vmm.not-running" },
    });
  });

  it("a package database that does not answer proves nothing", () => {
    const seen = changed("provenance.find", { stdout: "", ending: { kind: "exited", code: 2 } });
    const { paths: _, ...facts } = seen.facts;
    expect(troubles({ ...seen, facts }, true)).toContain("error contract.qemu.shipped: harness.output-unreadable");
  });

  it("a sandbox that the testbed forbids is not the distro's fault", () => {
    const seen = changed("virtiofsd.ready", {
      stdout: "ERROR virtiofsd] can't apply the child capabilities: failed to sync capabilities with the kernel\n",
      ending: { kind: "exited", code: 1 },
    });
    expect(troubles(seen, true)).toEqual(["error contract.virtiofsd.ready: infra.no-privilege"]);
  });

  it("a part that the user built is neither shipped nor missing", () => {
    const seen = recorded("debian-13");
    const brought = [{ part: "virtiofsd" as const, path: "/usr/local/libexec/virtiofsd", sha256: "aa" }];
    const checks = contractChecks.filter(({ id }) => /virtiofsd\.shipped$|provenance\.virtiofsd$/.test(id));
    expect(checks).toHaveLength(2);
    for (const check of checks)
      expect(judgeCheck(check, { ...seen, facts: { ...seen.facts, brought } })).toMatchObject({
        outcome: "skip",
        reason: { code: "provenance.built", detail: "sha256 aa" },
      });
    expect(checks.map(check => judgeCheck(check, seen).outcome)).toEqual(["pass", "pass"]);
  });

  it("a package from elsewhere is not shipped, a candidate is not judged", () => {
    const seen = recorded("debian-13");
    const vmm = seen.facts.components?.vmm;
    if (!vmm?.package) throw new Error("not recorded");
    const brought = (part: object): Evidence => ({
      ...seen,
      facts: {
        ...seen.facts,
        components: { ...seen.facts.components, vmm: { ...vmm, package: { ...vmm.package, ...part } as never } },
      },
    });
    const foreign = brought({ repository: { name: "LP-PPA-someone trixie/main", own: false } });
    expect(troubles(foreign, true)).toEqual(["fail contract.provenance.vmm: provenance.not-shipped"]);
    expect(troubles(brought({ repository: null }), true)).toEqual([
      "fail contract.provenance.vmm: provenance.not-shipped",
    ]);
    expect(troubles(brought({ repository: null, candidate: true }), true)).toEqual([]);
  });

  const own = { name: "Debian trixie/main", own: true };
  const update = { version: "99", repository: { name: "Debian trixie-security/main", own: true } };
  it.each<[string, TestbedKind, "vmm" | "guestKernel", Partial<Package>, string[]]>([
    ["that was not updated", "local", "vmm", { update }, ["error contract.provenance.vmm: host.not-up-to-date"]],
    ["that was, with one of nobody's", "local", "vmm", {}, ["fail contract.provenance.vmm: provenance.not-shipped"]],
    ["that the run made", "container", "vmm", { update }, ["fail contract.provenance.vmm: provenance.not-shipped"]],
    [
      "that was not updated, with one that a repository still has",
      "local",
      "vmm",
      { update, repository: own },
      ["error contract.provenance.vmm: host.not-up-to-date"],
    ],
    [
      "that the distro keeps what is newer from, with what no repository has",
      "local",
      "vmm",
      { update: { ...update, phased: true } },
      ["error contract.provenance.vmm: host.not-up-to-date"],
    ],
    [
      "that the distro keeps what is newer from, with one that a repository has",
      "local",
      "vmm",
      { update: { ...update, phased: true }, repository: own },
      [],
    ],
    [
      "that was not updated, with one of somebody else's",
      "local",
      "vmm",
      { update, repository: { name: "LP-PPA-someone", own: false } },
      ["fail contract.provenance.vmm: provenance.not-shipped"],
    ],
    [
      "that the run made, of an image behind what it installs from",
      "container",
      "vmm",
      { update, repository: own },
      [],
    ],
    ["with an old kernel", "local", "guestKernel", {}, ["error contract.provenance.kernel: host.not-up-to-date"]],
    [
      "with an old kernel, and one of the user's",
      "local",
      "guestKernel",
      { version: "6.20-1" },
      ["fail contract.provenance.kernel: provenance.not-shipped"],
    ],
  ])("a package on a machine %s", (_, testbed, part, more, expected) => {
    const seen = recorded("debian-13");
    const { arch, target } = seen.cell;
    const one = seen.facts.components?.[part];
    if (!one?.package) throw new Error("not recorded");
    const old = { ...one.package, repository: null };
    const leading = { ...old, name: "linux-image-amd64", update };
    const packages = [leading, ...(seen.facts.packages ?? []).filter(({ name }) => name !== leading.name)];
    const components = { ...seen.facts.components, [part]: { ...one, package: { ...old, ...more } } };
    const kernel = { ...target.packages.kernel, [arch]: [leading.name] };
    const cell = { ...seen.cell, target: { ...target, packages: { ...target.packages, kernel } } };
    const request = { ...seen.request, testbed };
    const told = { ...seen, cell, request, facts: { ...seen.facts, packages, components } };
    expect(troubles(told, true).filter(line => line.includes("provenance"))).toEqual(expected);
    for (const check of contractChecks.filter(({ id }) => expected.includes(`error ${id}: host.not-up-to-date`)))
      expect(judgeCheck(check, told).reason?.message).toMatch(/apt-get .*install --only-upgrade \S+$/);
  });
});

describe("the host's kernel, on a testbed that booted Debian 13's own", () => {
  const host = recorded("debian-13-host");
  const request = { ...host.request, testbed: "vm" as const, tier: "guest" as const };
  const checks = contractChecks.filter(({ id, needs }) => id.startsWith("contract.host.") && needs.length === 0);
  const outcomes = (seen: Evidence) =>
    Object.fromEntries(checks.map(check => [check.id.replace("contract.host.", ""), judgeCheck(check, seen).outcome]));
  const all = (outcome: string) =>
    Object.fromEntries(checks.map(({ id }) => [id.replace("contract.host.", ""), outcome]));

  it("has what Kata asks of a host", () => {
    expect(checks.length).toBeGreaterThan(4);
    expect(outcomes({ ...host, request })).toEqual(all("pass"));
  });

  it("is asked nothing in a container, nor where nothing is booted", () => {
    expect(outcomes(host)).toEqual(all("skip"));
    expect(outcomes({ ...host, request: { ...request, tier: "contract" } })).toEqual(all("skip"));
  });

  it("that did not come up is an error with that reason, and nothing else's", () => {
    const stopped = [
      {
        stage: "exercise" as const,
        tier: "contract" as const,
        steps: "virtiofsd.",
        reason: reason("virtiofsd.not-packaged"),
      },
      { stage: "exercise" as const, tier: "guest" as const, reason: reason("infra.testbed-no-boot") },
    ];
    const seen = { ...host, request, steps: {}, stopped };
    expect(outcomes(seen)).toEqual(all("error"));
    expect(checks.map(check => judgeCheck(check, seen).reason?.code)).toEqual(
      checks.map(() => "infra.testbed-no-boot"),
    );
  });

  it("without virtualization in its processor does not blame the distro", () => {
    const step = host.steps["host.kvm"] ?? host.steps["host.devices"];
    if (step === undefined) throw new Error("not recorded");
    const kvm = (flag: string) => `flag=${flag}\n/dev/kvm node=no opens=no module=kvm probed=1 node=no opens=no\n`;
    const code = (stdout: string) => {
      const check = checks.find(({ id }) => id === "contract.host.kvm");
      return check && judgeCheck(check, { ...host, request, steps: { "host.kvm": { ...step, stdout } } }).reason?.code;
    };
    expect([code(kvm("")), code(kvm("svm"))]).toEqual(["infra.no-kvm", "host.device-missing"]);
  });
});
