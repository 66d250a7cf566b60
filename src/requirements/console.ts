import type { Code } from "../model/reason.ts";
import { shortLines } from "../vmms/short-lines.ts";

/** Trouble that a kernel, an init or firmware printed. */
export interface Recognised {
  readonly code: Code;
  readonly message: string;
  /** The line that says it, and some that follow. */
  readonly lines: string;
}

interface Pattern {
  readonly text: RegExp;
  readonly code: Code;
  readonly message: string;
}

/**
 * What ails a guest as a whole, not one of its devices, in the order of what explains more: a panic's cause is on a line of its own before the panic, and a stall that ends in a
 * panic is a panic.
 */
const patterns: readonly Pattern[] = [
  {
    text: /VFS: (?:Cannot open root device|Unable to mount root fs)/,
    code: "guest.no-boot",
    message: "The guest kernel found no root: neither its initramfs nor the device that it was told",
  },
  {
    text: /No working init found|Failed to execute \/init|Kernel panic - not syncing: Requested init .* failed/,
    code: "guest.no-boot",
    message: "The guest kernel could not start its first program",
  },
  {
    text: /Initramfs unpacking failed/,
    code: "guest.no-boot",
    message: "The guest kernel could not unpack its initramfs",
  },
  {
    text: /Kernel panic - not syncing: (?:softlockup: hung tasks|hung_task: |Hard LOCKUP|RCU Stall|IO-APIC \+ timer doesn't work|Timeout: Not all CPUs)/,
    code: "guest.hang",
    message: "The guest kernel panicked because something took too long",
  },
  { text: /Kernel panic - not syncing/, code: "guest.panic", message: "The guest kernel panicked" },
  {
    text: /\bOops: |BUG: unable to handle|BUG: kernel NULL pointer|Unable to handle kernel .* at virtual address|general protection fault, |kernel BUG at /,
    code: "guest.panic",
    message: "The guest kernel oopsed",
  },
  {
    text: /disagrees about version of symbol|Invalid module format|version magic .* should be/,
    code: "guest.wrong-kernel",
    message: "A module of another kernel was inserted",
  },
  {
    text: /Entering emergency mode|dracut-initqueue.*(?:timed out|timeout)|Generating "\/run\/initramfs\/rdsosreport|^dracut:\/#|ALERT!\s+\S+ does not exist|^\(initramfs\)/,
    code: "guest.no-boot",
    message: "The guest's initrd found no root and stopped at an emergency shell",
  },
  {
    text: /watchdog: BUG: soft lockup|rcu: INFO: rcu_\w+ (?:self-)?detected stall|detected stalls on CPUs|blocked for more than \d+ seconds/,
    code: "guest.hang",
    message: "The guest kernel complains that something hangs",
  },
  {
    text: /No bootable device|Boot failed: not a bootable disk|Boot failed: could not read/,
    code: "guest.no-boot",
    message: "The firmware found nothing to boot",
  },
];

const shown = 12;
const longest = 300;

/** What is wrong with a guest, by what its console says; undefined where it says nothing that is known. */
export function recognise(console: string): Recognised | undefined {
  const printed = shortLines(console)
    .split(/\r?\n|\r/)
    .map(withoutTime);
  for (const { text, code, message } of patterns) {
    const at = printed.findIndex(line => text.test(line));
    if (at < 0) continue;
    const lines = printed.slice(at, at + shown).map(line => line.slice(0, longest));
    return { code, message: `${message}: ${lines[0]?.trim()}`, lines: lines.join("\n").trimEnd() };
  }
  const last = printed.findLast(line => line.trim() !== "") ?? "";
  if (/SeaBIOS|Booting from ROM/.test(last))
    return {
      code: "guest.no-boot",
      message: "The firmware stopped and no kernel started",
      lines: console.slice(-longest),
    };
  return undefined;
}

/** Kernel lines carry `[    1.234567] `, with the caller's thread or CPU where PRINTK_CALLER is set. */
const withoutTime = (line: string) => line.replace(/^(?:<\d>)?\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])? ?/, "");
