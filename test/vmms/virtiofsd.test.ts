import { describe, expect, it } from "vitest";
import { virtiofsdArguments, virtiofsdKind } from "../../src/vmms/virtiofsd.ts";
import { diagnoseVirtiofsd } from "../../src/vmms/virtiofsd-trouble.ts";
import { printed } from "../../src/workloads/example.ts";

describe("virtiofsd", () => {
  it.each([
    ["virtiofsd 1.13.2", "rust"],
    ["virtiofsd version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)", "c"],
    ["", "rust"],
  ])("is told by what it calls itself: %j", (version, kind) => {
    expect(virtiofsdKind(version)).toBe(kind);
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
