import { describe, expect, it } from "vitest";
import type { Command, Ending, Observation } from "../../src/model/command.ts";
import type { Event, Package } from "../../src/model/evidence.ts";
import { type Testbed, TestbedGone } from "../../src/model/testbed.ts";
import { observeContract } from "../../src/observe/contract.ts";
import { observeHost } from "../../src/observe/host.ts";
import { findParts } from "../../src/observe/parts.ts";
import { scenario, target } from "../judge/evidence.ts";
import { recorded } from "../requirements/recorded.ts";

type Answer = (command: Command) => { readonly stdout?: string; readonly ending?: Ending } | undefined;

function testbed(answer: Answer): Testbed {
  return {
    kind: "container",
    run: async ({ argv }): Promise<Observation> => {
      const { stdout = "", ending = { kind: "exited", code: 0 } } = answer({ argv, timeoutMs: 1 }) ?? {};
      const bytes = new TextEncoder().encode(stdout);
      return { argv, ending, stdout: bytes, stderr: new Uint8Array(), durationMs: 1 };
    },
    write: async () => {},
    fetch: async () => new Uint8Array(),
    [Symbol.asyncDispose]: async () => {},
  };
}

const find = (name: string) => ({ stdout: recorded(name).steps["provenance.find"]?.stdout ?? "" });

async function observe(answer: Answer, packages: readonly Package[] = [], tools = async () => testbed(answer)) {
  const events: Event[] = [];
  const options = {
    testbed: testbed(answer),
    target,
    scenario,
    arch: "amd64" as const,
    emit: (one: Event) => events.push(one),
  };
  const parts = await findParts(options);
  await observeContract({ ...options, parts, packages, tools, signal: new AbortController().signal });
  const fact = (name: string) =>
    events.flatMap(one => (one.kind === "fact" && one.name === name ? [one.value] : [])).at(-1);
  const steps = events.flatMap(one => (one.kind === "observed" ? [one.step] : []));
  const stopped = events.flatMap(one => (one.kind === "stopped" ? [one.stopped] : []));
  return { parts, steps, stopped, fact };
}

const isFind = ({ argv }: Command) => argv.includes("--search") && argv[0] === "dpkg-query";

describe("observing the contract", () => {
  const qemu: Package = {
    name: "qemu-system-x86",
    version: "1:10.0.13+ds-0+deb13u1",
    arch: "amd64",
    repository: { name: "Debian trixie/main", own: true },
  };
  const whole: Answer = command => {
    if (isFind(command)) return find("debian-13");
    if (command.argv[1] === "--version")
      return {
        stdout: command.argv[0]?.endsWith("virtiofsd") ? "virtiofsd 1.13.2\n" : "QEMU emulator version 10.0.13\n",
      };
    if (command.argv[0] === "sha256sum") return { stdout: `${"ab".repeat(32)}  ${command.argv.at(-1)}\n` };
    if (command.argv.at(-1) === "/usr/bin/qemu-system-x86_64" && command.argv[0] === "sh")
      return { stdout: "\u001e/usr/bin/qemu-system-x86_64\nqemu-system-x86: /usr/bin/qemu-system-x86_64\n" };
    return undefined;
  };

  it("asks the same of a whole stack as was recorded", async () => {
    const { steps, stopped } = await observe(whole);
    const asked = new Set(steps);
    const known = Object.keys(recorded("debian-13").steps).filter(id => !/verify-(?:virtiofsd|guestKernel)/.test(id));
    expect([...asked].sort()).toEqual(known.sort());
    expect(asked.size).toBe(steps.length);
    expect(stopped).toEqual([]);
  });

  it("says which package each part came in", async () => {
    const { fact } = await observe(whole, [qemu]);
    expect(fact("components")).toMatchObject({
      vmm: {
        name: "qemu",
        version: "10.0.13",
        path: "/usr/bin/qemu-system-x86_64",
        sha256: "ab".repeat(32),
        package: qemu,
      },
      virtiofsd: { version: "1.13.2", package: null },
      guestKernel: { name: "linux", version: "6.12.117+deb13-amd64" },
    });
  });

  it("asks nothing of a virtiofsd that is not there, and says why", async () => {
    const { parts, steps, stopped } = await observe(command =>
      isFind(command) ? find("debian-12-backports") : undefined,
    );
    expect(parts.virtiofsd).toBeUndefined();
    expect(steps.filter(id => id.startsWith("virtiofsd."))).toEqual([]);
    expect(steps).toContain("qemu.device-help");
    expect(stopped.map(({ steps: which, reason }) => [which, reason.code])).toEqual([
      ["virtiofsd.", "virtiofsd.not-packaged"],
      ["provenance.owner-virtiofsd", "virtiofsd.not-packaged"],
    ]);
  });

  it("starts a daemon in C in its own language", async () => {
    const seen: string[] = [];
    await observe(command => {
      if (command.argv.some(one => one.startsWith("source="))) seen.push("c");
      if (isFind(command)) return find("debian-12");
      return command.argv[1] === "--version" ? { stdout: "using FUSE kernel interface version 7.36\n" } : undefined;
    });
    expect(seen).toEqual(["c"]);
  });

  it.each<[string, Ending]>([
    ["harness.output-unreadable", { kind: "exited", code: 2 }],
    ["infra.memory", { kind: "signalled", signal: "SIGKILL" }],
  ])("says %s where the package database does not answer: %j", async (code, ending) => {
    const half = find("debian-13").stdout.slice(0, 100);
    const { parts, stopped } = await observe(() => ({ stdout: half, ending }));
    expect(parts).toEqual({});
    expect(stopped[0]).toMatchObject({ stage: "configure", reason: { code } });
  });

  it("sees all but the kernel's notes without the harness's own machine", async () => {
    const { steps, stopped, fact } = await observe(whole, [qemu], async () => {
      throw new TestbedGone("it did not start");
    });
    expect(steps).not.toContain("kernel.notes");
    expect(steps).toContain("kernel.modules");
    expect(fact("components")).toMatchObject({ vmm: { package: qemu } });
    expect(stopped).toMatchObject([
      { tier: "contract", steps: "kernel.notes", reason: { code: "infra.testbed-gone" } },
    ]);
  });

  it("ends when the testbed is gone", async () => {
    const gone = observe(command => {
      if (isFind(command)) return find("debian-13");
      throw new TestbedGone("gone");
    });
    await expect(gone).rejects.toThrow(TestbedGone);
  });
});

it("observes the host, its log last", async () => {
  const steps: string[] = [];
  await observeHost({
    testbed: testbed(() => undefined),
    emit: event => event.kind === "observed" && steps.push(event.step),
  });
  expect(steps).toEqual(["host.devices", "host.kvm", "host.settings", "host.log"]);
});
