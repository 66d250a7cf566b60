import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/testbeds/engine.ts";
import { openEngineProxy } from "./engine-proxy.ts";
import { openEngine } from "./engine-socket.ts";
import { type PipelineOptions, type Verified, verify } from "./pipeline.ts";
import { openRegistry, type RegistryServer } from "./registry-server.ts";
import { catalogWith } from "./sabotage/catalog.ts";
import { changes } from "./sabotage/changes.ts";
import { forgetImages, publish } from "./sabotage/image.ts";
import { kernelWithoutVsock } from "./sabotage/kernels.ts";
import { packageOf, type Sabotage } from "./sabotage/package.ts";
import { virtiofsdThatEnds, virtiofsdThatStopsTheVmm } from "./sabotage/virtiofsds.ts";
import {
  divertedVmm,
  falseVmm,
  vmmThatFallsBack,
  vmmThatLosesTheInitrd,
  vmmThatPanicsTheKernel,
  vmmWithoutEntropy,
  wrappedVmm,
} from "./sabotage/vmms.ts";

/** A guest on an emulated processor takes one. The runs that take longest come first below. */
const turns = pLimit(2);

const inContainer = ["debian-13", "--tier", "guest", "--testbed", "container"];
const inVm = ["debian-13", "--tier", "guest", "--testbed", "vm"];

let folder: string;
let engine: Engine;
let registry: RegistryServer;
/** Debian 13 as it is shipped, on the testbed on which most is done here. */
let shipped: Verified;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kv-sabotage-"));
  engine = await openEngine();
  registry = await openRegistry();
  shipped = await verify("shipped", inContainer);
}, 900_000);

