import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { judgeCheck } from "../../src/judge/check.ts";
import { configuration } from "../../src/kata/checks/configuration.ts";
import { control } from "../../src/kata/checks/control.ts";
import { kataChecks } from "../../src/kata/checks/index.ts";
import { virtiofsd } from "../../src/kata/checks/virtiofsd.ts";
import { vmm } from "../../src/kata/checks/vmm.ts";
import type { Check, EvidencePart } from "../../src/model/check.ts";
import type { Seen } from "../../src/model/command.ts";
import type { KataBinaries } from "../../src/model/evidence.ts";
import { printed } from "../../src/workloads/example.ts";
import { evidence } from "../judge/evidence.ts";
import { exited, timedOut } from "./told.ts";

function judged(check: Check, { facts = {}, steps = {}, stopped = [] }: EvidencePart, seen = {}): string {
  const { outcome, reason } = judgeCheck(check, evidence({ facts, steps: { ...steps, ...seen }, stopped }));
  return reason === null ? outcome : `${outcome} ${reason.code}`;
}

describe.each(kataChecks.map(check => [check.id, check] as const))("%s", (_, check) => {
  it("accepts its example", () => {
    expect(judged(check, check.examples.pass)).toBe("pass");
  });

  it("rejects its other example", () => {
    expect(judged(check, check.examples.fail)).toMatch(/^(?:fail|error) /);
  });

  it("passes nothing that was not observed", () => {
    expect(judged(check, {})).toBe("error harness.not-observed");
  });

  it("passes nothing that a program which said nothing and failed has shown", () => {
    const silent: Seen = { ...printed(""), ending: exited(1) };
    const steps = Object.fromEntries(Object.keys(check.examples.pass.steps ?? {}).map(id => [id, silent]));
    expect(judged(check, { steps })).toMatch(/^(?:fail|error) /);
  });

  it("is of its tier", () => {
    expect(check).toMatchObject({ tier: "kata", id: expect.stringMatching(/^kata\.[a-z]+$/) });
  });
});

it("has every check that is in the folder", async () => {
  const folder = new URL("../../src/kata/checks/", import.meta.url);
  const ids: string[] = [];
  for (const file of readdirSync(folder)) {
    const exported: Record<string, unknown> = await import(new URL(file, folder).href);
    for (const one of Object.values(exported))
      if (typeof one === "object" && one !== null && "judge" in one && "id" in one) ids.push(String(one.id));
  }
  expect(ids.sort()).toEqual(kataChecks.map(({ id }) => id).sort());
});

const { pass: up } = vmm.examples;

describe("the VMM that ran", () => {
  it.each([
    ["none, though the sandbox is up", "looked\n", "fail kata.no-vm"],
    ["one without KVM", "431 kvm=no vm=no same /usr/bin/qemu-system-x86_64\nlooked\n", "fail acceleration.fell-back"],
    ["one that opened KVM and made no VM", "431 kvm=yes vm=no same /q\nlooked\n", "fail acceleration.fell-back"],
    ["one that has a VM of somebody's", "431 kvm=no vm=yes same /q\nlooked\n", "fail acceleration.fell-back"],
    ["another program", "431 kvm=yes vm=yes 5eed /opt/kata/bin/qemu\nlooked\n", "fail provenance.not-shipped"],
    ["one that was gone too soon", "431 kvm=yes vm=yes  /q\nlooked\n", "fail provenance.not-shipped"],
    ["nobody could say", "", "error harness.output-unreadable"],
  ])("is %s", (_, said, verdict) => {
    expect(judged(vmm, up, { "kata.vmm": printed(said) })).toBe(verdict);
  });

  it("may be a copy of the file under test", () => {
    const component = { name: "qemu", version: null, path: "/q", sha256: "5eed", package: null };
    const facts = { ...up.facts, components: { vmm: component } };
    const seen = { "kata.vmm": printed("431 kvm=yes vm=yes 5eed /copy\nlooked\n") };
    expect(judged(vmm, { ...up, facts }, seen)).toBe("pass");
  });

  it("is not what was asked for where the guest ran under TCG, though it is gone, whatever became of the client", () => {
    const seen = {
      "kata.vmm-start": printed("431 vm=no tcg=yes /usr/bin/qemu-system-x86_64\nlooked\n"),
      "kata.vmm": printed("looked\n"),
      "kata.sandbox": { ...printed(""), ending: timedOut },
    };
    expect(judged(vmm, up, seen)).toBe("fail acceleration.fell-back");
  });

  it("is not told from what is up alone, where nobody could read what was seen while it started", () => {
    expect(
      judged(vmm, up, { "kata.vmm-start": printed("431 vm=yes tcg=no /usr/bin/qemu-system-x86_64\nlooked\n") }),
    ).toBe("pass");
    expect(judged(vmm, up, { "kata.vmm-start": printed("") })).toBe("error harness.output-unreadable");
  });

  it("is none whatever other programs came to: a daemon that was killed when it was ready, a limit that was kept to", () => {
    const killed = (stdout: string) => ({ ...printed(stdout), argv: ["sh"], ending: exited(137) });
    const seen = {
      "virtiofsd.arguments-rust": { ...killed(""), stderr: "Killed\n" },
      "kata.limits": killed("hog 137\n"),
      "kata.vmm": printed("looked\n"),
      "kata.virtiofsd": printed("looked\n"),
    };
    expect(judged(vmm, up, seen)).toBe("fail kata.no-vm");
    expect(judged(virtiofsd, up, seen)).toBe("fail kata.no-vm");
  });

  it("is not looked for where no sandbox came up", () => {
    const sandbox = { ...printed(""), ending: timedOut };
    expect(judged(vmm, up, { "kata.vmm": printed("looked\n"), "kata.sandbox": sandbox })).toMatch(/^error /);
  });
});

