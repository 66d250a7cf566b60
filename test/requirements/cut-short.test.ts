import { expect, test } from "vitest";
import type { Seen } from "../../src/model/command.ts";
import { cutShort } from "../../src/requirements/cut-short.ts";

const seen = (change: Partial<Seen>): Seen => ({
  ...{ argv: ["sh", "-c", "true"], stdout: "", stderr: "", durationMs: 1 },
  ending: { kind: "exited", code: 0 },
  ...change,
});

test.each<[string, Partial<Seen>]>([
  ["of itself", { argv: ["modprobe"], ending: { kind: "signalled", signal: "SIGKILL" } }],
  ["of a shell's last program", { ending: { kind: "exited", code: 137 } }],
  ["of a program that dash waited for", { stderr: "one\nKilled\ntwo\n" }],
  ["of a program that bash waited for", { stderr: "sh: line 3:  4711 Killed                  modprobe vsock\n" }],
])("memory that ran out is known by the end %s", (_, change) => {
  expect(cutShort("host.modules", seen(change))).toMatchObject({ code: "infra.memory", blames: "runner" });
});

test.each<[Partial<Seen>, string]>([
  [{ argv: ["/usr/bin/qemu"], ending: { kind: "notStarted", code: "ENOMEM" } }, "infra.memory"],
  [{ argv: ["/usr/bin/qemu"], ending: { kind: "notStarted", code: "EAGAIN" } }, "infra.memory"],
  [{ argv: ["/usr/bin/qemu"], ending: { kind: "notStarted", code: "ENOSPC" } }, "infra.disk-full"],
  [{ ending: { kind: "exited", code: 1 }, stderr: "sh: write error: No space left on device\n" }, "infra.disk-full"],
  [{ ending: { kind: "exited", code: 2 }, stderr: "sh: fork: Cannot allocate memory\n" }, "infra.memory"],
  [{ argv: ["/usr/bin/qemu"], ending: { kind: "notStarted", code: "EIO" } }, "infra.testbed-gone"],
  [{ argv: ["/usr/bin/qemu"], ending: { kind: "notStarted", code: "EVERYTHING" } }, "infra.testbed-gone"],
  [{ ending: { kind: "notStarted", code: "ENOENT" } }, "infra.testbed-gone"],
  [
    {
      argv: ["virtiofsd"],
      ending: { kind: "exited", code: 1 },
      stderr: "one\nno: Too many open files (os error 24)\n",
    },
    "infra.memory",
  ],
  [{ ending: { kind: "exited", code: 2 }, stderr: "sh: 1: Cannot fork\n" }, "infra.memory"],
  [
    {
      ...{ argv: ["virtiofsd"], ending: { kind: "signalled", signal: "SIGABRT" } },
      stderr: "memory allocation of 8192 bytes failed\n",
    },
    "infra.memory",
  ],
  [
    { ending: { kind: "exited", code: 1 }, stderr: "cp: x: No space left on device\ncat: y: No such file\n" },
    "infra.disk-full",
  ],
])("what the machine lacks is nobody's fault: %j", (change, code) => {
  expect(cutShort("virtiofsd.ready", seen(change))).toMatchObject({ code, blames: "runner" });
});

test("output that was needed whole and is not proves nothing", () => {
  const cut = seen({ ending: { kind: "truncated", afterBytes: 4096 } });
  expect(cutShort("guest.modules", cut)).toMatchObject({ code: "harness.output-unreadable", blames: "harness" });
});

test("a time-out says nothing of a program, and of a VMM what it says of its guest", () => {
  const late = seen({ ending: { kind: "timedOut", afterMs: 30_000 }, stderr: "one\ntwo\n" });
  expect(cutShort("host.modules", late)).toMatchObject({ code: "infra.slow", detail: "one\ntwo" });
  expect(cutShort("guest.vmm", late)).toBe(undefined);
  expect(cutShort("guest.virtiofsd-end", late)).toBe(undefined);
});

test.each<Partial<Seen>>([
  {},
  { ending: { kind: "exited", code: 1 } },
  { ending: { kind: "signalled", signal: "SIGSEGV" } },
  { argv: ["qemu"], ending: { kind: "exited", code: 137 } },
  { argv: ["qemu"], stderr: "Killed\n" },
  { stderr: "nobody was Killedd\n" },
  { argv: ["qemu"], ending: { kind: "notStarted", code: "ENOENT" } },
  { argv: ["qemu"], ending: { kind: "notStarted", code: "ELIBBAD" } },
  {
    argv: ["qemu"],
    ending: { kind: "exited", code: 1 },
    stderr: "warning: hugetlb: Cannot allocate memory\nqemu: -device fs: not a valid device model name\n",
  },
])("what ended by itself was not cut short: %j", change => {
  expect(cutShort("host.modules", seen(change))).toBe(undefined);
});

test.each(["guest.virtiofsd", "guest.refused-entropy"])(
  "what a program under test says is not the shell's word: %s",
  step => {
    const one = { stderr: "session Killed\nKilled\n", ending: { kind: "exited", code: 1 } } as const;
    expect(cutShort(step, seen(one))).toBe(undefined);
    expect(cutShort(step, seen({ ending: { kind: "exited", code: 137 } }))?.code).toBe("infra.memory");
  },
);

test("a virtiofsd that is tried alone speaks on standard output only, so that the shell's word for its end is the shell's", () => {
  const ending = { kind: "exited", code: 1 } as const;
  expect(cutShort("virtiofsd.arguments-go", seen({ stdout: "Killed\n", ending }))).toBe(undefined);
  expect(cutShort("virtiofsd.arguments-go", seen({ stderr: "Killed\n", ending }))?.code).toBe("infra.memory");
});

test.each(["session Killed\n", "sh: 4711 Killed by hand\n", "it was Killed\n"])(
  "the shell's words have a line of their own: %j",
  stderr => {
    expect(cutShort("host.modules", seen({ stderr }))).toBe(undefined);
  },
);

test.each([
  ["virtiofsd.ready", "[INFO] Waiting for vhost-user socket connection...\n"],
  ["kata.limits", "cgroup 2\nhog 137\nkills 1\n"],
])("what is killed as it is meant to be was not cut short: %s", (step, stdout) => {
  const ending = { kind: "exited", code: 137 } as const;
  expect(cutShort(step, seen({ stdout, ending }))).toBe(undefined);
  expect(cutShort(step, seen({ ending }))?.code).toBe("infra.memory");
  expect(cutShort("host.modules", seen({ stdout, ending }))?.code).toBe("infra.memory");
});