afterAll(async () => {
  await forgetImages(engine);
  await registry[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** What the package does to Debian 13. */
async function sabotaged(sabotage: Sabotage, argv = inContainer, options?: PipelineOptions): Promise<Verified> {
  const file = await packageOf(folder, sabotage);
  return turns(() => verify(sabotage.name, [...argv, "--with-package", file], options));
}

const candidate = (part: "vmm" | "virtiofsd") => ({ [`contract.provenance.${part}`]: "skip provenance.candidate" });
/** The VMM's own program is behind a script: that is found wherever a guest was started. */
const notShipped = { "guest.vmm": "fail provenance.not-shipped" };

const afterConsole = ["virtiofs", "block", "network", "entropy", "hotplug", "shutdown"].map(id => `guest.${id}`);

/** One that reached the guest's console, and died: what was to come is no failure of its own. */
const guestDied = (code: string) => ({
  "guest.console": `fail ${code}`,
  ...Object.fromEntries(afterConsole.map(id => [id, `error ${code}`])),
});

/** One that died at a moment of its own: what it was at, several things at once, may have failed; what was to come could not be told. */
function expectDied({ said }: Verified, code: string) {
  const told = afterConsole.map(id => `${said[id]}\n`).join("");
  expect(told).toMatch(new RegExp(`^((pass|fail ${code}|error ${code})\n)*error ${code}\n$`));
}

/**
 * What changed, without the checks that {@link expectDied} is for, and without the console's: a guest says that it is up a moment
 * before it has said all that is asked of that.
 */
const changedBefore = (run: Verified) =>
  Object.fromEntries(
    Object.entries(changes(shipped, run)).filter(([id]) => id !== "guest.console" && !afterConsole.includes(id)),
  );

/** The checks that decide a standing and did not pass. */
const deciding = ({ cell }: Verified): string[] =>
  cell.checks
    .filter(({ gating, outcome }) => gating && (outcome === "fail" || outcome === "error"))
    .map(({ id }) => id);

test("Debian 13 as it is shipped has nothing that fails", () => {
  const { cell, exitCode } = shipped;
  expect(cell.checks.filter(({ gating, outcome }) => gating && outcome === "fail")).toEqual([]);
  expect(["provisional", "inconclusive"]).toContain(cell.standing);
  expect(exitCode).toBe(cell.standing === "provisional" ? 0 : 3);
});

describe.concurrent("virtiofsd", { timeout: 900_000 }, () => {
  test("is in no package", async () => {
    const catalog = await catalogWith(join(folder, "no-virtiofsd"), "debian-13", ({ packages }) => ({
      packages: { ...packages, virtiofsd: ["no-such-virtiofsd"] },
    }));
    const run = await turns(() => verify("no-virtiofsd", [...inContainer, "--catalog", catalog]));
    expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported" } });
    const all = changes(shipped, run);
    expect(all).toMatchObject({
      "contract.virtiofsd.shipped": "fail virtiofsd.not-packaged",
      "guest.virtiofs": "fail virtiofsd.not-packaged",
    });
    for (const [id, said] of Object.entries(all)) {
      expect(id).toMatch(/virtiof/);
      expect(said).toMatch(/ virtiofsd\.not-packaged$/);
    }
  });

  test("ends before a VMM can connect", async () => {
    const run = await sabotaged(virtiofsdThatEnds);
    expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported" } });
    expect(changes(shipped, run)).toEqual({
      ...candidate("virtiofsd"),
      "contract.virtiofsd.ready": "fail virtiofsd.exited-early",
      "guest.virtiofs": "fail virtiofsd.exited-early",
    });
  });
});

describe.concurrent("the VMM", { timeout: 900_000 }, () => {
  test("is asked for KVM and runs TCG, where KVM is real", async () => {
    const run = await sabotaged(vmmThatFallsBack, inVm);
    expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported", acceleration: "tcg" } });
    expect(run.said).toMatchObject({ ...candidate("vmm"), "guest.acceleration": "fail acceleration.fell-back" });
    const fails = Object.entries(run.said).filter(([id, said]) => id.startsWith("guest.") && said.startsWith("fail"));
    expect(fails.map(([id]) => id)).toEqual(["guest.vmm", "guest.acceleration"]);
  });

  test("is /bin/false", async () => {
    const run = await sabotaged(falseVmm);
    expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported" } });
    expect(run.said).toMatchObject({
      ...candidate("vmm"),
      "contract.qemu.runs": "fail vmm.not-running",
      "contract.qemu.version": "error harness.output-unreadable",
      "contract.qemu.devices-core": "fail vmm.not-running",
      "contract.qemu.command-line-rust": "fail vmm.not-running",
      ...guestDied("vmm.not-running"),
    });
    const others = Object.keys(changes(shipped, run)).filter(id => !/^(contract\.qemu|guest)\./.test(id));
    expect(others).toEqual(["contract.provenance.vmm"]);
  });

  test("was put behind a script by the administrator", async () => {
    const run = await sabotaged(divertedVmm);
    expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported" } });
    expect(changes(shipped, run)).toEqual({ "contract.provenance.vmm": "fail provenance.not-shipped", ...notShipped });
  });

  test("was diverted by a local package, in the image that the target names", async () => {
    const path = await packageOf(folder, wrappedVmm);
    const contents = await readFile(path);
    const reference = await publish(engine, registry.host, "diverted", "dpkg --install /local.deb", [
      { path: "/local.deb", contents },
    ]);
    const catalog = await catalogWith(join(folder, "diverted"), "debian-13", () => ({ image: { reference } }));
    const run = await turns(() => verify("diverted", ["debian-13", "--tier", "contract", "--catalog", catalog]));
    expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported" } });
    expect(run.cell.components.vmm?.package).toMatchObject({ name: wrappedVmm.name, repository: null });
    const contract = Object.entries(changes(shipped, run)).filter(([id]) => id.startsWith("contract."));
    expect(contract).toEqual([["contract.provenance.vmm", "fail provenance.not-shipped"]]);
  });

  test("lacks a device, in what it lists and in what it takes", async () => {
    const run = await sabotaged(vmmWithoutEntropy);
    expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported" } });
    expect(changes(shipped, run)).toEqual({
      ...candidate("vmm"),
      ...notShipped,
      "contract.qemu.devices-core": "fail vmm.device-missing",
      "contract.qemu.command-line-rust": "fail vmm.device-missing",
      "contract.qemu.command-line-go": "fail vmm.device-missing",
      "contract.qemu.hotplug": "fail vmm.device-missing",
      "guest.entropy": "fail vmm.device-missing",
    });
  });
});

describe.concurrent("the guest", { timeout: 900_000 }, () => {
  test("has no vsock, for the kernel's package lacks a module", async () => {
    const run = await sabotaged(kernelWithoutVsock, inVm);
    expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported" } });
    expect(run.said).toMatchObject({
      "contract.kernel.modules": "fail guest.module-missing",
      "contract.host.modules": "pass",
      "guest.vsock": "fail guest.module-missing",
    });
    expect(deciding(run)).toEqual(["contract.kernel.modules", "guest.vsock"]);
  });

  test("panics", async () => {
    const run = await sabotaged(vmmThatPanicsTheKernel);
    expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported" } });
    expectDied(run, "guest.panic");
    expect(changedBefore(run)).toEqual({ ...candidate("vmm"), ...notShipped });
    expect(["pass", "fail guest.panic"]).toContain(run.said["guest.console"]);
    const { reason } =
      run.cell.checks.find(({ outcome, reason }) => outcome === "fail" && reason?.code === "guest.panic") ?? {};
    expect(reason?.detail).toContain("Kernel panic - not syncing: sysrq triggered crash");
  });

  test("finds no first program, and has no console yet to say so", async () => {
    const run = await sabotaged(vmmThatLosesTheInitrd);
    expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported" } });
    expect(changes(shipped, run)).toEqual({ ...candidate("vmm"), ...notShipped, ...guestDied("guest.no-boot") });
    const { reason } = run.cell.checks.find(({ id }) => id === "guest.console") ?? {};
    expect(reason?.detail).toContain("Unable to mount root fs");
  });

  test("hangs half-way; where the processor is emulated, time proves nothing", async () => {
    const file = await packageOf(folder, virtiofsdThatStopsTheVmm);
    const run = await verify("hangs", [...inContainer, "--with-package", file]);
    const emulated = run.cell.acceleration === "tcg";
    const code = emulated ? "infra.slow" : "guest.hang";
    expect(run).toMatchObject({
      exitCode: emulated ? 3 : 1,
      cell: { standing: emulated ? "inconclusive" : "unsupported" },
    });
    expectDied(run, code);
    expect(changedBefore(run)).toEqual(candidate("virtiofsd"));
    expect(["pass", emulated ? `error ${code}` : `fail ${code}`]).toContain(run.said["guest.console"]);
  });
});

describe.concurrent("the distro is not to blame where", { timeout: 900_000 }, () => {
  const told = async (run: Verified, code: string) => {
    expect(run).toMatchObject({ exitCode: 3, cell: { standing: "inconclusive" } });
    const asked = Object.entries(run.said).filter(([, said]) => !said.startsWith("skip "));
    expect(asked.filter(([, said]) => said !== `error ${code}`)).toEqual([]);
    expect(asked.length).toBeGreaterThan(50);
  };

  test("the testbed has no /dev/vhost-vsock", async () => {
    const [there, away] = ['"PathInContainer":"/dev/vhost-vsock"', '"PathInContainer":"/dev/vhost-other"'];
    const without = (asked: Buffer) => Buffer.from(asked.toString("latin1").replaceAll(there, away), "latin1");
    await using proxy = await openEngineProxy(without);
    const run = await turns(() => verify("no-vhost-vsock", inContainer, { env: proxy.address }));
    expect(run).toMatchObject({ exitCode: 3, cell: { standing: "inconclusive" } });
    expect(deciding(run)).toEqual(["guest.vsock"]);
    expect(run.said["guest.vsock"]).toBe("error infra.no-vhost-vsock");
  });

  test("the package mirror is down", async () => {
    const script = 'rm -f /etc/apt/sources.list.d/*; echo "deb http://127.0.0.1:9/ trixie main" >/etc/apt/sources.list';
    const reference = await publish(engine, registry.host, "mirror-down", script);
    const catalog = await catalogWith(join(folder, "mirror-down"), "debian-13", () => ({ image: { reference } }));
    await told(await verify("mirror-down", [...inContainer, "--catalog", catalog]), "infra.mirror-down");
  });

  test("the registry is down, and there is no other way", async () => {
    const catalog = await catalogWith(join(folder, "registry-down"), "debian-13", () => ({
      image: { reference: "127.0.0.1:9/debian:13" },
      bootstrap: undefined,
    }));
    await told(await verify("registry-down", [...inContainer, "--catalog", catalog]), "infra.registry-down");
  });
});
