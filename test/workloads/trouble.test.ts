import { describe, expect, it } from "vitest";
import type { EvidencePart } from "../../src/model/check.ts";
import type { Ending } from "../../src/model/command.ts";
import type { Evidence } from "../../src/model/evidence.ts";
import type { Acceleration, WorkloadId } from "../../src/model/words.ts";
import { guestSaid, printed } from "../../src/workloads/example.ts";
import { workloads } from "../../src/workloads/index.ts";

const token = "kv-5eed5eed5eed5eed5eed5eed5eed5eed";

/** A guest that said this and no more, seen in this way. */
function cut(
  said: readonly string[],
  seen: { console?: string; wait?: string; vmm?: Ending; stderr?: string; ran?: Acceleration | "nobody saw" },
) {
  const whole = guestSaid([]);
  return {
    facts: {
      ...whole.facts,
      offered: "kvm" as const,
      acceleration: seen.ran === "nobody saw" ? undefined : (seen.ran ?? "kvm"),
    },
    steps: {
      ...whole.steps,
      "guest.testbed": printed("testbed container\nvirtiofsd virtiofsd 1.13.2\n"),
      "guest.virtiofsd": printed("waiting\n"),
      "guest.marks": printed(said.map(line => `${token} ${line}\n`).join("")),
      "guest.console": printed(seen.console ?? ""),
      "guest.wait": printed(seen.wait ?? "ended - 4711 "),
      "guest.vmm": { ...printed("", []), ending: seen.vmm ?? { kind: "exited", code: 0 }, stderr: seen.stderr ?? "" },
    },
  } satisfies EvidencePart;
}

function judged(part: EvidencePart, ...ids: WorkloadId[]): string[] {
  return ids.map(id => {
    const judgement = workloads[id].check.judge(part as Evidence);
    return judgement.outcome === "pass" ? "pass" : `${judgement.outcome} ${judgement.reason.code}`;
  });
}

const panic = "[    7.1] Kernel panic - not syncing: Fatal exception in interrupt\n[    7.1] CPU: 0 PID: 1\n";
const up = ["guest up=4.00", "console begin=yes"];

describe("a guest that is not well", () => {
  it("panics in the middle: whoever was at work fails, and nobody is told of the others", () => {
    const evidence = cut([...up, "block begin=yes"], { console: panic });
    expect(judged(evidence, "console", "block", "virtiofs")).toEqual([
      "fail guest.panic",
      "fail guest.panic",
      "error guest.panic",
    ]);
  });

  it("keeps what was proven before the panic", () => {
    const evidence = cut([...up, "entropy current=virtio_rng.0", `entropy drawn=${"1f0e".repeat(16)}`], {
      console: panic,
    });
    expect(judged(evidence, "entropy")).toEqual(["pass"]);
  });

  it.each<[string, Parameters<typeof cut>[1], string, string[]]>([
    ["hangs half-way under KVM", { wait: "timedOut - 300 text" }, "up", ["fail guest.hang", "error guest.hang"]],
    [
      "hangs half-way under emulation",
      { wait: "timedOut - 300 text", ran: "kvm-emulated" },
      "up",
      ["error infra.slow", "error infra.slow"],
    ],
    [
      "never starts, and nobody saw what it runs under",
      { wait: "timedOut - 300 text", ran: "nobody saw" },
      "",
      ["error harness.not-observed", "error harness.not-observed"],
    ],
    [
      "stalls with the kernel's complaint, and nobody saw what it runs under",
      {
        wait: "timedOut - 9 ",
        ran: "nobody saw",
        console: "[ 9.9] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
      },
      "up",
      ["error harness.not-observed", "error harness.not-observed"],
    ],
    ["never starts under KVM", { wait: "timedOut - 300 text" }, "", ["fail guest.no-boot", "error guest.no-boot"]],
    [
      "says nothing at all under emulation",
      { wait: "timedOut - 0 ", ran: "tcg" },
      "",
      ["error infra.emulation-stall", "error infra.emulation-stall"],
    ],
    ["says nothing at all under KVM", { wait: "timedOut - 0 " }, "", ["fail guest.no-boot", "error guest.no-boot"]],
    ["resets before init", { wait: "ended - 0 ", ran: "tcg" }, "", ["fail guest.no-boot", "error guest.no-boot"]],
    ["resets in the middle", { wait: "ended - 300 x" }, "up", ["fail guest.panic", "error guest.panic"]],
    [
      "stalls with the kernel's complaint, emulated",
      { wait: "timedOut - 9 ", ran: "tcg", console: "[ 9.9] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:" },
      "up",
      ["error infra.slow", "error infra.slow"],
    ],
    [
      "loses its VMM to a signal",
      { vmm: { kind: "signalled", signal: "SIGSEGV" } },
      "up",
      ["fail vmm.crash", "error vmm.crash"],
    ],
    [
      "loses its VMM to the out-of-memory killer",
      { vmm: { kind: "signalled", signal: "SIGKILL" } },
      "up",
      ["error infra.memory", "error infra.memory"],
    ],
    [
      "has no memory behind it",
      { stderr: "error: kvm run failed Bad address\nRAX=0", wait: "timedOut - 9 " },
      "up",
      ["error infra.memory", "error infra.memory"],
    ],
    [
      "runs under a KVM that cannot",
      { stderr: "KVM internal error. Suberror: 1\nemulation failure", wait: "timedOut - 9 " },
      "",
      ["error infra.kvm-unusable", "error infra.kvm-unusable"],
    ],
    [
      "has a VMM that does nothing",
      { vmm: { kind: "exited", code: 1 } },
      "",
      ["fail vmm.not-running", "error vmm.not-running"],
    ],
  ])("%s", (_, seen, got, expected) => {
    expect(judged(cut(got === "up" ? up : [], seen), "console", "virtiofs")).toEqual(expected);
  });

  it.each(["EAFNOSUPPORT: Address family not supported by protocol", "modprobe: Invalid module format", "[ Oops: 1 ]"])(
    "names no workload's failure after what another said: %s",
    words => {
      const said = [
        ...up,
        `vsock said=${words}`,
        "network begin=yes",
        "network error=no carrier",
        "shutdown begin=yes",
      ];
      const console = said.map(line => `${token} ${line}\r\n`).join("");
      expect(judged(cut(said, { console }), "vsock", "network")).toEqual(["fail guest.vsock", "fail guest.network"]);
      const alone = `standin vsock-answer: EAFNOSUPPORT\r\n${console}`;
      expect(judged(cut(said, { console: alone }), "network")).toEqual(["fail guest.network"]);
    },
  );

  it("hears a kernel that prints into the middle of what a workload says", () => {
    const console = `${token} network begin=y[    7.100000] Kernel panic - not syncing: Fatal exception\n`;
    expect(judged(cut([...up, "network begin=yes"], { console }), "network")).toEqual(["fail guest.panic"]);
  });

  it("does not reach its end in time with one workload: slow under emulation, that workload's own failure under KVM", () => {
    const said = ["vsock begin=yes", "vsock overdue=10s", "shutdown begin=yes"];
    expect(judged(cut(said, { ran: "kvm-emulated" }), "vsock")).toEqual(["error infra.slow"]);
    expect(judged(cut(said, {}), "vsock")).toEqual(["fail guest.vsock"]);
  });
});

