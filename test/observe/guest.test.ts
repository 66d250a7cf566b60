import { describe, expect, it } from "vitest";
import type { Cell } from "../../src/model/cell.ts";
import type { Event, Evidence } from "../../src/model/evidence.ts";
import { TestbedGone } from "../../src/model/testbed.ts";
import { type Acceleration, WorkloadId } from "../../src/model/words.ts";
import { observeGuest } from "../../src/observe/guest.ts";
import { guestChecks } from "../../src/workloads/index.ts";
import { recorded } from "../requirements/recorded.ts";
import { type Fake, fakeTestbed, folded, type Script } from "./guest/fake.ts";

const ids = [...WorkloadId.options];
const cell = { arch: "amd64", scenario: { id: "s", workloads: ids } } as unknown as Cell;

async function observed(
  script?: Script,
  change: { offered?: Acceleration; signal?: AbortSignal; virtiofsd?: boolean } = {},
) {
  const testbed = fakeTestbed(script);
  const events: Event[] = [];
  const heard: string[] = [];
  const seen = await observeGuest({
    testbed,
    cell,
    paths: {
      vmm: "/usr/bin/qemu",
      kernelRelease: "6.12",
      kernelImage: "/boot/vmlinuz-6.12",
      ...(change.virtiofsd === false ? {} : { virtiofsd: "/usr/libexec/virtiofsd" }),
    },
    offered: change.offered ?? "kvm",
    standinPath: "/run/kata-verify/standin",
    image: { key: "5eed".repeat(16), initramfs: new Uint8Array(4) },
    timeScale: 0.01,
    emit: event => events.push(event),
    signal: change.signal ?? new AbortController().signal,
    onConsoleLine: line => heard.push(line),
  });
  const evidence = folded(events) as unknown as Evidence;
  return { testbed, evidence, seen, heard, outcomes: outcomes(evidence) };
}

const outcomes = (evidence: Evidence): Record<string, string> =>
  Object.fromEntries(
    guestChecks(ids).map(({ id, judge, needs }) => {
      if (needs.some(step => evidence.steps[step] === undefined)) return [id, "not observed"];
      const judgement = judge(evidence);
      return [id, judgement.outcome === "pass" ? "pass" : `${judgement.outcome} ${judgement.reason.code}`];
    }),
  );

const allPass = Object.fromEntries(guestChecks(ids).map(({ id }) => [id, "pass"]));
const commandLine = (testbed: Fake, nth: number) =>
  testbed.ran.filter(({ kind }) => kind === "start")[nth]?.command.argv.join(" ") ?? "";

/** The guest says one thing after the other, then the VMM ends. */
const talkative: Script = (kind, _nth, usual, { argv }) => {
  if (kind !== "await") return usual;
  const said = ["guest up=", "vsock said=listening", "hotplug waiting=yes"];
  const mark = said.find(one => argv.slice(5).some(awaited => awaited.endsWith(one)));
  const number = argv.slice(5).findIndex(one => mark !== undefined && one.endsWith(mark));
  return mark === undefined ? usual : { stdout: `found ${number} 100 ${mark}\n` };
};

