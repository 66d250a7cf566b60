import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { recognise } from "../../src/requirements/console.ts";

/** Texts as kernels, inits and firmware print them, and what each means. */
const table: readonly [string, string, string | undefined][] = [
  [
    "root on a device whose driver is a module",
    '[    6.1] VFS: Cannot open root device "/dev/vda" or unknown-block(0,0): error -6\n',
    "guest.no-boot",
  ],
  [
    "the same on another kernel",
    'VFS: Cannot open root device "pmem0p1" or unknown-block(0,0): error -19\n',
    "guest.no-boot",
  ],
  [
    "an agent that is not there",
    "/init: exec: line 9: /sbin/init: not found\n[    7.2] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00\n",
    "guest.panic",
  ],
  ["a watchdog that panics", "[   40.1] Kernel panic - not syncing: softlockup: hung tasks\n", "guest.hang"],
  [
    "a timer that came too late",
    "[    1.2] Kernel panic - not syncing: IO-APIC + timer doesn't work!  Boot with apic=debug\n",
    "guest.hang",
  ],
  ["firmware that stops", "SeaBIOS (version 1.16.3-debian-1.16.3-2)\n\n\n", "guest.no-boot"],
  ["firmware, and then something else", `SeaBIOS${" ".repeat(95_000)}\nx`, undefined],
  [
    "a panic in an interrupt",
    "[  12.3][    C0] Kernel panic - not syncing: Fatal exception in interrupt\n",
    "guest.panic",
  ],
  ["an oops", "[    3.3] BUG: unable to handle page fault for address: ffffffff\n", "guest.panic"],
  [
    "an oops on another architecture",
    "[    3.3] Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008\n",
    "guest.panic",
  ],
  ["a static key that was patched under a CPU", "[   20.1] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI\n", "guest.panic"],
  [
    "no init",
    "[    2.1] Kernel panic - not syncing: No working init found.  Try passing init= option to kernel.\n",
    "guest.no-boot",
  ],
  [
    "an archive that is cut off",
    "[    1.1] Initramfs unpacking failed: junk within compressed archive\n",
    "guest.no-boot",
  ],
  ["modules of another kernel", "virtio_net: disagrees about version of symbol module_layout\n", "guest.wrong-kernel"],
  [
    "dracut's emergency shell",
    "[  180.0] dracut-initqueue[312]: Warning: dracut-initqueue: timeout, still waiting for following initqueue hooks:\nEntering emergency mode. Exit the shell to continue.\n",
    "guest.no-boot",
  ],
  [
    "initramfs-tools' emergency shell",
    "ALERT!  /dev/pmem0 does not exist.  Dropping to a shell!\n(initramfs) ",
    "guest.no-boot",
  ],
  [
    "a program on a kernel without vsock, which is the matter of that program alone",
    "Error: socket err: EAFNOSUPPORT: Address family not supported by protocol\n",
    undefined,
  ],
  ["a task that waits for ever", "[  243.1] INFO: task mount:77 blocked for more than 120 seconds.\n", "guest.hang"],
  [
    "a CPU that does not come back",
    "[   28.0] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [swapper/0:1]\n",
    "guest.hang",
  ],
  [
    "firmware without a disk",
    "SeaBIOS (version 1.16.3-debian-1.16.3-2)\nBooting from Hard Disk...\nBoot failed: could not read the boot disk\n\nNo bootable device.\n",
    "guest.no-boot",
  ],
  ["firmware that stops", "SeaBIOS (version 1.16.3-debian-1.16.3-2)\r\nBooting from ROM...\r\n", "guest.no-boot"],
  [
    "a good boot",
    "[    0.0] Linux version 6.12\n[    2.6] Key type encrypted registered\n[    9.9] reboot: Power down\n",
    undefined,
  ],
  ["a word in the middle of noise", "yes this is not a Kernel  panic\n", undefined],
  ["nothing", "", undefined],
];

describe("recognise", () => {
  it.each(table)("%s", (_, text, code) => {
    expect(recognise(text)?.code).toBe(code);
  });

  it("shows the line and what follows, without the clock, and no more than a screen", () => {
    const found = recognise(`before\n${"[    1.0] Kernel panic - not syncing: x\n"}${"[    1.0] y\n".repeat(50)}`);
    expect(found?.message).toBe("The guest kernel panicked: Kernel panic - not syncing: x");
    expect(found?.lines.split("\n")).toEqual(["Kernel panic - not syncing: x", ...Array(11).fill("y")]);
  });

  it("prefers the cause to the panic that it ends in", () => {
    expect(
      recognise("Kernel panic - not syncing: VFS\nVFS: Unable to mount root fs on unknown-block(0,0)\n")?.code,
    ).toBe("guest.no-boot");
  });

  it("stays quick on what a hostile guest prints", () => {
    const start = performance.now();
    recognise(`${"[".repeat(100_000)}\n${" ".repeat(100_000)}blocked for more than \n${"ALERT! ".repeat(10_000)}`);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  const recorded = new URL("recorded-consoles/", import.meta.url);
  it.each(readdirSync(recorded))("reads a console that was recorded from a real guest: %s", name => {
    const [code = ""] = name.split("__");
    expect(recognise(readFileSync(new URL(name, recorded), "utf8"))?.code ?? "none").toBe(code);
  });
});