describe("what is not the guest's doing", () => {
  const look = (text: string) => ({
    ...guestSaid([]),
    steps: { ...guestSaid([]).steps, "guest.testbed": printed(text) },
  });

  it("tells the runner's missing device from the distro's", () => {
    expect(judged(look("testbed container\n/dev/vhost-vsock ENOENT\n"), "vsock")).toEqual([
      "error infra.no-vhost-vsock",
    ]);
    expect(judged(look("testbed vm\n/dev/vhost-vsock ENOENT\n"), "vsock")).toEqual(["fail host.device-missing"]);
    expect(judged(look("testbed container\n/dev/net/tun EPERM\n"), "network")).toEqual(["error infra.no-tun"]);
  });

  it("blames a VMM that refuses a device for that device only", () => {
    const stderr =
      "qemu-system-x86_64: -device virtio-rng-pci,rng=rng0: 'virtio-rng-pci' is not a valid device model name\n";
    const refused = { ...printed(""), ending: { kind: "exited", code: 1 } as const, stderr };
    expect(judged(guestSaid([], { "guest.refused-entropy": refused }), "entropy")).toEqual(["fail vmm.device-missing"]);
  });

  it("names the module that the kernel package lacks", () => {
    const modules =
      "vmw_vsock_virtio_transport: modprobe: FATAL: Module vmw_vsock_virtio_transport not found in directory /lib/modules/6.12\n";
    const evidence = guestSaid(["vsock error=no /dev/vsock"], { "guest.modules": printed(modules) });
    expect(judged(evidence, "vsock")).toEqual(["fail guest.module-missing"]);
  });

  it.each([
    ["exited 1\n", "", "fail virtiofsd.exited-early"],
    ["exited 2\n", "error: unexpected argument '--announce-submounts' found\n", "fail virtiofsd.syntax"],
    ["exited 1\n", "mount(/, MS_REC, MS_SLAVE): Permission denied\n", "error infra.no-privilege"],
    ["", "", "error infra.slow"],
  ])("tells why virtiofsd was not there: %j %j", (stdout, stderr, expected) => {
    const seen = { ...printed(stdout), ending: { kind: "exited", code: 1 } as const, stderr };
    const evidence = guestSaid([], {
      "guest.testbed": printed("testbed vm\nvirtiofsd x\n"),
      "guest.virtiofsd": seen,
    });
    expect(judged(evidence, "virtiofs")).toEqual([expected]);
  });

  it("knows a distro without virtiofsd", () => {
    expect(judged(guestSaid([], { "guest.testbed": printed("testbed vm\n") }), "virtiofs")).toEqual([
      "fail virtiofsd.not-packaged",
    ]);
  });
});