describe("the virtiofsd that ran", () => {
  it.each([
    ["gone, while the VMM is there", "looked\n", "fail virtiofsd.exited-early"],
    ["another program", "428 kvm=no vm=no 5eed /opt/kata/libexec/virtiofsd\nlooked\n", "fail provenance.not-shipped"],
  ])("is %s", (_, said, verdict) => {
    expect(judged(virtiofsd, up, { "kata.virtiofsd": printed(said) })).toBe(verdict);
  });

  it("is none where there is no VM either", () => {
    const nothing = { "kata.virtiofsd": printed("looked\n"), "kata.vmm": printed("looked\n") };
    expect(judged(virtiofsd, up, nothing)).toBe("fail kata.no-vm");
  });
});

describe("the control", () => {
  it.each<[string, Partial<Seen>, string]>([
    ["time out", { ending: timedOut }, "error containerd.not-answering"],
    [
      "find no containerd",
      { ending: exited(1), stderr: 'ctr: failed to dial "/run/kata-verify/containerd.sock": connection refused' },
      "error containerd.not-answering",
    ],
    ["fail", { ending: exited(1), stderr: "ctr: runc create failed: unknown" }, "error control.failed"],
    ["not start", { ending: { kind: "notStarted", code: "ENOENT" } }, "error control.failed"],
  ])("may %s", (_, seen, verdict) => {
    expect(judged(control, {}, { "control.sandbox": { ...printed(""), ...seen } })).toBe(verdict);
  });
});

describe("the configuration in force", () => {
  const { pass: asGo } = configuration.examples;
  const content =
    'kata: get config content TomlConfig { hypervisor: {"qemu": Hypervisor { path: "QEMU", boot_info: BootInfo { kernel: "/boot/vmlinuz-6.12.1", initrd: "/initrd.img", image: "" } }} }';

  it("is read from the log where there is no tool that prints it", () => {
    const seen = (path: string) => ({
      "kata.configuration": printed(""),
      "kata.log": printed(content.replace("QEMU", path)),
    });
    expect(judged(configuration, asGo, seen("/bin/qemu-system-x86_64"))).toBe("pass");
    expect(judged(configuration, asGo, seen("/opt/kata/bin/qemu-system-x86_64"))).toBe("error kata.config");
  });

  it("boots Kata's own kernel and image where the drop-in names none", () => {
    const vmm = "/usr/bin/qemu-system-x86_64";
    const binaries: KataBinaries = {
      ...({ source: "path", runtime: "go", version: "4.0.0", digest: "d", vouched: "nobody" } as const),
      ...{ shim: "/s", config: "/c", guestKernel: "/opt/kata/vmlinux-6.18.35", guestImage: "/opt/kata/kata.img" },
    };
    const said = (kernel: string) => ({
      "kata.drop-in": printed(`[hypervisor.qemu]\npath = "${vmm}"\n`),
      "kata.configuration": printed(
        JSON.stringify({ Hypervisor: { Path: vmm }, Kernel: { Path: kernel }, Image: { Path: "/opt/kata/kata.img" } }),
      ),
    });
    const part = { facts: { kata: binaries } };
    expect(judged(configuration, part, said("/opt/kata/vmlinux-6.18.35"))).toBe("pass");
    expect(judged(configuration, part, said("/boot/vmlinuz-6.12.1"))).toBe("error kata.config");
  });

  it("is not known where neither says it", () => {
    expect(judged(configuration, asGo, { "kata.configuration": printed("{}") })).toBe("error harness.not-observed");
  });
});
