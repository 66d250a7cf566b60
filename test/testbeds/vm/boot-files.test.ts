import { expect, test } from "vitest";
import type { Container } from "../../../src/testbeds/engine.ts";
import { bootFiles, modulePaths } from "../../../src/testbeds/vm/boot-files.ts";

const shown = `builtin virtio_pci
insmod /lib/modules/6.12/kernel/drivers/block/virtio_blk.ko.xz 
insmod /lib/modules/6.12/kernel/lib/crc16.ko.xz 
insmod /lib/modules/6.12/kernel/fs/ext4/ext4.ko.xz some=option
insmod /lib/modules/6.12/kernel/lib/crc16.ko.xz 
builtin virtio_console
`;

test("modules come once, in the order of their dependencies, without options", () => {
  expect(modulePaths(shown).map(path => path.split("/").at(-1))).toEqual([
    "virtio_blk.ko.xz",
    "crc16.ko.xz",
    "ext4.ko.xz",
  ]);
});

const container = (answers: readonly { code: number; stdout: string; stderr?: string }[]): Pick<Container, "exec"> => {
  const left = [...answers];
  return {
    exec: async () => {
      const { code = 1, stdout = "", stderr = "" } = left.shift() ?? {};
      return { code, stdout: Buffer.from(stdout, "latin1"), stderr: Buffer.from(stderr) };
    },
  };
};

test("names keep the order", async () => {
  const files = "3\n\x00\n\xff0\n2\nok";
  const from = container([
    { code: 0, stdout: "kernel" },
    { code: 0, stdout: shown },
    { code: 0, stdout: files },
  ]);
  const { kernel, modules } = await bootFiles(from as Container, "6.12");
  expect(Buffer.from(kernel).toString()).toBe("kernel");
  expect(modules.map(({ name, contents }) => [name, Buffer.from(contents).toString("latin1")])).toEqual([
    ["00-virtio_blk.ko.xz", "\x00\n\xff"],
    ["01-crc16.ko.xz", ""],
    ["02-ext4.ko.xz", "ok"],
  ]);
});

test("a kernel that is not there", async () => {
  const from = container([{ code: 1, stdout: "", stderr: "no kernel at: /boot/vmlinuz-6.12\n" }]);
  await expect(bootFiles(from as Container, "6.12")).rejects.toMatchObject({
    code: "infra.testbed-no-boot",
    message: "the root file system cannot be booted: no kernel at: /boot/vmlinuz-6.12",
  });
});