describe("observing a guest", () => {
  it("proves every workload, each testbed's side when the guest is ready for it", async () => {
    const { outcomes, testbed, heard, evidence } = await observed(talkative);
    expect(outcomes).toEqual(allPass);
    expect(heard.slice(0, 2)).toEqual(["guest up=", "vsock said=listening"]);
    expect(evidence.facts.acceleration).toBe("kvm");
    expect(testbed.ran.map(({ kind }) => kind)).toEqual([
      ...["look", "serve", "start", "inspect", "await", "identify", "await", "connect", "await", "plug", "await"],
      ...["readBack", "shutdown", "collect"],
    ]);
  });

  it("writes the archive once for all boots of a testbed", async () => {
    const first = await observed(talkative);
    expect(first.testbed.written).toEqual(["/run/kata-verify/guest-5eed5eed5eed5eed.cpio"]);
    const there: Script = (kind, nth, usual, command) =>
      kind === "look" ? { stdout: `${usual.stdout}initrd there\n` } : talkative(kind, nth, usual, command);
    expect((await observed(there)).testbed.written).toEqual([]);
  });

  it("leaves out a device that the VMM refuses, and shows what it said", async () => {
    const stderr = "qemu: -device virtio-rng-pci,rng=rng0: 'virtio-rng-pci' is not a valid device model name\n";
    const { outcomes, testbed } = await observed((kind, nth, usual, command) => {
      if (kind === "inspect" && nth === 0) return { ending: { kind: "exited", code: 1 } };
      return kind === "refusal" ? { ...usual, stderr } : talkative(kind, nth, usual, command);
    });
    expect(outcomes).toEqual({ ...allPass, "guest.entropy": "fail vmm.device-missing" });
    expect([0, 1].map(nth => commandLine(testbed, nth).includes("virtio-rng-pci"))).toEqual([true, false]);
    expect(testbed.ran.filter(({ kind }) => kind === "serve")).toHaveLength(2);
  });

  it("does not start again where every guest would be refused", async () => {
    const stderr = 'qemu: unsupported machine type: "q35"\n';
    const { outcomes, testbed } = await observed((kind, _nth, usual) => {
      if (kind === "inspect") return { ending: { kind: "exited", code: 1 } };
      if (kind === "refusal") return { ...usual, stderr };
      if (kind === "await") return { stdout: "ended - 0 \n" };
      return kind === "collect" ? { stdout: `${stderr.length}\n${stderr}9\nexited 1\n0\n0\n0\n0\n0\n0\n` } : usual;
    });
    expect(testbed.ran.filter(({ kind }) => kind === "start")).toHaveLength(1);
    expect(outcomes["guest.console"]).toBe("fail vmm.machine-missing");
    expect(outcomes["guest.block"]).toBe("error vmm.machine-missing");
    expect(testbed.ran.some(({ kind }) => kind === "diagnose")).toBe(false);
  });

  it("boots without the shared folder where virtiofsd ends at once, or is not there", async () => {
    const early = await observed((kind, nth, usual, command) =>
      kind === "serve"
        ? { stdout: "exited 1\n", stderr: "no\n", ending: { kind: "exited", code: 1 } }
        : talkative(kind, nth, usual, command),
    );
    expect(early.outcomes["guest.virtiofs"]).toBe("fail virtiofsd.exited-early");
    expect(early.outcomes["guest.vsock"]).toBe("pass");
    expect(commandLine(early.testbed, 0)).not.toContain("vhost-user-fs-pci");
    const none = await observed(
      (kind, nth, usual, command) =>
        kind === "look"
          ? { stdout: usual.stdout?.replace(/^virtiofsd .*\n/m, "") ?? "" }
          : talkative(kind, nth, usual, command),
      { virtiofsd: false },
    );
    expect(none.outcomes["guest.virtiofs"]).toBe("fail virtiofsd.not-packaged");
    expect(none.outcomes["guest.shutdown"]).toBe("pass");
  });

  it.each([
    ["debian-11", "-o source="],
    ["debian-12", "-o source="],
    ["debian-13", "--shared-dir "],
  ])("calls the virtiofsd of %s in its own words", async (name, words) => {
    const [version] = recorded(name).steps["virtiofsd.version"]?.stdout.split("\n") ?? [];
    const { testbed } = await observed((kind, nth, usual, command) =>
      kind === "look"
        ? { stdout: usual.stdout?.replace("virtiofsd 1.13.2", version ?? "") ?? "" }
        : talkative(kind, nth, usual, command),
    );
    const serve = testbed.ran.find(({ kind }) => kind === "serve");
    expect(serve?.command.argv.join(" ")).toContain(words);
  });

  it("boots without vsock where the testbed has none", async () => {
    const { outcomes, testbed } = await observed((kind, nth, usual, command) =>
      kind === "look"
        ? { stdout: usual.stdout?.replace("/dev/vhost-vsock ok", "/dev/vhost-vsock ENOENT") ?? "" }
        : talkative(kind, nth, usual, command),
    );
    expect(outcomes).toEqual({ ...allPass, "guest.vsock": "error infra.no-vhost-vsock" });
    expect(commandLine(testbed, 0)).not.toContain("vsock");
  });

  it("says that nothing was seen of a guest that is silent under emulation", async () => {
    const silent: Script = (kind, _nth, usual) =>
      kind === "await"
        ? { stdout: "timedOut - 0 \n" }
        : kind === "collect"
          ? { stdout: "0\n0\n0\n0\n1\n00\n0\n0\n" }
          : usual;
    const emulated = await observed(silent, { offered: "kvm-emulated" });
    expect(emulated.seen.stalled).toBe(true);
    expect(emulated.outcomes["guest.console"]).toBe("error infra.emulation-stall");
    expect(emulated.testbed.ran.some(({ kind }) => kind === "diagnose")).toBe(false);
    const native = await observed(silent, { offered: "kvm" });
    expect(native.seen.stalled).toBe(false);
    expect(native.outcomes["guest.console"]).toBe("fail guest.panic");
  });

  it("finds a VMM that was asked for KVM and runs something else", async () => {
    const { outcomes, evidence } = await observed(
      (kind, nth, usual, command) =>
        kind === "inspect"
          ? { stdout: '{"return": {"enabled": false, "present": true}}\n' }
          : talkative(kind, nth, usual, command),
      { offered: "kvm-emulated" },
    );
    expect(outcomes["guest.acceleration"]).toBe("fail acceleration.fell-back");
    expect(evidence.facts.acceleration).toBe("tcg");
  });

  it.each(["kvm", "kvm-emulated"] as const)(
    "does not say what ran a guest whose VMM never answered: %s",
    async offered => {
      const mute: Script = (kind, nth, usual, command) => {
        if (kind === "inspect") return { stdout: "", ending: { kind: "exited", code: 1 } };
        return kind === "refusal" ? { stdout: "" } : talkative(kind, nth, usual, command);
      };
      const { outcomes, evidence } = await observed(mute, { offered });
      expect(evidence.facts.acceleration).toBeNull();
      expect(outcomes).toEqual({ ...allPass, "guest.acceleration": "error harness.not-observed" });
    },
  );

  it("does not wait for a guest that is emulated on an emulated processor, nor ask another one", async () => {
    const { outcomes, seen, testbed } = await observed(
      kind => {
        if (kind === "inspect") return { stdout: '{"return": {"enabled": false, "present": true}}\n' };
        if (kind === "await") return { stdout: "timedOut - 0 \n" };
        return kind === "collect" ? { stdout: "0\n0\n0\n0\n1\n00\n0\n0\n" } : {};
      },
      { offered: "kvm-emulated" },
    );
    const waits = testbed.ran.filter(({ kind }) => kind === "await");
    expect(waits.map(({ command }) => command.argv[4])).toEqual(["0"]);
    expect(testbed.ran.some(({ kind }) => kind === "diagnose")).toBe(false);
    expect(seen.stalled).toBe(false);
    expect(outcomes["guest.acceleration"]).toBe("fail acceleration.fell-back");
    expect(outcomes["guest.console"]).toBe("error infra.slow");
  });

  it("is interrupted: cleans up, and writes nothing that the interrupt would make untrue", async () => {
    const signal = AbortSignal.abort();
    const { testbed, outcomes } = await observed(
      (kind, _nth, usual) => (kind === "await" ? { stdout: "timedOut - 9 x\n" } : usual),
      { signal },
    );
    expect(testbed.ran.at(-1)?.kind).toBe("collect");
    expect(new Set(Object.values(outcomes))).toEqual(new Set(["not observed"]));
  });

  it.each(["look", "start", "await", "connect", "collect"] as const)(
    "rejects when the testbed is gone at %s, with nothing left running",
    async at => {
      const script: Script = (kind, nth, usual, command) =>
        kind === at ? "gone" : talkative(kind, nth, usual, command);
      await expect(observed(script)).rejects.toThrow(TestbedGone);
    },
  );

  it.each([
    ["infra.memory", { ending: { kind: "signalled", signal: "SIGKILL" } }],
    ["harness.output-unreadable", { ending: { kind: "exited", code: 64 }, stderr: "usage: standin await\n" }],
    ["harness.output-unreadable", { ending: { kind: "notStarted", code: "ENOENT" } }],
  ] as const)(
    "rejects with %s, after one look, where the program that looks does not run: %j",
    async (code, answer) => {
      const looks: number[] = [];
      const script: Script = (kind, nth, usual) => {
        if (kind !== "await") return usual;
        looks.push(nth);
        return answer;
      };
      await expect(observed(script)).rejects.toMatchObject({ code });
      expect(looks).toEqual([0]);
    },
  );

  it("asks no fresh testbed for a guest that had said something before a look that came too late", async () => {
    const late = { ending: { kind: "timedOut", afterMs: 30_000 } } as const;
    const script: Script = (kind, nth, usual) =>
      kind === "await" ? (nth === 0 ? { stdout: "found 0 100 up\n" } : late) : usual;
    const { seen } = await observed(script, { offered: "kvm-emulated" });
    expect(seen.stalled).toBe(false);
  });

  it.each([
    ["infra.memory", { ending: { kind: "signalled", signal: "SIGKILL" } }],
    ["infra.memory", { stderr: "Killed\n" }],
    ["infra.slow", { ending: { kind: "timedOut", afterMs: 30_000 } }],
    ["harness.output-unreadable", { ending: { kind: "truncated", afterBytes: 4096 } }],
  ] as const)("rejects with %s where what the guest left was told by half: %j", async (code, cut) => {
    const script: Script = (kind, nth, usual, command) => {
      const half = { stdout: usual.stdout?.slice(0, 60) ?? "", ...cut };
      return kind === "collect" ? half : talkative(kind, nth, usual, command);
    };
    await expect(observed(script)).rejects.toMatchObject({ name: "TestbedGone", code });
  });
});
