import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prepare } from "../../src/images/rootfs.ts";
import { blockModules, guestInitParameter } from "../../src/kata/guest-init.ts";
import { Target } from "../../src/model/target.ts";
import { guestInitrd } from "../../src/observe/kata/guest-initrd.ts";
import { type ContainerTestbed, openContainerTestbed } from "../../src/testbeds/container.ts";
import { runLabel } from "../../src/testbeds/engine/owner.ts";
import { cpio, file, symlink } from "../../src/testbeds/initramfs/cpio.ts";
import { arch, testCache } from "./base-image.ts";
import { containersOf, openEngine } from "./engine-socket.ts";
import { tools } from "./tools.ts";

const run = `test-${randomBytes(4).toString("hex")}`;
const catalogFile = join(import.meta.dirname, "..", "..", "images", "debian-13.json");
const path = "/run/kata-verify/guest.initrd";

let testbed: ContainerTestbed;
let busybox: Uint8Array;
let standin: Uint8Array;
let kernelRelease: string;
let initrd: Uint8Array;

/** Of the form that Kata's has: /bin and /lib are links, there is no console node, and nothing is mounted. */
const base = (program: Uint8Array) =>
  gzipSync(
    cpio([
      file("usr/bin/busybox", program, 0o755),
      ...["bin", "lib", "sbin"].map(name => symlink(name, `usr/${name === "sbin" ? "bin" : name}`)),
      file("usr/lib/marker", "of the base"),
      file("init", baseInit, 0o755),
    ]),
  );

const baseInit = `#!/bin/busybox sh
exec </dev/console >/dev/console 2>&1
echo "base: process $$, argument $1, variable $given"
while read -r name rest; do echo "base: module $name"; done </proc/modules
echo "base: $(/bin/busybox cat /lib/marker)"
/bin/busybox dmesg | /bin/busybox grep -o 'kata-verify: .*'
/bin/busybox poweroff -f
`;

const boot = `exec qemu-system-x86_64 -accel tcg -M q35 -cpu max -m 512M -nodefaults -display none -no-reboot \\
  -kernel "/boot/vmlinuz-$1" -initrd "$2" -append "console=ttyS0 quiet panic=-1 $3 given=yes -- word" -serial stdio`;

beforeAll(async () => {
  const engine = await openEngine();
  const made = await tools(engine);
  ({ busybox, standin } = made);
  const target = Target.parse(JSON.parse(await readFile(catalogFile, "utf8")));
  const common = { run, cache: testCache, standin: made.standin, candidates: [], emit: () => {}, tell: () => {} };
  const rootfs = await prepare(engine, target, arch, common);
  testbed = await openContainerTestbed(engine, {
    ...{ image: rootfs.imageId, run, standin: made.standin, mounts: [], network: "none", capabilities: [] },
    devices: [],
  });
  const listed = await testbed.run({ argv: ["ls", "/usr/lib/modules"], timeoutMs: 10_000 });
  kernelRelease = Buffer.from(listed.stdout).toString().trim();
  const one = await guestInitrd({
    ...{
      source: testbed,
      kernelRelease,
      busybox,
      standin,
      path,
      more: [...blockModules, "ext4", "overlay"],
      rootfsId: rootfs.imageId,
    },
    base: { read: async () => base(busybox) },
    decompress: () => Promise.reject(new Error("Debian's modules are no zstd")),
    emit: () => {},
  });
  initrd = await one.file.read();
}, 900_000);

afterAll(async () => {
  await testbed[Symbol.asyncDispose]();
  expect(await containersOf(`${runLabel}=${run}`)).toEqual([]);
});

async function booted(contents: Uint8Array): Promise<string[]> {
  await testbed.write(path, contents);
  const argv = ["sh", "-c", boot, "sh", kernelRelease, path, guestInitParameter] as const;
  const { stdout, stderr } = await testbed.run({ argv, timeoutMs: 240_000 });
  return Buffer.concat([stdout, stderr]).toString("latin1").split(/\r?\n/);
}

test("a distro's kernel has the modules when the base's own init begins, which finds everything as it was", async () => {
  const said = await booted(initrd);
  expect(said).toContain("base: process 1, argument word, variable yes");
  expect(said).toContain("base: of the base");
  const modules = said.flatMap(line => /^base: module (\S+)/.exec(line)?.[1] ?? []);
  expect(modules).toEqual(expect.arrayContaining(["vmw_vsock_virtio_transport", "virtio_net", "virtio_scsi", "ext4"]));
  expect(said.filter(line => line.startsWith("kata-verify:"))).toEqual([
    expect.stringMatching(/^kata-verify: \d+\.\d\d init$/),
    expect.stringMatching(/^kata-verify: \d+\.\d\d modules inserted$/),
    expect.stringMatching(/^kata-verify: \d+\.\d\d going over to \/init$/),
  ]);
});

test("a module that cannot be inserted is said, and the rest goes on", async () => {
  const broken = cpio([file("kata-verify/modules/overlay.ko", "no module")]);
  const said = await booted(Buffer.concat([initrd, broken]));
  expect(said.join("\n")).toMatch(/^kata-verify: \d+\.\d\d cannot insert overlay\.ko: E(NOEXEC|INVAL)$/m);
  expect(said).toContain("base: module ext4");
});
