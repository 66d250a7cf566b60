import { describe, expect, it } from "vitest";
import { firstEnded, guestConsole, qemuEnding, qemuSaid } from "../../src/kata/said.ts";
import { go, goEnded, goQemu, goStopped } from "./told.ts";

describe("the guest's console", () => {
  it("is taken out of the lines by which either shim passes it on", () => {
    const log = [
      'time="…" level=debug msg="reading guest console" subsystem=sandbox vmconsole="[    0.1] a \\"word\\" and a \\\\ and \\x1b[0m"',
      'kata: vm console: "[    0.2] ümlaut \\u{1b}[1m \\"word\\""',
      "kata: vm console: not quoted",
      'kata: level=info msg="nothing of it"',
    ].join("\n");
    expect(guestConsole(log).split("\n")).toEqual([
      '[    0.1] a "word" and a \\ and \u001b[0m',
      '[    0.2] ümlaut \u001b[1m "word"',
      "not quoted",
    ]);
  });

  it("has a line once that two logs have", () => {
    const line = 'vmconsole="[    0.1] Linux"';
    expect(guestConsole(`kata: ${line}\nkata: vmconsole=two\ntime="…" ${line}\n`)).toBe("[    0.1] Linux\ntwo");
  });

  it("is empty where there is none", () => {
    expect(guestConsole("")).toBe("");
  });
});

describe("QEMU", () => {
  it("said what the shims logged of it, and no more", () => {
    const log = [
      go("info", "Start logging QEMU (qemuPid=431)", "qemuPid=431 "),
      goQemu("qemu-system-x86_64: 'x' is no \"device\""),
      goEnded("exit status 1"),
      'kata: qemu stderr: "qemu-system-x86_64: in Rust"',
      "kata: finished reading qemu stderr",
    ].join("\n");
    expect(qemuSaid(log).split("\n")).toEqual([
      "qemu-system-x86_64: 'x' is no \"device\"",
      "qemu-system-x86_64: in Rust",
    ]);
  });

  it("answered over QMP what the shims told their client", () => {
    expect(qemuSaid("", "ctr: QMP command failed: Unable to use io_uring: unknown")).toBe(
      "Unable to use io_uring: unknown",
    );
    expect(qemuSaid("kata: error: Qapi { desc: \"Bus 'b' not found\" }")).toBe("Bus 'b' not found");
  });

  it.each([
    ["exit status 1", { kind: "exited", code: 1 }],
    ["signal: killed", { kind: "signalled", signal: "SIGKILL" }],
    ["signal: segmentation fault (core dumped)", { kind: "signalled", signal: "SIGSEGV" }],
    ["signal: something new", undefined],
  ])("ended with %j", (how, ending) => {
    expect(qemuEnding(`${go("info", "one")}\n${goEnded(how)}`)).toEqual(ending);
  });

  it("did not end where nobody says so", () => {
    expect(qemuEnding(goStopped)).toBeUndefined();
    expect(qemuEnding(`${go("info", "Stopping Sandbox")}\n${goEnded("signal: killed")}`)).toBeUndefined();
  });
});

describe("who ended first", () => {
  const quits = go("info", "virtiofsd quits");
  const disconnected = "virtiofsd: (none) virtiofsd[815]: Client disconnected, shutting down";
  const finished = "kata: finished reading qemu stderr";
  const waited = (status: number) => `kata: wait virtiofsd Ok(ExitStatus(unix_wait_status(${status})))`;
  it.each([
    ["virtiofsd", [quits, goEnded("signal: killed")]],
    ["vmm", [goEnded("exit status 1"), quits]],
    ["vmm", [finished, waited(0)]],
    ["virtiofsd", [waited(9), finished]],
    ["vmm", [goStopped, quits, go("info", "Stopping Sandbox")]],
    ["vmm", [quits, goStopped, go("info", "Stopping Sandbox")]],
    ["vmm", [disconnected, quits, goStopped, goEnded("exit status 1")]],
    ["vmm", ["kata: source: virtiofsd [INFO] Client disconnected, shutting down", waited(0), finished]],
    ["virtiofsd", [quits, goStopped]],
    ["vmm", [disconnected, quits, go("info", "Stopping Sandbox"), goStopped]],
    ["virtiofsd", [quits, go("info", "Stopping Sandbox"), disconnected, goStopped]],
    ["virtiofsd", [quits, goStopped, goEnded("exit status 1"), go("info", "Stopping Sandbox")]],
    [undefined, [go("error", "Cannot start VM"), quits, goStopped]],
    [undefined, ["kata: Stopping QEMU VM", finished]],
    [undefined, [go("info", "one")]],
  ])("was %s", (who, log) => {
    expect(firstEnded(log.join("\n"))).toBe(who);
  });
});
