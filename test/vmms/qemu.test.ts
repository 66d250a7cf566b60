import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Arch, VmmId } from "../../src/model/words.ts";
import { vmms } from "../../src/vmms/index.ts";

it.each(VmmId.options)("%s is in the table under its own name, in a file of that name", id => {
  expect(vmms[id].id).toBe(id);
  expect(existsSync(new URL(`../../src/vmms/${id}.ts`, import.meta.url))).toBe(true);
});

describe.each(Arch.options)("the contract of QEMU on %s", arch => {
  const binary = vmms.qemu.binaries(arch)[0] ?? "";
  const steps = vmms.qemu.contractSteps({ binary, kernelImage: "/boot/vmlinuz-6.12" }, arch);
  const argv = (id: string) => steps.find(step => step.id === id)?.command.argv ?? [];

  it("is asked in steps of different names, the version first", () => {
    expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
    expect(steps[0]?.id).toBe("qemu.version");
    for (const { id } of steps) expect(id).toMatch(/^qemu\.[a-z-]+$/);
  });

  it("wants nothing of the testbed that a plain user in a container has not", () => {
    const all = steps.flatMap(({ command }) => command.argv).join("\n");
    expect(all).not.toMatch(/accel=kvm|vhost=on|\/dev\/(?:kvm|vhost|net)|-netdev\ntap/);
  });

  it("never lets a started QEMU wait for more", () => {
    for (const { id, command } of steps) {
      if (!command.argv.includes("stdio")) continue;
      expect([id, String(command.stdin).trim().split("\n").at(-1)]).toEqual([id, '{"execute":"quit","id":"quit"}']);
      expect(command.argv).toContain("-S");
    }
  });

  it.each(["qemu.command-line-go", "qemu.command-line-rust"])("%s loads the kernel, where there is one", id => {
    expect(argv(id)).toContain("/boot/vmlinuz-6.12");
    const without = vmms.qemu.contractSteps({ binary }, arch).find(step => step.id === id);
    expect(without?.command.argv).not.toContain("-kernel");
  });

  it.each(["qemu.command-line-go", "qemu.command-line-rust"])("%s maps no VMM that may be a short script", id => {
    expect(argv(id).slice(1).join("\n")).not.toContain(binary);
  });
});
