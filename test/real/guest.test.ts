import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepare } from "../../src/images/rootfs.ts";
import type { Tools } from "../../src/images/tools.ts";
import type { Event, Evidence } from "../../src/model/evidence.ts";
import { Scenario } from "../../src/model/scenario.ts";
import { Target } from "../../src/model/target.ts";
import { WorkloadId } from "../../src/model/words.ts";
import { type GuestImage, guestImage } from "../../src/observe/guest/image.ts";
import { type GuestObserver, observeGuest } from "../../src/observe/guest.ts";
import { openContainerTestbed } from "../../src/testbeds/container.ts";
import { runLabel } from "../../src/testbeds/engine/owner.ts";
import type { Engine } from "../../src/testbeds/engine.ts";
import { cpio } from "../../src/testbeds/initramfs/cpio.ts";
import { guestChecks } from "../../src/workloads/index.ts";
import { folded } from "../observe/guest/fake.ts";
import { arch, testCache } from "./base-image.ts";
import { containersOf, openEngine } from "./engine-socket.ts";
import { hostileVmm } from "./hostile-vmm.ts";
import { tools } from "./tools.ts";

const run = `test-${randomBytes(4).toString("hex")}`;
const ids = [...WorkloadId.options];
const catalogFile = join(import.meta.dirname, "..", "..", "images", "debian-13.json");

let engine: Engine;
let made: Tools;
let imageId: string;
let kernelRelease: string;
let image: GuestImage;
let target: Target;
const listing: Event[] = [];

const openTestbed = () =>
  openContainerTestbed(engine, {
    ...{ image: imageId, run, standin: made.standin, mounts: [], network: "none", confinement: "vmm", shmMiB: 1024 },
    capabilities: [
      ...["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_ADMIN", "SETFCAP", "SETGID", "SETPCAP"],
      ...["SETUID", "SYS_ADMIN", "SYS_CHROOT"],
    ],
    devices: ["/dev/net/tun"],
  });

beforeAll(async () => {
  engine = await openEngine();
  made = await tools(engine);
  target = Target.parse(JSON.parse(await readFile(catalogFile, "utf8")));
  const common = { run, cache: testCache, standin: made.standin, candidates: [], emit: () => {}, tell: () => {} };
  const rootfs = await prepare(engine, target, arch, common);
  ({ imageId } = rootfs);
  await using source = await openTestbed();
  const listed = await source.run({ argv: ["ls", "/usr/lib/modules"], timeoutMs: 10_000 });
  kernelRelease = Buffer.from(listed.stdout).toString().trim();
  image = await guestImage({
    ...{ source, workloads: ids, kernelRelease, rootfsId: rootfs.imageId },
    ...{ busybox: made.busybox, standin: made.standin },
    decompress: () => Promise.reject(new Error("Debian's modules are no zstd")),
    emit: event => listing.push(event),
  });
}, 900_000);

afterAll(async () => {
  expect(await containersOf(`${runLabel}=${run}`)).toEqual([]);
});

/** Boots once in a container without KVM, and judges. */
async function boot(change: Partial<GuestObserver> = {}, files: Readonly<Record<string, string>> = {}) {
  await using testbed = await openTestbed();
  for (const [path, contents] of Object.entries(files)) await testbed.write(path, contents, 0o755);
  const events: Event[] = [...listing];
  const scenario = Scenario.parse({ id: "s", title: "s", vmm: "qemu", guestKernel: "distro", workloads: ids });
  const observed = await observeGuest({
    ...{ testbed, cell: { target, scenario, arch }, image, offered: "tcg", timeScale: 10 },
    standinPath: "/run/kata-verify/standin",
    paths: {
      vmm: "/usr/bin/qemu-system-x86_64",
      virtiofsd: "/usr/libexec/virtiofsd",
      kernelRelease,
      kernelImage: `/boot/vmlinuz-${kernelRelease}`,
    },
    emit: event => events.push(event),
    signal: AbortSignal.timeout(280_000),
    ...change,
  });
  const left = await testbed.run({
    argv: [
      "sh",
      "-c",
      "ls -d /run/kata-verify/guest-*/ 2>/dev/null; ls /sys/class/net; ps -e -o comm= | sort -u || true",
    ],
    timeoutMs: 10_000,
  });
  const evidence = folded(events) as unknown as Evidence;
  const outcomes = Object.fromEntries(
    guestChecks(ids).map(({ id, judge }) => {
      const judgement = judge(evidence);
      return [id, judgement.outcome === "pass" ? "pass" : `${judgement.outcome} ${judgement.reason.code}`];
    }),
  );
  return { outcomes, evidence, observed, left: Buffer.from(left.stdout).toString() };
}

const good = {
  ...Object.fromEntries(guestChecks(ids).map(({ id }) => [id, "pass"])),
  "guest.vsock": "error infra.no-vhost-vsock",
};

describe("a guest in a container without KVM", () => {
  test("proves all that can be seen there, and leaves nothing", async () => {
    const { outcomes, evidence, left } = await boot();
    expect(outcomes).toEqual(good);
    expect(evidence.facts.acceleration).toBe("tcg");
    expect(left).not.toMatch(/guest-|kv[0-9a-f]{8}|qemu|virtiofsd/);
  });

  test("does not let a virtiofsd that ends at once hide the rest", async () => {
    const program = "#!/bin/sh\ncase $1 in --version) echo virtiofsd 1.13.2 ;; *) echo cannot >&2; exit 3 ;; esac\n";
    const paths = { vmm: "/usr/bin/qemu-system-x86_64", virtiofsd: "/opt/virtiofsd", kernelRelease };
    const { outcomes, evidence } = await boot(
      { paths: { ...paths, kernelImage: `/boot/vmlinuz-${kernelRelease}` } },
      { "/opt/virtiofsd": program },
    );
    expect(outcomes).toEqual({ ...good, "guest.virtiofs": "fail virtiofsd.exited-early" });
    expect(evidence.steps["guest.virtiofsd"]?.stderr).toContain("cannot");
  });

  test("finds the kernel's panic, with its lines", async () => {
    const { outcomes, evidence } = await boot({ image: { key: "0".repeat(64), initramfs: cpio([]) } });
    expect(outcomes["guest.console"]).toBe("fail guest.no-boot");
    expect(outcomes["guest.block"]).toBe("error guest.no-boot");
    expect(evidence.steps["guest.console"]?.stdout).toContain("VFS: Unable to mount root fs");
  });

  test("takes 1 GiB of anything from a console, and keeps little", async () => {
    const paths = { vmm: "/opt/vmm", kernelRelease, kernelImage: `/boot/vmlinuz-${kernelRelease}` };
    const { outcomes, evidence, observed, left } = await boot({ paths }, { "/opt/vmm": hostileVmm(1024) });
    const { stdout } = evidence.steps["guest.console"] ?? { stdout: "" };
    expect(stdout).toContain("\u001b[31m");
    expect(stdout).toContain("bytes left out");
    expect(observed.console.length).toBeLessThan(1024 ** 2 + 1024);
    expect(JSON.stringify(evidence).length).toBeLessThan(512 * 1024);
    expect(outcomes["guest.shutdown"]).not.toBe("pass");
    expect(left).not.toMatch(/guest-|vmm/);
  });
});
