import { describe, expect, it } from "vitest";
import { identifyVirtiofsd, virtiofsdArguments } from "../../src/vmms/virtiofsd.ts";
import { diagnoseVirtiofsd } from "../../src/vmms/virtiofsd-trouble.ts";
import { printed } from "../../src/workloads/example.ts";
import { recorded } from "../requirements/recorded.ts";

describe("virtiofsd", () => {
  it.each([
    ["virtiofsd 1.13.2\n", { kind: "rust", version: "1.13.2" }],
    ["virtiofsd backend 1.1.0\n", { kind: "rust", version: "1.1.0" }],
    ["virtiofsd version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)", { kind: "c", version: "7.2.22" }],
    ["using FUSE kernel interface version 7.32", { kind: "c", version: null }],
    ["", null],
    ["/usr/libexec/virtiofsd: error while loading shared libraries\n", null],
  ])("is told by what it calls itself: %j", (said, identity) => {
    expect(identifyVirtiofsd(said)).toEqual(identity);
  });

  it.each([
    ["debian-11", { kind: "c", version: null }],
    ["debian-12", { kind: "c", version: "7.2.22" }],
    ["debian-13", { kind: "rust", version: "1.13.2" }],
  ])("is told by what the one of %s said, whole or its first line alone", (name, identity) => {
    const said = recorded(name).steps["virtiofsd.version"]?.stdout ?? "";
    expect([said, said.split("\n")[0] ?? ""].map(identifyVirtiofsd)).toEqual([identity, identity]);
  });

  it("is called with Kata's options in its own words", () => {
    expect(virtiofsdArguments("rust", "/s", "/d").join(" ")).toBe(
      "--socket-path /s --shared-dir /d --cache auto --thread-pool-size=1 --announce-submounts",
    );
    expect(virtiofsdArguments("c", "/s", "/d").join(" ")).toBe(
      "--socket-path=/s -o source=/d -o cache=auto -o announce_submounts --thread-pool-size=1",
    );
  });

  it("is well where it waited for a VMM", () => {
    expect(diagnoseVirtiofsd(printed("waiting\n"))).toBeNull();
    expect(diagnoseVirtiofsd(undefined)).toBeNull();
  });

  const started = (stdout: string, stderr: string, code = 1) => ({
    ...printed(stdout),
    ending: { kind: "exited", code } as const,
    stderr,
  });

  it.each([
    ["exited 3\n", "[ERROR] no\n", "virtiofsd.exited-early", "exited with 3 before a VMM could connect: [ERROR] no"],
    [
      "signalled SIGSEGV\n",
      "",
      "virtiofsd.exited-early",
      "died of SIGSEGV before a VMM could connect: it said nothing",
    ],
    ["signalled SIGKILL\n", "", "infra.memory", "was killed"],
    ["signalled SIGABRT\n", "memory allocation of 8192 bytes failed\n", "infra.memory", "out of memory"],
    ["exited 1\n", "failed to spawn thread: Os { code: 11, kind: WouldBlock }\n", "infra.memory", "out of processes"],
    ["exited 1\n", "mount(/, MS_REC, MS_SLAVE): Permission denied\n", "infra.no-privilege", "make its sandbox"],
    ["exited 2\n", "error: unexpected argument '--tag' found\n", "virtiofsd.syntax", "unexpected argument '--tag'"],
    ["", "[INFO] still reading\n", "infra.slow", "not ready in time"],
  ])("that said %j and %j was not there for %s", (stdout, stderr, code, message) => {
    expect(diagnoseVirtiofsd(started(stdout, stderr))).toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it("that the testbed could not start at all is the distro's", () => {
    expect(diagnoseVirtiofsd(started("", "ENOENT\n", 127))).toMatchObject({
      code: "virtiofsd.exited-early",
      message: "virtiofsd did not start before a VMM could connect: ENOENT",
    });
  });
});
